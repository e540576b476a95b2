"""Networks with random weights, small enough for differences of every weight."""

import numpy as np

from rnnviz.engine import CELLS, Dense, Embedding, Layer, LayerNormalization, Network


def random_cell(name, features, units, generator, dtype=np.float64, **settings):
    cell, scale = CELLS[name], 0.9 / units**0.5
    settings = {one.name: one.default for one in cell.settings} | settings
    shapes = cell.weight_shapes(units, features, settings)
    arrays = {
        name: generator.normal(0, scale, shape).astype(dtype) for name, shape in shapes.items()
    }
    return cell.build(arrays, settings)


def random_dense(features, units, generator, activation="linear", dtype=np.float64):
    kernel = generator.normal(0, 0.7, (features, units)).astype(dtype)
    return Dense(kernel, generator.normal(0, 0.3, units).astype(dtype), activation)


def random_network(
    names=("SimpleRNN",),
    features=3,
    units=4,
    outputs=2,
    *,
    seed=0,
    return_sequences=True,
    bidirectional=False,
    go_backwards=False,
    merge_mode="concat",
    head="linear",
    tokens=None,
    normalized=False,
    dtype=np.float64,
    **settings,
):
    generator = np.random.default_rng(seed)
    layers, length = [], features
    for index, name in enumerate(names):
        known = {one.name for one in CELLS[name].settings}
        own = {k: v for k, v in settings.items() if k in known}
        before = ()
        if normalized and index:
            gamma, beta = generator.normal(1, 0.3, length), generator.normal(0, 0.3, length)
            before = (LayerNormalization(gamma.astype(dtype), beta.astype(dtype)),)
        layer = Layer(
            random_cell(name, length, units, generator, dtype, **own),
            random_cell(name, length, units, generator, dtype, **own) if bidirectional else None,
            return_sequences or index < len(names) - 1,
            go_backwards,
            merge_mode,
            before,
        )
        layers.append(layer)
        length = layer.output_features
    embedding = None
    if tokens:
        embedding = Embedding(generator.normal(0, 1, (tokens, features)).astype(dtype))
    dense = (random_dense(length, outputs, generator, head, dtype),) if head else ()
    return Network(tuple(layers), embedding, dense)

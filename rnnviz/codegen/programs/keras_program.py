"""The program in Keras 3: the model as the lecture builds it, with the page's weights set."""

from __future__ import annotations

from typing import Any

from rnnviz.codegen.architecture import Architecture, Part
from rnnviz.codegen.programs import cells, keras_cells
from rnnviz.codegen.programs.numpy_program import part_activations, print_lines
from rnnviz.codegen.programs.origin import Origin, part_names, weight_names
from rnnviz.engine import CELLS


def lines(origin: Origin) -> list[str]:
    """Return the program, line by line."""
    made = origin.architecture
    double = ['keras.config.set_floatx("float64")', ""] if made.dtype == "float64" else []
    if double:  # Keras issue 23223
        double.insert(0, "# TensorFlow keeps float64; on other backends some products are float32.")
    return [
        *origin.heading("Keras 3"),
        "import keras",
        "import numpy as np",
        "",
        *double,
        *origin.settings,
        *origin.functions,
        *cells.activation_lines(activations(made), cells.KERAS),
        *keras_cells.class_lines(made.layers),
        "",
        *origin.inputs,
        *origin.weights,
        *model_lines(origin),
        "model.summary()",
        *_predict_lines(made),
        *print_lines(made),
    ]


def activations(made: Architecture) -> set[str]:
    """Return all activations that layers are given."""
    names = set(part_activations(made))
    for spec in made.layers:
        names |= {getattr(spec, one.name) for one in CELLS[spec.cell].settings if one.options}
    return names


def model_lines(origin: Origin) -> list[str]:
    """Return the lines that make ``model`` and set its weights."""
    made = origin.architecture
    shape = "batch_shape=(1, None{})" if made.stateful else "(None{})"
    above = 1 if made.return_state else 0  # a functional model counts its input as well
    layers = [f"keras.Input({shape.format(f', {origin.features}')}),"]
    setting, first = [], above
    if made.embedding is not None:
        masked = ", mask_zero=True" if made.mask_zero else ""
        tokens = shape.format("" if made.stateful else ",")
        layers = [
            f'keras.Input({tokens}, dtype="int32"),',
            f"keras.layers.Embedding({origin.vocabulary}, {origin.features}{masked}),",
        ]
        setting = [f"model.layers[{above}].set_weights([E])"]
    if made.mask_value is not None:
        value = "" if made.mask_value == 0 else f"mask_value={made.mask_value!r}"
        layers.append(f"keras.layers.Masking({value}),")
        first += 1
    for index, spec in enumerate(made.layers):
        for place, part in enumerate(made.before[index]):
            layers.append(f"{_part(part)},")
            names = ", ".join(part_names(made, index, place))
            setting.append(f"model.layers[{first + len(setting)}].set_weights([{names}])")
        returned = made.return_state and index == len(made.layers) - 1
        units, more = origin.units or str(spec.units), origin.layer_arguments
        layers.append(f"{_layer(spec, units, made.stateful, returned, more)},")
        names = ", ".join(", ".join(names) for names in weight_names(made, index))
        setting.append(f"model.layers[{first + len(setting)}].set_weights([{names}])")
    for place, part in enumerate(made.head):
        layers.append(f"{_part(part)},")
        names = ", ".join(part_names(made, None, place))
        number = place - len(made.head)
        setting.append(f"model.layers[{number}].set_weights([{names}])")
    if made.return_state:
        return [*_functional(layers, len(layers) - 1 - len(made.head)), *setting]
    return [
        "model = keras.Sequential([",
        *(f"    {layer}" for layer in layers),
        "])",
        *setting,
    ]


def _functional(layers: list[str], returning: int) -> list[str]:
    """Return the model as Keras's functional interface writes it.

    A Sequential passes one tensor from layer to layer; the layer in place ``returning`` returns
    its last states besides its output.
    """
    lines = [f"x = entry = {layers[0].removesuffix(',')}"]
    for place, layer in enumerate(layers[1:], start=1):
        result = "x, *states" if place == returning else "x"
        lines.append(f"{result} = {layer.removesuffix(',')}(x)")
    return [*lines, "model = keras.Model(entry, [x, *states])"]


def _predict_lines(made: Architecture) -> list[str]:
    """With ``return_state`` the model returns a list: the outputs, then the last states."""
    if made.stateful:
        joined = ["outputs = np.concatenate(each)"]
        if made.return_state:
            joined = [
                "outputs = np.concatenate([outputs for outputs, *_ in each])",
                "last_states = [one[0] for one in each[-1][1:]]",
            ]
        return [
            "# Each call begins with the state that the one before it left.",
            "each = [model.predict(one[np.newaxis], verbose=0) for one in batch]",
            *joined,
        ]
    if made.sequences > 1:
        returned = "outputs, *last_states" if made.return_state else "outputs"
        return [f"{returned} = model.predict(batch, verbose=0)"]
    fed = "inputs" if made.embedding is None else "tokens"
    predicted = f"model.predict({fed}[np.newaxis], verbose=0)"
    if not made.return_state:
        return [f"outputs = {predicted}[0]"]
    return [
        f"returned = {predicted}",
        "outputs, *last_states = [one[0] for one in returned]",
    ]


def _part(part: Part) -> str:
    if part.epsilon is not None:
        return f"keras.layers.LayerNormalization(epsilon={part.epsilon!r})"
    arguments = [str(part.units)]
    if part.activation != "linear":
        arguments.append(f"activation={keras_cells.activation(part.activation)}")
    return f"keras.layers.Dense({', '.join(arguments)})"


def _layer(
    spec: Any,
    units: str,
    stateful: bool = False,
    return_state: bool = False,
    more: tuple[str, ...] = (),
) -> str:
    """Return one layer as Keras writes it; what is Keras's default is left out."""
    cell, own = CELLS[spec.cell], [units]
    for setting in cell.settings:
        value = getattr(spec, setting.name, setting.default)
        if not setting.drawn and value != setting.default:
            own.append(f"{setting.name}={keras_cells.written(setting, value)}")
    names = ("return_sequences", "go_backwards")
    around = [f"{name}=True" for name in names if getattr(spec, name)]
    if return_state:
        around.append("return_state=True")
    if stateful:
        around.append("stateful=True")
    if cell.keras_class is None:
        made = f"{keras_cells.class_name(spec)}({', '.join(own)})"
        layer = f"keras.layers.RNN({', '.join([made, *around])})"
    else:
        # Keras's own order: the activation, what is returned, then the settings of gates.
        first = [one for one in own[1:] if one.startswith("activation=")]
        rest = [one for one in own[1:] if not one.startswith("activation=")]
        told = ", ".join([units, *first, *around, *rest, *more])
        layer = f"keras.layers.{cell.keras_class}({told})"
    if not spec.bidirectional:
        return layer
    mode = getattr(spec, "merge_mode", "concat")
    merge = "" if mode == "concat" else f', merge_mode="{mode}"'
    return f"keras.layers.Bidirectional({layer}{merge})"

"""Networks that no recipe draws, which between them use every line of their programs."""

import numpy as np

import rnnviz
from rnnviz.engine import ACTIVATIONS, CELLS, Dense, Network
from tests.learn.networks import random_network


def _networks():
    for cell in CELLS:
        yield f"{cell} alone", random_network((cell,))
        yield (
            f"{cell} below another, normalized",
            random_network((cell, cell), normalized=True, dtype=np.float32),
        )
        yield (
            f"{cell} both ways, last state",
            random_network((cell,), bidirectional=True, return_sequences=False),
        )
        yield f"{cell} backwards", random_network((cell,), go_backwards=True, seed=3)
    for mode in ("sum", "mul", "ave"):
        for whole in (True, False):
            yield (
                f"{mode}, {'sequence' if whole else 'last state'}",
                random_network(
                    ("GRU", "SimpleRNN"),
                    bidirectional=True,
                    merge_mode=mode,
                    return_sequences=whole,
                    activation="sigmoid",  # which PyTorch does not have
                ),
            )
        yield (
            f"{mode}, PyTorch's own layer",
            random_network(("LSTM",), bidirectional=True, merge_mode=mode),
        )
    for activation in ACTIVATIONS:
        yield f"activation {activation}", random_network(("SimpleRNN",), activation=activation)
        yield f"gates {activation}", random_network(("LSTM",), recurrent_activation=activation)
    yield "tokens", random_network(("SimpleRNN",), tokens=7)
    network = random_network(("LeakyRNN", "LeakyRNN"), head="softmax")
    more = Dense(np.eye(2, 3), np.ones(3), "hard_sigmoid_keras2"), Dense(np.ones((3, 1)), [0.5])
    yield "three Dense layers", Network(network.layers, network.embedding, network.head + more)


GIVEN = dict(_networks())


def run_of(network, timesteps=9):
    """The network on random numbers, or on random tokens."""
    random = np.random.default_rng(5)
    if network.reads_tokens:
        return rnnviz.run(network, random.integers(network.embedding.input_dim, size=timesteps))
    return rnnviz.run(network, random.normal(size=(timesteps, network.input_features)))

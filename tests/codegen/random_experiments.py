"""Varied stacks from a seed, for tests that hold many of them against a peer."""

import numpy as np

from rnnviz import Experiment
from rnnviz.engine import CELLS


def random_experiment(seed: int, **fixed) -> Experiment:
    """Return an experiment with one to five layers of mixed cells, tokens or numbers below."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 6))

    def several(options):
        return tuple(options[index] for index in rng.integers(len(options), size=count))

    flags = (True, False)
    bidirectional = several((True, False, False))
    chosen = {
        "signal": str(rng.choice(["uniform", "normal", "sine", "tokens", "text"])),
        "text": str(rng.choice(["to be or not to be", "나는 오늘 학교에 갔다 나는"])),
        "split": str(rng.choice(["character", "whitespace"])),
        "timesteps": int(rng.integers(1, 30)),
        "input_features": int(rng.integers(1, 40)),
        "vocabulary_size": int(rng.integers(20, 12_000)),
        "units": tuple(int(units) for units in rng.integers(1, 40, size=count)),
        "cell": several(tuple(CELLS)),
        "activation": several(("tanh", "tanh", "relu", "sigmoid", "linear")),
        "recurrent_activation": several(("sigmoid", "sigmoid", "tanh")),
        "bidirectional": bidirectional,
        "go_backwards": tuple(
            back and not both for back, both in zip(several(flags), bidirectional, strict=True)
        ),
        "reset_after": several(flags),
        "unit_forget_bias": several(flags),
        "return_sequences": (*(True,) * (count - 1), bool(rng.integers(2))),
        "kernel_initializer": several(("glorot_uniform", "random_normal", "he_normal")),
        "recurrent_initializer": several(("orthogonal", "glorot_normal", "pytorch_uniform")),
        "bias_initializer": several(("zeros", "random_uniform", "truncated_normal")),
        "dtype": str(rng.choice(["float64", "float32"])),
        "seed": int(rng.integers(2**32)),
        "weight_scale": 0.7,
        "dense_units": int(rng.choice([0, 0, 1, 7])),
        "dense_activation": str(rng.choice(["sigmoid", "linear", "tanh", "relu"])),
    }
    return Experiment(**chosen | fixed)

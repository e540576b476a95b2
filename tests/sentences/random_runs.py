"""Random experiments for tests of sentences: small, varied, the degenerate ones among them."""

import numpy as np

from rnnviz import Experiment

KERNELS = (
    *("numpy_random", "glorot_uniform", "orthogonal", "lecun_normal", "pytorch_uniform"),
    *("identity", "zeros", "ones", "random_normal"),
)


def random_run(seed, **fixed):
    """One layer, up to 16 units and 90 steps; every tenth has one unit, every tenth one step."""
    draw = np.random.default_rng(seed)
    pick = lambda options: options[int(draw.integers(len(options)))]  # noqa: E731
    cell = pick(("SimpleRNN", "SimpleRNN", "SimpleRNN", "LSTM", "GRU"))
    chosen = {
        "timesteps": 1 if draw.random() < 0.1 else int(draw.integers(2, 90)),
        "units": 1 if draw.random() < 0.1 else int(draw.integers(2, 17)),
        "input_features": int(draw.integers(1, 9)),
        "cell": cell,
        "activation": pick(("tanh", "tanh", "sigmoid", "relu", "linear")),
        "kernel_initializer": pick(KERNELS[:5] + KERNELS[6:]),
        "recurrent_initializer": pick(KERNELS),
        "bias_initializer": pick(("zeros", "zeros", "numpy_random", "random_normal", "ones")),
        "weight_scale": 0.0 if draw.random() < 0.03 else float(f"{10 ** draw.uniform(-3, 1):.3g}"),
        "recurrent_gain": pick((1.0, 1.0, 0.0, 0.5, 0.9, 1.1, 2.0)),
        "signal": pick(("uniform", "normal", "zeros", "impulse", "constant", "sine", "step")),
        "signal_amplitude": pick((1.0, 1.0, 0.1, 3.0)),
        "dtype": pick(("float64", "float64", "float32")),
        "seed": int(draw.integers(2**32)),
    }
    kind = draw.random()
    if kind < 0.15:
        # Weights around 0 that are large: chaos, and what looks like it.
        chosen |= {
            "timesteps": int(draw.integers(40, 90)),
            "units": int(draw.integers(6, 17)),
            "activation": "tanh",
            "recurrent_initializer": pick(("orthogonal", "lecun_normal")),
            "bias_initializer": "zeros",
            "weight_scale": float(f"{draw.uniform(1, 10):.3g}"),
            "recurrent_gain": 1.0,
            "signal": pick(("normal", "sine", "impulse", "uniform")),
        }
    elif kind < 0.25:
        # An input so large that every unit is rounded to an end.
        chosen |= {
            "activation": pick(("tanh", "sigmoid")),
            "kernel_initializer": pick(("glorot_uniform", "lecun_normal", "ones")),
            "weight_scale": 1.0,
            "signal": pick(("normal", "uniform", "constant")),
            "signal_amplitude": 1000.0,
        }
    if cell == "GRU":
        chosen["reset_after"] = bool(draw.integers(2))
    return Experiment(**chosen | fixed)

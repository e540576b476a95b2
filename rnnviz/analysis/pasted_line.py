"""One number of a run as NumPy that can be pasted and gives exactly that number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.analysis.one_step import OneStep

_WITH_SUM = {
    "tanh": "np.tanh({z})",
    "relu": "np.maximum({z}, 0)",
    "sigmoid": "1 / (1 + np.exp(-({z})))",
    "linear": "{z}",
    "hard_sigmoid": "(np.clip({z}, -3, 3) + 3) / 6",
    "hard_sigmoid_keras2": "(np.clip({z}, -2.5, 2.5) + 2.5) / 5",
    "elu": "np.maximum({z}, 0) + np.expm1(np.minimum({z}, 0))",
    "softplus": "np.logaddexp({z}, 0)",
    "softsign": "({z}) / (1 + np.abs({z}))",
}
"""Each activation as the engine computes it, around its argument."""


def line_of_numbers(step: OneStep) -> str:
    """Return the equation with its numbers, to every digit; it needs nothing but NumPy as np."""
    terms = (written(term) for term in (step.from_input, step.bias, step.from_state))
    z = "({} + {}) + {}".format(*terms)
    return _WITH_SUM[step.activation].format(z=z)


def line_of_arrays(step: OneStep) -> str:
    """Return the equation in the lecture's symbols; it needs what :func:`preparation` makes.

    The engine multiplies the inputs of all steps at once, and adds the bias before the state: the
    same products in the same order give the same last digit.
    """
    t, u = step.timestep, step.unit
    before = f"h[{t - 1}]" if t else "h0"
    z = f"(x @ W.T)[{t}] + b + np.dot(U, {before})"
    return f"({_WITH_SUM[step.activation].format(z=z)})[{u}]"


def preparation(step: OneStep, recreated: Sequence[str], source: str) -> str:
    """Return the lines that make the arrays.

    Parameters
    ----------
    step : OneStep
        What is to be reproduced.
    recreated : sequence of str
        Lines after which ``run`` holds the run.
    source : str
        Where in ``run`` its trace is found, e.g. ``"layers[0].trace"``.
    """
    lines = [
        "import numpy as np",
        *recreated,
        f"trace = run.{source}",
        "layer, x, h = trace.layer, trace.inputs, trace.states",
        "W, U, b = layer.kernel.T, layer.recurrent_kernel.T, layer.bias",
    ]
    if step.timestep == 0:
        lines.append("h0 = np.zeros(layer.units, layer.dtype)")
    return "\n".join(lines)


def written(number: np.floating) -> str:
    """Return a number as NumPy code, to every digit; in its own format if that is not float64."""
    if np.isnan(number):
        text = "np.nan"
    elif np.isinf(number):
        text = "np.inf" if number > 0 else "-np.inf"
    else:
        text = str(number)
    text = f"({text})" if text.startswith("-") else text
    return text if number.dtype == np.float64 else f"np.{number.dtype}({text.strip('()')})"

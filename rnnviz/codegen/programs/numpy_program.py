"""The program in plain NumPy: the lecture's loop, one function for each kind of cell."""

from __future__ import annotations

from rnnviz.codegen.programs import cells, sampling
from rnnviz.spec.experiment import Experiment


def lines(experiment: Experiment) -> list[str]:
    """Return the program, line by line."""
    return [
        *sampling.heading(experiment, "plain NumPy"),
        "import numpy as np",
        "",
        *sampling.setting_lines(experiment),
        *sampling.function_lines(experiment),
        *cells.loop_lines(experiment.layers, cells.NUMPY, head_activations(experiment)),
        "",
        *sampling.input_lines(experiment),
        *sampling.weight_lines(experiment),
        *_run_lines(experiment),
        *_dense_lines(experiment),
        *print_lines(experiment),
    ]


def head_activations(experiment: Experiment) -> tuple[str, ...]:
    """Return the activation of the Dense head, if there is one and it does something."""
    name = experiment.dense_activation
    return (name,) if experiment.dense_units and name != "linear" else ()


def print_lines(experiment: Experiment) -> list[str]:
    """Return the lines that print ``outputs``: its shape, and its first row as the notes do."""
    whole = experiment.layers[-1].return_sequences
    return [
        "",
        'np.set_printoptions(floatmode="unique")  # every digit',
        "print(outputs.shape)",
        "print(outputs[0])" if whole else "print(outputs)",
    ]


def _dense_lines(experiment: Experiment) -> list[str]:
    if not experiment.dense_units:
        return []
    W, b = sampling.DENSE
    product = f"outputs @ {W} + {b}"
    used = head_activations(experiment)
    return [f"outputs = {cells.activation(name, cells.NUMPY)}({product})" for name in used] or [
        f"outputs = {product}"
    ]


def _run_lines(experiment: Experiment) -> list[str]:
    lines = ["inputs = E[tokens]"] if sampling.is_tokens(experiment) else []
    below = "inputs"
    for index, spec in enumerate(experiment.layers):
        weights = sampling.weight_names(experiment, index)
        states = f"states_{index + 1}" if len(experiment.layers) > 1 else "states"

        def run(fed: str, weights, spec=spec) -> str:
            return cells.call(spec, experiment.layers, fed, str(weights), cells.NUMPY)

        if spec.bidirectional:
            lines += [
                f"forward = {run(below, weights[0])}",
                f"backward = {run(f'{below}[::-1]', weights[1])}",
                f"{states} = np.concatenate([forward, backward[::-1]], axis=1)",
            ]
        else:
            fed = f"{below}[::-1]" if spec.go_backwards else below
            lines.append(f"{states} = {run(fed, weights[0])}")
        below = states
    if spec.return_sequences:
        return [*lines, f"outputs = {below}"]
    if spec.bidirectional:
        return [*lines, "outputs = np.concatenate([forward[-1], backward[-1]])"]
    return [*lines, f"outputs = {below}[-1]"]

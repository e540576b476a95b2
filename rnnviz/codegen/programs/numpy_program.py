"""The program in plain NumPy: the lecture's loop, one function for each kind of cell."""

from __future__ import annotations

from rnnviz.codegen.architecture import Architecture, Part
from rnnviz.codegen.programs import cells
from rnnviz.codegen.programs.origin import Origin, part_names, weight_names

_NORMALIZATION = """
def layer_normalization(x, gamma, beta, epsilon):
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
"""


def lines(origin: Origin) -> list[str]:
    """Return the program, line by line."""
    made = origin.architecture
    return [
        *origin.heading("plain NumPy"),
        "import numpy as np",
        "",
        *origin.settings,
        *origin.functions,
        *_normalization_lines(made),
        *cells.loop_lines(made.layers, cells.NUMPY, part_activations(made)),
        "",
        *origin.inputs,
        *origin.weights,
        *_run_lines(made),
        *print_lines(made),
    ]


def parts_of(architecture: Architecture) -> list[Part]:
    """Return all parts that look at one timestep alone, from the input up."""
    return [*(part for parts in architecture.before for part in parts), *architecture.head]


def part_activations(architecture: Architecture) -> tuple[str, ...]:
    """Return the activations of Dense layers that do something."""
    names = (part.activation for part in parts_of(architecture) if part.activation != "linear")
    return tuple(dict.fromkeys(names))


def print_lines(architecture: Architecture) -> list[str]:
    """Return the lines that print ``outputs``: its shape, and its first row as the notes do."""
    return [
        "",
        'np.set_printoptions(floatmode="unique")  # every digit',
        "print(outputs.shape)",
        "print(outputs[0])" if architecture.returns_sequences else "print(outputs)",
    ]


def merged(mode: str, forward: str, backward: str, concatenate: str) -> str:
    """Return the expression that makes one state of those of two directions.

    ``concatenate`` is what the library's call looks like, with a field for both.
    """
    if mode == "concat":
        return concatenate.format(f"{forward}, {backward}")
    return {
        "sum": f"{forward} + {backward}",
        "mul": f"{forward} * {backward}",
        "ave": f"({forward} + {backward}) / 2",
    }[mode]


def _normalization_lines(architecture: Architecture) -> list[str]:
    if not any(part.epsilon is not None for part in parts_of(architecture)):
        return []
    return ["", *_NORMALIZATION.strip("\n").split("\n"), ""]


def _part(part: Part, names: tuple[str, ...], fed: str) -> str:
    """Return the expression of a part that reads ``fed``."""
    if part.epsilon is not None:
        return f"layer_normalization({fed}, {', '.join(names)}, {part.epsilon!r})"
    W, b = names
    product = f"{fed} @ {W} + {b}"
    if part.activation == "linear":
        return product
    return f"{cells.activation(part.activation, cells.NUMPY)}({product})"


def _run_lines(made: Architecture) -> list[str]:
    lines = ["inputs = E[tokens]"] if made.embedding is not None else []
    below = "inputs"
    for index, spec in enumerate(made.layers):
        for place, part in enumerate(made.before[index]):
            lines.append(f"x = {_part(part, part_names(made, index, place), below)}")
            below = "x"
        weights = weight_names(made, index)
        states = f"states_{index + 1}" if len(made.layers) > 1 else "states"

        def run(fed: str, weights, spec=spec) -> str:
            return cells.call(spec, made.layers, fed, weights, cells.NUMPY)

        mode = getattr(spec, "merge_mode", "concat")
        if spec.bidirectional:
            whole = merged(mode, "forward", "backward[::-1]", "np.concatenate([{}], axis=1)")
            lines += [
                f"forward = {run(below, weights[0])}",
                f"backward = {run(f'{below}[::-1]', weights[1])}",
                f"{states} = {whole}",
            ]
        else:
            fed = f"{below}[::-1]" if spec.go_backwards else below
            lines.append(f"{states} = {run(fed, weights[0])}")
        below = states
    if spec.return_sequences:
        lines.append(f"outputs = {below}")
    elif spec.bidirectional:
        last = merged(mode, "forward[-1]", "backward[-1]", "np.concatenate([{}])")
        lines.append(f"outputs = {last}")
    else:
        lines.append(f"outputs = {below}[-1]")
    for place, part in enumerate(made.head):
        lines.append(f"outputs = {_part(part, part_names(made, None, place), 'outputs')}")
    return lines

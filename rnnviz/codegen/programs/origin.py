"""Where a program's numbers come from: the part that differs between a recipe and a file."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.codegen.architecture import Architecture
from rnnviz.engine import CELLS

LETTERS = {"kernel": "W", "recurrent_kernel": "U", "bias": "b", "gamma": "gamma", "beta": "beta"}
"""What a weight is called in a program: the lecture's letters."""


@dataclass(frozen=True)
class Origin:
    """Everything of a program but its layers.

    Parameters
    ----------
    architecture : Architecture
        What is computed.
    comment : tuple of str
        What stands at its head; ``{framework}`` is filled in.
    settings, functions : tuple of str
        Lines: the numbers that the rest uses by name, and the functions that draw.
    inputs, weights : tuple of str
        Lines that make ``inputs``, or ``tokens`` and the Embedding's weights ``E``; and the
        weights, under the names of :func:`weight_names` and :func:`part_names`.
    features, units, vocabulary : str
        How the program says the number of input features, of the only layer's units, and of
        tokens.
    layer_arguments : tuple of str
        What every recurrent layer is told besides, such as ``dropout=0.2``.
    """

    architecture: Architecture
    comment: tuple[str, ...]
    settings: tuple[str, ...]
    functions: tuple[str, ...]
    inputs: tuple[str, ...]
    weights: tuple[str, ...]
    features: str
    units: str = ""
    vocabulary: str = ""
    layer_arguments: tuple[str, ...] = ()

    def heading(self, framework: str) -> list[str]:
        """Return the comment that says what the program is."""
        return [f"# {line}".format(framework=framework) for line in self.comment]


def weight_names(architecture: Architecture, index: int) -> tuple[tuple[str, ...], ...]:
    """Return the variables of a recurrent layer's weights, of each direction in Keras's order.

    They are W, U and b, numbered when there are several layers.
    """
    spec = architecture.layers[index]
    number = f"_{index + 1}" if len(architecture.layers) > 1 else ""
    directions = ("_forward", "_backward") if spec.bidirectional else ("",)
    weights = CELLS[spec.cell].weight_names()
    return tuple(
        tuple(f"{LETTERS[weight]}{number}{direction}" for weight in weights)
        for direction in directions
    )


def part_names(architecture: Architecture, place: int | None, index: int) -> tuple[str, ...]:
    """Return the variables of a part's weights.

    ``place`` is the recurrent layer that it stands before, None for the head; ``index`` counts
    the parts there. The only part of a head is "dense".
    """
    parts = architecture.head if place is None else architecture.before[place]
    name = "dense" if place is None else f"before_{place + 1}"
    number = f"_{index + 1}" if len(parts) > 1 else ""
    return tuple(f"{LETTERS[weight]}_{name}{number}" for weight, _ in parts[index].weights)

"""The loop of the lecture's notes with their names, around the lines of a cell's step."""

from __future__ import annotations

from collections.abc import Iterable

from rnnviz.codegen.architecture import Architecture
from rnnviz.engine import CELLS

SUM = "np.dot(W, input_t) + np.dot(U, state_t) + b"
"""What the activation is taken of; W has a row for each output feature, and so has U."""


def is_notes_network(made: Architecture) -> bool:
    """Whether the notes' loop computes a model: one plain layer, perhaps above an Embedding."""
    (first, *others), parts = made.layers, (*made.before[0], *made.head)
    plain = CELLS[first.cell].state_is_activation and not first.bidirectional
    one = made.sequences == 1 and not made.masks
    return plain and one and not others and not parts


def loop_lines(step: Iterable[str], inputs: str = "inputs", each: str = "input_t") -> list[str]:
    """Return the notes' loop over ``inputs`` around the lines that make ``output_t``.

    ``each`` is what holds one of them.
    """
    return [
        "suc_outputs = []",
        f"for {each} in {inputs}:",
        *(f"    {line}" for line in step),
        "    suc_outputs.append(output_t)",
        "    state_t = output_t",
        "",
        "final_output_sequence = np.stack(suc_outputs, axis=0)",
    ]


def program_lines(activation: str, state: str, inputs: str, returns_sequences: bool) -> list[str]:
    """Return the second half of a program: the notes' loop, then ``outputs`` to the last bit.

    A sum of floating-point numbers depends on its order. The loop adds as the notes do; the page
    takes W·input_t + b of all timesteps in one product, and so does what follows the loop.

    Parameters
    ----------
    activation : str
        The function's name in the program.
    state : str
        The expression of a state of zeros.
    inputs : str
        What the loop runs over.
    returns_sequences : bool
        Whether ``outputs`` has every timestep, or the last one alone.
    """
    return [
        "W, U = W.T, U.T  # as the notes have them: a row for each output feature",
        f"state_t = {state}",
        "",
        *loop_lines([f"output_t = {activation}({SUM})"], inputs),
        "",
        "# The same with W x_t + b of all timesteps in one product, as on the page:",
        "# a sum in another order may differ in the last bit.",
        f"outputs, state_t = [], {state}",
        f"for projected_t in np.dot({inputs}, W.T) + b:",
        f"    state_t = {activation}(projected_t + np.dot(U, state_t))",
        "    outputs.append(state_t)",
        f"outputs = np.stack(outputs){'' if returns_sequences else '[-1]'}",
    ]

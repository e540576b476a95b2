"""The loop of the lecture's notes with their own names, for the layer that is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rnnviz.codegen.programs import cells, notes
from rnnviz.engine import Layer
from rnnviz.engine.cells.cell import RecurrentCell

_ACTIVATIONS = {
    "tanh": "np.tanh({})",
    "relu": "np.maximum({}, 0)",
    "sigmoid": "1 / (1 + np.exp(-({})))",
    "linear": "{}",
}
_NOTES = replace(cells.NUMPY, split_columns="np.split({}, {})")
"""NumPy as the notes write it: U is the transpose of a recurrent kernel, so gates are its rows."""

_PARTS = {
    "W": "np.dot(W, input_t)",
    "Wx": "np.dot(W, input_t)",
    "U": "np.dot(U, state_t)",
    "Uh": "np.dot(U, state_t)",
    "b": "b",
    "z": notes.SUM,
    "h": "output_t",
    "x": "input_t",
    "before": "state_t",
}
"""Parts of the diagram of a step, and what holds them in the loop."""

_PASSED_OVER = ("if not mask_t:", "    suc_outputs.append(state_t)", "    continue")
"""What the loop does first where timesteps are masked: the state goes on as it is."""


@dataclass(frozen=True)
class Reading:
    """How a layer goes through its inputs, where it is not all of them in turn and from zeros.

    Parameters
    ----------
    backwards : bool
        Whether it begins with the last one.
    start : str
        The code of the state before the first timestep; ``{part}`` stands for the number of h, and
        of what is remembered beside it.
    mask : str
        The code of the mask; "" where no timestep is passed over.
    """

    backwards: bool = False
    start: str = "np.zeros((output_features,))"
    mask: str = ""

    def start_of(self, part: int) -> str:
        """Return the code of one part of the state before the first timestep."""
        return self.start.replace("{part}", str(part))


def notes_loop(
    cell: RecurrentCell,
    timesteps: int,
    drawn: tuple[str, str, str] | None = None,
    reading: Reading = Reading(),
) -> tuple[str, ...]:
    """Return the notes' program for a layer, line by line.

    Parameters
    ----------
    cell : RecurrentCell
        Its weights; ``W``, ``U`` and ``b`` of the notes are ``kernel.T``, ``recurrent_kernel.T``
        and ``bias``.
    timesteps : int
        How many there are.
    drawn : (str, str, str), optional
        How W, U and b are drawn, for a remark beside them; the lecture's own draw has none.
    reading : Reading
        In which order the inputs are read, and from which state.
    """
    plain = drawn is None
    functions, before, loop = loop_parts(cell, reading=reading)
    return (
        "import numpy as np",
        *functions,
        "",
        f"timesteps = {timesteps}",
        f"input_features = {cell.features}",
        f"output_features = {cell.units}",
        "",
        "inputs = np.random.random((timesteps, input_features))" if plain else "inputs = ...",
        *([f"mask = {reading.mask}"] if reading.mask else []),
        f"state_t = {reading.start_of(0)}",
        "",
        *_weight_lines(cell, drawn),
        *before,
        "",
        *loop,
    )


def loop_parts(
    cell: RecurrentCell,
    collected: str = "suc_outputs",
    reading: Reading = Reading(),
) -> tuple[list[str], list[str], list[str]]:
    """Return the functions that the loop calls, what stands before it, and the loop itself.

    ``collected`` is the list that the loop fills with the output of every timestep; ``reading`` is
    how it goes through the inputs.
    """
    functions, before, step = _step(cell, reading)
    turned = "[::-1]" if reading.backwards else ""
    inputs, each = f"inputs{turned}", "input_t"
    if reading.mask:
        inputs, each = f"zip({inputs}, mask{turned})", "input_t, mask_t"
        step = [*_PASSED_OVER, *step]
    lines = notes.loop_lines(step, inputs, each)
    return functions, before, [line.replace("suc_outputs", collected) for line in lines]


def part_code(cell: RecurrentCell) -> dict[str, str]:
    """Return what the parts of a diagram of the cell are called in the notes, by the part's name.

    Empty for a cell whose step the notes do not write out as one sum.
    """
    return dict(_PARTS) if cell.state_is_activation else {}


def _weight_lines(cell: RecurrentCell, drawn: tuple[str, str, str] | None) -> list[str]:
    letters = cells.letters(Layer(cell))
    if drawn is None:
        rows = {"W": ", input_features", "U": ", output_features", "b": ","}
        return [f"{name} = np.random.random((output_features{rows[name]}))" for name in letters]
    how = dict(zip("WUb", drawn, strict=True))
    return [f"{name} = ...  # {how[name]}" for name in letters]


def _step(cell: RecurrentCell, reading: Reading) -> tuple[list[str], list[str], list[str]]:
    """Return functions, lines before the loop, and the lines that make ``output_t``."""
    layer = Layer(cell)
    if cell.state_is_activation:
        name = layer.settings["activation"]
        act = _ACTIVATIONS.get(name, f"{name}({{}})")
        return [], [], [f"output_t = {act.format(notes.SUM)}"]
    text = cells.step_text(layer)
    step, before = (
        _dotted(cells.filled(part, layer, {}, _NOTES)) for part in (text.step, text.before)
    )
    states = [
        f"{name} = {reading.start_of(part)}" for part, name in enumerate(text.states, start=1)
    ]
    functions = cells.activation_lines(cells.activations_of([layer]), _NOTES)
    return functions, [*states, *before], ["projected_t = np.dot(W, input_t) + b", *step]


def _dotted(lines: list[str]) -> list[str]:
    """Return products of states with U as the notes write them, by ``np.dot``."""
    return [re.sub(r"(\w+|\([^()]*\)) @ (U\w*)", _dot, line) for line in lines]


def _dot(found: re.Match) -> str:
    vector, matrix = found.groups()
    return f"np.dot({matrix}, {vector.strip('()')})"

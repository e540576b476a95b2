"""The loop of the lecture's notes with their own names, for the layer that is looked at."""

from __future__ import annotations

from rnnviz.engine.cells.cell import RecurrentCell

_ACTIVATIONS = {
    "tanh": "np.tanh({})",
    "relu": "np.maximum({}, 0)",
    "sigmoid": "1 / (1 + np.exp(-({})))",
    "linear": "{}",
}
_SUM = "np.dot(W{0}, input_t) + np.dot(U{0}, state_t) + b{0}"


def notes_loop(
    cell: RecurrentCell, timesteps: int, drawn: tuple[str, str, str] | None = None
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
    """
    plain = drawn is None
    return (
        "import numpy as np",
        "",
        f"timesteps = {timesteps}",
        f"input_features = {cell.features}",
        f"output_features = {cell.units}",
        "",
        "inputs = np.random.random((timesteps, input_features))" if plain else "inputs = ...",
        "state_t = np.zeros((output_features,))",
        "",
        *_weight_lines(drawn),
        "",
        "successive_outputs = []",
        "for input_t in inputs:",
        *(f"    {line}" for line in _step(cell)),
        "    successive_outputs.append(output_t)",
        "    state_t = output_t",
        "",
        "final_output_sequence = np.stack(successive_outputs, axis=0)",
    )


def _weight_lines(drawn: tuple[str, str, str] | None) -> list[str]:
    if drawn is None:
        return [
            "W = np.random.random((output_features, input_features))",
            "U = np.random.random((output_features, output_features))",
            "b = np.random.random((output_features,))",
        ]
    return [f"{name} = ...  # {how}" for name, how in zip("WUb", drawn, strict=True)]


def _step(cell: RecurrentCell) -> list[str]:
    """Return the lines that make ``output_t`` of ``input_t`` and ``state_t``."""
    kind = type(cell).__name__
    act = _ACTIVATIONS.get(cell.activation, f"{cell.activation}({{}})")
    if kind == "SimpleRNN":
        return [f"output_t = {act.format(_SUM.format(''))}"]
    rho = getattr(cell, "recurrent_activation", "sigmoid")
    if kind == "LSTM":
        return [
            *(f"{gate}_t = {rho}({_SUM.format(f'_{gate}')})" for gate in "ifo"),
            f"c_t = f_t * c_t + i_t * {act.format(_SUM.format('_c'))}",
            f"output_t = o_t * {act.format('c_t')}",
        ]
    if kind == "GRU":
        read = "np.dot(W_h, input_t) + b_h + r_t * (np.dot(U_h, state_t) + b2_h)"
        if not getattr(cell, "reset_after", True):
            read = "np.dot(W_h, input_t) + np.dot(U_h, r_t * state_t) + b_h"
        return [
            *(f"{gate}_t = {rho}({_SUM.format(f'_{gate}')})" for gate in "zr"),
            f"output_t = z_t * state_t + (1 - z_t) * {act.format(read)}",
        ]
    return [f"output_t = {kind}.step(input_t, state_t)"]

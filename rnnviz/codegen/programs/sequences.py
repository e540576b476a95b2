"""Masked timesteps and several sequences in programs: lines around those of the layers."""

from __future__ import annotations

from rnnviz.codegen.architecture import Architecture

_REPEATED = """
def repeated(states, computed):
    \"\"\"A timestep that is passed over repeats the state before it, zeros before the first.\"\"\"
    before = {zeros}
    return {concatenate}([before, states])[{place}]
"""
_NUMPY = {
    "zeros": "np.zeros((1, states.shape[1]), states.dtype)",
    "concatenate": "np.concatenate",
    "place": "np.cumsum(computed)",
}
_TORCH = {
    "zeros": "torch.zeros(1, states.shape[1], dtype=states.dtype)",
    "concatenate": "torch.cat",
    "place": "computed.cumsum(0)",
}


def repeat_lines(made: Architecture, library: str) -> list[str]:
    """Return the function ``repeated``, for "numpy" or "torch"; none where nothing is masked."""
    if not made.masks:
        return []
    words = _NUMPY if library == "numpy" else _TORCH
    return ["", *_REPEATED.format(**words).strip("\n").split("\n"), ""]


def computed_line(made: Architecture) -> list[str]:
    """Return the line that says which timesteps are computed, as an array of bool."""
    if made.mask_zero:
        return ["computed = tokens != 0  # mask_zero"]
    if made.mask_value is not None:
        return [f"computed = (inputs != {made.mask_value!r}).any(axis=1)  # Masking"]
    return []


def read_by(made: Architecture, fed: str, backwards: bool, library: str) -> str:
    """Return what a layer reads: ``fed``, turned round, without the masked timesteps."""
    turned = {"numpy": "{}[::-1]", "torch": "{}.flip(0)"}[library]
    fed = turned.format(fed) if backwards else fed
    if not made.masks:
        return fed
    return f"{fed}[{turned.format('computed') if backwards else 'computed'}]"


def at_all_timesteps(made: Architecture, states: str, backwards: bool, library: str) -> str:
    """Return the expression of states at every timestep, of those of the computed ones."""
    if not made.masks:
        return states
    turned = {"numpy": "computed[::-1]", "torch": "computed.flip(0)"}[library]
    return f"repeated({states}, {turned if backwards else 'computed'})"


def without_masked(made: Architecture, states: str, return_sequences: bool) -> str:
    """Return the expression of a Bidirectional layer's states, which Keras sets to 0 when masked.

    Only where it returns its sequence.
    """
    return f"({states}) * computed[:, None]" if made.masks and return_sequences else states


def over_sequences(made: Architecture, lines: list[str], each: str) -> list[str]:
    """Return the lines of a run, for one sequence of ``batch`` after the other.

    ``each`` is what the lines call a sequence. Stateful layers need no loop: where the state is
    carried on, sequences are one long one.
    """
    if made.sequences == 1 or made.stateful:
        return lines
    kept = ["    suc_states.append(last_states)"] if made.return_state else []
    stacked = ["last_states = [np.stack(one) for one in zip(*suc_states)]"] if kept else []
    return [
        "suc_outputs, suc_states = [], []" if kept else "suc_outputs = []",
        f"for {each} in batch:",
        *(f"    {line}" for line in lines),
        "    suc_outputs.append(outputs)",
        *kept,
        "outputs = np.stack(suc_outputs)",
        *stacked,
    ]


def states_by_sequence(made: Architecture, states: str) -> str:
    """Return the expression of a long run's states (sequences, timesteps, units) if stateful."""
    return f"{states}.reshape(sequences, timesteps, -1)" if made.stateful else states

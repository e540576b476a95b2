"""What the browser is sent: a header in JSON, and behind it shades, tokens, curves and strips."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.moments import Moments, StateIndex

CONTEXT = 12
"""Steps before and after a moment that are shown with it."""
MOST_CURVES = 3
"""Features of the input that are drawn as curves, the first ones."""
MOST_ROWS = 64
"""Units of a moment's strip at most; of more, evenly chosen ones."""
_MIDDLE = 128


def packed(head: dict[str, Any], *arrays: np.ndarray) -> bytes:
    """Return the header's length, the header, and arrays behind it, each at a multiple of 4."""
    told = json.dumps(head, ensure_ascii=False).encode()
    parts = [told + b" " * (-len(told) % 4)]
    for array in arrays:
        content = array.tobytes()
        parts.append(content + b"\0" * (-len(content) % 4))
    return b"".join([len(parts[0]).to_bytes(4, "little"), *parts])


def shades(values: np.ndarray, greatest: float, signed: bool) -> np.ndarray:
    """Return values as bytes: 128 is 0, 255 the greatest, 1 its negative; 0 is not known.

    A value that is infinite is the greatest there is.
    """
    with np.errstate(all="ignore"):
        share = np.clip(values / (greatest if greatest > 0 else 1.0), -1.0 if signed else 0.0, 1.0)
    bytes_of = np.rint(_MIDDLE + 127 * np.nan_to_num(share))
    return np.where(np.isnan(values), 0, bytes_of).astype(np.uint8)


def sequence_arrays(run: Run, colours: np.ndarray) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return what is told of a run of one sequence, and its arrays: shades and tokens or curves."""
    told: dict[str, Any] = {"steps": run.timesteps}
    if run.network.reads_tokens:
        numbers = run.token_numbers
        assert numbers is not None
        count = int(numbers.max(initial=0)) + 1
        names = list(run.data.vocabulary[:count])
        names += [str(number) for number in range(len(names), count)]
        told |= {"kind": "tokens", "vocabulary": names}
        return told, [colours, numbers.astype(np.uint16 if count < 2**16 else np.uint32)]
    curves = curves_of(run)
    told |= {"kind": "curves", "curves": len(curves)}
    return told, [colours, *curves]


def curves_of(run: Run) -> list[np.ndarray]:
    """Return the first features of the input, each from 0 to 1 over its own range."""
    values = run.data.values.reshape(run.timesteps, -1)[:, :MOST_CURVES].T.astype(np.float64)
    found = []
    for one in values:
        low, high = np.nanmin(one), np.nanmax(one)
        scaled = (one - low) / (high - low) if high > low else np.full(len(one), 0.5)
        found.append(np.nan_to_num(scaled).astype(np.float32))
    return found


def moment_rows(
    run: Run, index: StateIndex, found: Moments, layer: int
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Return each moment with its context: where it begins, tokens or curves, and a strip."""
    rows, arrays = [], []
    span = float(np.max(np.maximum(np.abs(index.low), np.abs(index.high)), initial=0.0))
    units = found.units[np.unique(np.linspace(0, len(found.units) - 1, MOST_ROWS).astype(int))]
    backwards = run.network.is_turned(layer)
    trials = {trial: run.trial(trial) for trial in set(found.trials.tolist())}
    curves = {trial: _curves(there) for trial, there in trials.items()}
    for place in range(len(found)):
        trial, first = int(found.trials[place]), int(found.timesteps[place])
        there = trials[trial]
        begin, end = max(0, first - CONTEXT), min(there.timesteps, first + found.length + CONTEXT)
        states = there.layers[layer].states
        part = (states[::-1] if backwards else states)[begin:end, units]
        rows.append(
            {
                "trial": trial,
                "timestep": first,
                "begin": begin,
                "end": end,
                "score": float(found.scores[place]),
                "strip": len(units),
                "agreeing": int(found.agreeing[place].sum()),
                "tokens": _tokens(there, begin, end),
                "curves": [one[begin:end].tolist() for one in curves[trial]],
            }
        )
        arrays.append(shades(part.T, span, True))
    return rows, arrays


def _tokens(run: Run, begin: int, end: int) -> list[str]:
    if not run.network.reads_tokens:
        return []
    names, numbers = run.data.vocabulary, run.token_numbers
    assert numbers is not None
    return [
        names[number] if 0 <= number < len(names) else str(number)
        for number in numbers[begin:end].tolist()
    ]


def _curves(run: Run) -> list[np.ndarray]:
    return [] if run.network.reads_tokens else curves_of(run)

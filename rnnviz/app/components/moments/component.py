"""The Streamlit side of the Moments page: a sequence goes in, a range and a place come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.app.components.moments.payload import packed
from rnnviz.app.components.viewer.component import component
from rnnviz.knobs import finite

_SEQUENCE = component("sequence", "sequence.js", ["moments.css"])
_LIST = component("moments", "moments.js", ["moments.css"])


@dataclass(frozen=True)
class At:
    """A moment that was clicked; ``count`` tells two clicks on one moment apart."""

    trial: int
    timestep: int
    count: int


@dataclass(frozen=True)
class Wish:
    """A range that was selected, the end not in it; ``count`` tells two of one range apart."""

    first: int
    end: int
    count: int = 0


def sequence(head: dict[str, Any], arrays: Sequence[np.ndarray], *, key: str) -> None:
    """Show a sequence; it tells which moment was gone to last (`read_at`).

    Parameters
    ----------
    head : dict
        ``steps``, ``kind`` and what belongs to it, ``words``, ``at``.
    arrays : sequence of ndarray
        Shades, and tokens or curves.
    key : str
        Identity of the element.
    """
    _SEQUENCE(data=packed(head, *arrays), key=key, on_at_change=_nothing)


def read_at(asked: Any) -> At | None:
    """Read the moment that was gone to last; None where none was."""
    at = asked if isinstance(asked, Mapping) else {}
    trial, timestep, count = (_whole(at.get(name)) for name in ("trial", "timestep", "count"))
    if trial is None or timestep is None or count is None:
        return None
    return At(trial, timestep, count)


def moments_list(head: dict[str, Any], arrays: Sequence[np.ndarray], *, key: str) -> None:
    """List moments; it hears what is selected in the sequence, and asks for it (`read_wish`)."""
    _LIST(data=packed(head, *arrays), key=key, on_wish_change=_nothing)


def read_wish(asked: Any, steps: int, most: int) -> Wish | None:
    """Return the range that a browser asks for; None where it is none within the sequence."""
    if not isinstance(asked, Mapping):
        return None
    first, end = _whole(asked.get("first")), _whole(asked.get("end"))
    if first is None or end is None or not first < end <= steps or end - first > most:
        return None
    return Wish(first, end, _whole(asked.get("count")) or 0)


def _whole(value: Any) -> int | None:
    number = finite(value)
    return None if number is None or not 0 <= number < 2**53 else int(number)


def _nothing() -> None:
    """Stand in for a callback; Streamlit returns only those states that have one."""

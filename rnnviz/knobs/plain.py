"""Where numbers come in: what a double can hold, whatever Python, JSON or a file can hold.

Python's whole numbers have no bound, and fractions and NumPy's long doubles reach further than
doubles do; comparing, formatting or converting one of those may raise errors of its own.
"""

from __future__ import annotations

import json
import math
import numbers
from typing import Any


def finite(value: object) -> float | None:
    """Return a number as a finite float; None where it is none, or no double can hold it."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError, TypeError):
        return None
    return number if math.isfinite(number) else None


def plain_json(text: str | bytes) -> Any:
    """Read JSON in which every number is a finite double.

    Raises
    ------
    ValueError
        Where it is no JSON, or a number is none that a double can hold.
    RecursionError
        Where it is nested too deeply.
    """
    return json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=_refuse)


def _whole(text: str) -> int:
    value = int(text)  # refuses more than 4,300 digits by itself
    if finite(value) is None:
        raise ValueError("no double can hold it")
    return value


def _real(text: str) -> float:
    value = finite(float(text))
    if value is None:
        raise ValueError("no double can hold it")
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no number")

"""What is measured of each network of a sweep: one measure a file, ``MEASURE = Measure(...)``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rnnviz.sweeps.batch import Batch


@dataclass(frozen=True)
class Measure:
    """A number for each network.

    Parameters
    ----------
    name : str
        What links and tables call it; its words are ``measure.<name>.label`` and ``.help``.
    compute : callable (Batch) -> ndarray (networks,)
        nan where the number is not defined for a network.
    order : int
        Place in lists, lowest first.
    low, high : float or None
        Ends of its scale where they are always the same.
    contour : float or None
        The value at which something changes, drawn as a line: 0 for an exponent.
    """

    name: str
    compute: Callable[[Batch], np.ndarray]
    order: int
    low: float | None = None
    high: float | None = None
    contour: float | None = None


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure by name, in their order."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        one = getattr(importlib.import_module(f"{__name__}.{module.name}"), "MEASURE", None)
        if one is not None:
            found[one.name] = one
    ordered = sorted(found.values(), key=lambda one: (one.order, one.name))
    return MappingProxyType({one.name: one for one in ordered})

"""What a result means, as the key of a sentence and the numbers in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Verdict:
    """A sentence to be said in the reader's language.

    Parameters
    ----------
    key : str
        Key of the sentence in ``rnnviz.i18n``, e.g. ``"verdict.spectrum.zero"``.
    values : Mapping of str to object
        The numbers of the sentence, unrounded.
    more : tuple of Verdict
        Sentences that follow it.
    """

    key: str
    values: Mapping[str, object]
    more: tuple[Verdict, ...] = ()


def verdict(key: str, **values: object) -> Verdict:
    """Return the verdict of that key and those numbers."""
    return Verdict(f"verdict.{key}", MappingProxyType(values))


def also(first: Verdict, *more: Verdict) -> Verdict:
    """Return the first verdict with others after it."""
    return replace(first, more=(*first.more, *more))


def moment(timestep: int) -> dict[str, int]:
    """Return both names of a moment: ``step`` as people count, ``timestep`` as arrays do."""
    return {"step": int(timestep) + 1, "timestep": int(timestep)}


def power_of_ten(logarithm: float) -> str:
    """Return 10 to the nearest whole power, as people write it: ``"10⁻³⁷"``."""
    return "10" + str(round(logarithm)).translate(_RAISED)

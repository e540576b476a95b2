"""What a result means, as the key of a sentence and the numbers in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Verdict:
    """A sentence to be said in the reader's language.

    Parameters
    ----------
    key : str
        Key of the sentence in ``rnnviz.i18n``, e.g. ``"verdict.spectrum.zero"``.
    values : Mapping of str to object
        The numbers of the sentence; a step is counted from one (see :func:`ordinal`).
    """

    key: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def verdict(key: str, **values: object) -> Verdict:
    """Return the verdict of that key and those numbers."""
    return Verdict(f"verdict.{key}", MappingProxyType(values))


def ordinal(index: int) -> int:
    """Return how people count what an array has at ``index``: from one."""
    return int(index) + 1

"""Kinds of knobs that only a Training has: a series of one's own, and changes on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnnviz.knobs import Refusal

CHANGEABLE = ("learning_rate", "clip_norm")
"""What may be changed while a training runs."""

Change = tuple[int, str, float | None]


@dataclass(frozen=True)
class Series:
    """Finite numbers, at most ``limit`` of them, written with spaces between."""

    limit: int

    def check(self, value: object) -> tuple[float, ...]:
        """Return the numbers as Python floats."""
        try:
            numbers = tuple(float(one) for one in value)  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            raise Refusal("not_a_series", limit=f"{self.limit:,}") from None
        if len(numbers) > self.limit or not all(map(math.isfinite, numbers)):
            raise Refusal("not_a_series", limit=f"{self.limit:,}")
        return numbers

    def parse(self, text: str) -> tuple[float, ...]:
        """Read numbers with spaces, commas or new lines between them."""
        if len(text) > 30 * self.limit:
            raise Refusal("not_a_series", limit=f"{self.limit:,}")
        return self.check(text.replace(",", " ").split())

    def write(self, value: tuple[float, ...]) -> str:
        """Write the shortest decimals that read back as the same numbers."""
        return " ".join(map(repr, value))


@dataclass(frozen=True)
class Changes:
    """Changes of a learning rate or of a clip from a step on, at most ``limit`` of them.

    Written ``120:learning_rate:0.0001``, with spaces between several.
    """

    limit: int

    def check(self, value: object) -> tuple[Change, ...]:
        """Return the changes in the order of their steps."""
        if not isinstance(value, tuple | list) or len(value) > self.limit:
            raise Refusal("not_changes", limit=self.limit)
        return tuple(sorted((self._one(one) for one in value), key=lambda change: change[0]))

    def _one(self, change: object) -> Change:
        if isinstance(change, tuple | list) and len(change) == 3:
            step, name, number = change
            whole = isinstance(step, int) and not isinstance(step, bool) and 0 <= step <= 10**6
            if name == "clip_norm" and number is None and whole:
                return step, name, None
            real = isinstance(number, int | float) and not isinstance(number, bool)
            if whole and name in CHANGEABLE and real and 0 < number <= 1000:
                return step, name, float(number)
        raise Refusal("not_changes", limit=self.limit)

    def parse(self, text: str) -> tuple[Change, ...]:
        """Read changes with spaces between them."""
        changes = []
        for part in text.split()[: self.limit + 1]:
            try:
                step, name, number = part.split(":")
                changes.append((int(step), name, None if number == "none" else float(number)))
            except ValueError:
                raise Refusal("not_changes", limit=self.limit) from None
        return self.check(changes)

    def write(self, value: tuple[Change, ...]) -> str:
        """Write changes with spaces between them."""
        parts = []
        for step, name, number in value:
            parts.append(f"{step}:{name}:{'none' if number is None else repr(number)}")
        return " ".join(parts)

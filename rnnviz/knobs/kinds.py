"""What values a knob takes: whole and real numbers, one of a few names, yes or no."""

from __future__ import annotations

import numbers
import re
from dataclasses import dataclass
from typing import Any, Protocol

from rnnviz.knobs.plain import finite

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_REAL = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")


class Refusal(ValueError):  # noqa: N818 - it becomes a Problem, it is not an error of its own
    """A kind does not take a value; carries the key and fields of the sentence that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class Kind(Protocol):
    """What values a knob takes, and how they are written in a link."""

    def check(self, value: object) -> Any:
        """Return the value in its plain Python type, or raise :class:`Refusal`."""

    def parse(self, text: str) -> Any:
        """Return the value that a link's text stands for, or raise :class:`Refusal`."""

    def write(self, value: Any) -> str:
        """Return the link text of a checked value; ``parse`` gives back the very same value."""


@dataclass(frozen=True)
class Whole:
    """Whole numbers from ``minimum`` to ``maximum``; with ``optional``, also None ("none")."""

    minimum: int
    maximum: int
    optional: bool = False

    def check(self, value: object) -> int | None:
        """Return a Python int (or None); booleans and floats are refused."""
        if value is None and self.optional:
            return None
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise Refusal("not_whole", **self._range())
        number = int(value)
        if not self.minimum <= number <= self.maximum:
            raise Refusal("out_of_range", **self._range())
        return number

    def parse(self, text: str) -> int | None:
        """Read decimal digits."""
        if text == "none" and self.optional:
            return None
        if not _WHOLE.fullmatch(text):
            raise Refusal("not_whole", **self._range())
        return self.check(int(text))

    def write(self, value: int | None) -> str:
        """Write decimal digits."""
        return "none" if value is None else str(value)

    def _range(self) -> dict[str, str]:
        return {"minimum": f"{self.minimum:,}", "maximum": f"{self.maximum:,}"}


@dataclass(frozen=True)
class Real:
    """Finite numbers from ``minimum`` to ``maximum``; with ``optional``, also None ("none")."""

    minimum: float
    maximum: float
    optional: bool = False

    def check(self, value: object) -> float | None:
        """Return a Python float (or None); NaN and infinities are refused."""
        if value is None and self.optional:
            return None
        number = finite(value)
        if number is None:
            raise Refusal("not_a_number", **self._range())
        if not self.minimum <= number <= self.maximum:
            raise Refusal("out_of_range", **self._range())
        return number + 0.0  # -0.0 and 0.0 are one setting, so they must be one link

    def parse(self, text: str) -> float | None:
        """Read a decimal number."""
        if text == "none" and self.optional:
            return None
        if not _REAL.fullmatch(text):
            raise Refusal("not_a_number", **self._range())
        return self.check(float(text))

    def write(self, value: float | None) -> str:
        """Write the shortest decimal that reads back as the same float."""
        return "none" if value is None else repr(value)

    def _range(self) -> dict[str, str]:
        return {"minimum": f"{self.minimum:g}", "maximum": f"{self.maximum:g}"}


@dataclass(frozen=True)
class Choice:
    """One of a few names; with ``optional``, also None ("none")."""

    options: tuple[str, ...]
    optional: bool = False

    def check(self, value: object) -> str | None:
        """Return the name itself."""
        if value is None and self.optional:
            return None
        if not isinstance(value, str) or value not in self.options:
            raise Refusal("not_a_choice", options=", ".join(self.options))
        return str(value)

    def parse(self, text: str) -> str | None:
        """Read the name."""
        return self.check(None if text == "none" and self.optional else text)

    def write(self, value: str | None) -> str:
        """Write the name."""
        return "none" if value is None else value


@dataclass(frozen=True)
class Numbers:
    """One of a few names, or at most ``limit`` finite numbers from ``minimum`` to ``maximum``."""

    names: tuple[str, ...]
    limit: int
    minimum: float
    maximum: float

    def check(self, value: object) -> str | tuple[float, ...]:
        """Return the name, or the numbers as a tuple of Python floats; one number is one."""
        if isinstance(value, str):
            if value in self.names:
                return value
            raise Refusal("not_numbers", **self._fields())
        value = value.tolist() if hasattr(value, "tolist") else value  # an array
        several: tuple[Any, ...] = tuple(value) if isinstance(value, tuple | list) else (value,)
        if not 1 <= len(several) <= self.limit:
            raise Refusal("not_numbers", **self._fields())
        read = [finite(one) for one in several]
        if not all(one is not None and self.minimum <= one <= self.maximum for one in read):
            raise Refusal("not_numbers", **self._fields())
        return tuple(one + 0.0 for one in read if one is not None)

    def parse(self, text: str) -> str | tuple[float, ...]:
        """Read a name, or decimal numbers with commas between them."""
        if text in self.names:
            return text
        parts = text.split(",")
        if not all(_REAL.fullmatch(part) for part in parts):
            raise Refusal("not_numbers", **self._fields())
        return self.check([float(part) for part in parts])

    def write(self, value: str | tuple[float, ...]) -> str:
        """Write the name, or the numbers with commas between them."""
        return value if isinstance(value, str) else ",".join(map(repr, value))

    def _fields(self) -> dict[str, object]:
        return {
            "names": ", ".join(self.names),
            "limit": self.limit,
            "minimum": f"{self.minimum:g}",
            "maximum": f"{self.maximum:g}",
        }


@dataclass(frozen=True)
class Flag:
    """Yes or no, written as 1 or 0."""

    def check(self, value: object) -> bool:
        """Return a Python bool; numbers are refused."""
        if not isinstance(value, bool) and type(value).__name__ not in ("bool_", "bool"):
            raise Refusal("not_a_flag")
        return bool(value)

    def parse(self, text: str) -> bool:
        """Read 1 or 0."""
        if text not in ("0", "1"):
            raise Refusal("not_a_flag")
        return text == "1"

    def write(self, value: bool) -> str:
        """Write 1 or 0."""
        return str(int(value))

"""Numbers that the environment says."""

from __future__ import annotations

from collections.abc import Mapping


def whole_number(name: str, environment: Mapping[str, str], most: int) -> int | None:
    """Return a whole number from 1 to ``most`` that a variable holds; None where it is not set.

    Raises
    ------
    ValueError
        Where it is set to anything else; the sentence says what would do.
    """
    text = environment.get(name, "").strip()
    if not text:
        return None
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not plain or not 1 <= int(text) <= most:
        raise ValueError(f"{name}: {text[:40]!r} is no whole number from 1 to {most:,}.")
    return int(text)

"""Verdicts and numbers as people read them, in any of the languages."""

from __future__ import annotations

from rnnviz.analysis.verdict import Verdict
from rnnviz.i18n import Words
from rnnviz.sentences.numbers import number, percent, power, whole

_TWO_DIGITS = ("band", "error")
"""Errors are written with two digits, whatever they belong to with three."""
_BESIDE_ONE = ("radius", "factor", "kernel_radius", "stretch", "ratio")
"""Numbers for which it matters on which side of 1 they lie."""


def sentence(verdict: Verdict, say: Words) -> str:
    """Return what a verdict and those after it say, their numbers rounded for reading."""
    texts = {name: _written(name, value) for name, value in verdict.values.items()}
    return " ".join([say(verdict.key, **texts), *(sentence(one, say) for one in verdict.more)])


def _written(name: str, value: object) -> str:
    if name.startswith("log_") and isinstance(value, float):
        return power(value)
    if name in ("share", "separation") and isinstance(value, int | float):
        # Verdicts give shares as a number of hundredths.
        return percent(value / 100)
    digits = 2 if name in _TWO_DIGITS else 3
    return shown(value, digits, beside=1.0 if name in _BESIDE_ONE else None)


def shown(value: object, digits: int = 3, beside: float | None = None) -> str:
    """Return a number as all sentences write it; text as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return whole(value) if isinstance(value, int) else number(value, digits, beside)


def wrapped(text: str, width: int) -> str:
    """Break a sentence into even lines of at most ``width`` Latin letters with ``<br>``.

    Plotly does not wrap. Hangul letters are as wide as two Latin ones.
    """
    lines = _filled(text, width)
    while len(narrower := _filled(text, width - 2)) == len(lines) > 1 and width > 20:
        lines, width = narrower, width - 2
    return "<br>".join(lines)


def _filled(text: str, width: int) -> list[str]:
    lines: list[str] = []
    length = 0
    for word in text.split():
        size = sum(2 if "\u1100" <= letter <= "\uffdc" else 1 for letter in word)
        if lines and length + 1 + size <= width:
            lines[-1] += " " + word
            length += 1 + size
        else:
            lines.append(word)
            length = size
    return lines

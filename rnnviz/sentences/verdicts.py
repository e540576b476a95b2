"""Verdicts and numbers as people read them, in any of the languages."""

from __future__ import annotations

import math

from rnnviz.analysis.verdict import Verdict, power_of_ten
from rnnviz.i18n import Words


def sentence(verdict: Verdict, say: Words) -> str:
    """Return what a verdict says, its numbers rounded for reading."""
    texts = {
        name: shown(value, digits=2 if name in ("band", "error") else 3)
        for name, value in verdict.values.items()
    }
    return say(verdict.key, **texts)


def shown(value: object, digits: int = 3) -> str:
    """Return a number with so many digits, an integer whole, with typographic signs."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "–")
    if value and not 1e-3 <= abs(value) < 1e5:
        power = math.floor(math.log10(abs(value)))
        leading = f"{value / 10.0**power:.2g}" if power > -300 else "1"
        text = power_of_ten(power)
        return text if leading == "1" else f"{leading}·{text}".replace("-", "−")
    return f"{value:.{digits}g}".replace("-", "−")


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

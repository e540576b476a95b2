"""The one way in which sentences write numbers, in every language.

Between a thousandth and a hundred thousand a number is written out, ``"−0.25"``, ``"12,300"``;
beyond as a power of ten, ``"1.13·10⁻³⁰"``. Minus signs are minus signs, never hyphens.
"""

from __future__ import annotations

import math

from rnnviz.analysis.verdict import power_of_ten

_LEAST, _GREATEST = 1e-3, 1e5
"""Sizes between which a number is written out."""
_MOST_DIGITS = 15
_SAME = 1e-9
"""A number so near to a landmark, relative to it, may be written as the landmark."""


def number(value: float, digits: int = 4, beside: float | None = None) -> str:
    """Return a number with so many significant digits; trailing zeros are left out.

    Parameters
    ----------
    value : float
        May be infinite or not a number, ``"∞"`` and ``"–"``.
    digits : int
        Significant digits.
    beside : float, optional
        A landmark that the sentence speaks of, such as 1 for an eigenvalue: more digits are
        written where fewer would make the number look as if it were exactly there.
    """
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "–")
    while (
        beside is not None
        and digits < _MOST_DIGITS
        and float(f"{value:.{digits - 1}e}") == beside
        and abs(value - beside) > _SAME * abs(beside)
    ):
        digits += 1
    mantissa, _, exponent = f"{value + 0.0:.{digits - 1}e}".partition("e")  # no −0
    size = abs(float(f"{mantissa}e{exponent}"))
    if size and not _LEAST <= size < _GREATEST:
        mantissa = _without_zeros(mantissa)
        raised = power_of_ten(int(exponent))
        text = raised if mantissa == "1" else f"{mantissa}·{raised}"
        return text.replace("-", "−")
    places = max(0, digits - 1 - int(exponent)) if size else 0
    text = _without_zeros(f"{float(f'{mantissa}e{exponent}'):,.{places}f}")
    return text.replace("-", "−")


def whole(value: int) -> str:
    """Return a whole number with all its digits, thousands apart."""
    return f"{value:,}".replace("-", "−")


def percent(share: float) -> str:
    """Return a share as a percentage that never rounds up to all or down to nothing."""
    if share in (0, 1):
        return f"{share:.0%}"
    return "> 99.9%" if share > 0.999 else "< 0.1%" if share < 0.001 else f"{share:.1%}"


def power(logarithm: float, digits: int = 2) -> str:
    """Return the number with that log₁₀; beyond the range written out, only its power of ten."""
    if math.isnan(logarithm):
        return "–"
    if math.isinf(logarithm):
        return "0" if logarithm < 0 else "∞"
    if math.log10(_LEAST) <= logarithm < math.log10(_GREATEST):
        return number(10**logarithm, digits)
    return power_of_ten(logarithm)


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text

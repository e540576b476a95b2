"""Numbers read out of sentences, by code of its own: nothing here knows how they were written."""

import math
import re

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
NUMBER = rf"−?(?:\d[\d,]*(?:\.\d+)?·{_POWER}|{_POWER}|\d[\d,]*(?:\.\d+)?|∞)"
"""A number as sentences write it."""
PERCENT = r"(?:[<>] )?\d+(?:\.\d+)?%"


def read_number(text):
    """The value of a written number; powers beyond float64 come back as 0 or infinity."""
    return math.copysign(1.0, -1 if text.startswith("−") else 1) * 10.0 ** read_log(text)


def read_log(text):
    """log₁₀ of the size of a written number, −inf for 0."""
    text = text.lstrip("−")
    if text == "∞":
        return math.inf
    factor, _, raised = text.rpartition("·")
    exponent = re.fullmatch(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", raised)
    if exponent:
        tens = int(exponent[1].translate(RAISED))
        return tens + (math.log10(float(factor.replace(",", ""))) if factor else 0.0)
    value = float(raised.replace(",", ""))
    return math.log10(value) if value else -math.inf


def read_share(text):
    """Least and greatest share that a written percentage may stand for."""
    sign, number = text[:1], float(text.strip("<> %"))
    if sign == "<":
        return 0.0, number / 100
    if sign == ">":
        return number / 100, 1.0
    half = 0 if "." not in text else 0.0005001
    return number / 100 - half, number / 100 + half


def digits_of(text):
    """How many significant digits a written number may have been rounded to, at least."""
    mantissa = text.lstrip("−").split("·")[0]
    if mantissa.startswith("10") and any(letter in mantissa for letter in "⁰¹²³⁴⁵⁶⁷⁸⁹"):
        return 0
    figures = mantissa.replace(",", "").replace(".", "").lstrip("0")
    return max(1, len(figures if "." in mantissa else figures.rstrip("0")))

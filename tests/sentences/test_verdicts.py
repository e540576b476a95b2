import math

import pytest

from rnnviz.analysis.verdict import moment, power_of_ten, verdict
from rnnviz.i18n import words
from rnnviz.sentences.verdicts import sentence, shown, wrapped


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1234567, "1,234,567"),
        (-0.5, "−0.5"),
        (1 / 3, "0.333"),
        (1e-9, "10⁻⁹"),
        (-2.5e-12, "−2.5·10⁻¹²"),
        (3e120, "3·10¹²⁰"),
        (5e-320, "5·10⁻³²⁰"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
        ("10⁻³⁷", "10⁻³⁷"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert shown(value) == text


def test_a_sentence_rounds_its_numbers():
    result = verdict("lyapunov.chaos", exponent=0.123456, band=0.0123456, time=8.1, steps=100)
    said = sentence(result, words("en"))
    assert "0.123 ± 0.012" in said
    assert "chaos" in said


def test_moments_and_powers():
    assert moment(0) == {"step": 1, "timestep": 0}
    assert power_of_ten(-36.7) == "10⁻³⁷"


def test_lines_are_even_and_hangul_counts_double():
    text = "one two three four five six seven eight nine ten eleven twelve"
    lines = wrapped(text, 40).split("<br>")
    assert " ".join(lines) == text
    assert max(map(len, lines)) <= 40
    assert min(map(len, lines)) > 20
    assert wrapped("가나다라마 바사아자차", 12) == "가나다라마<br>바사아자차"
    assert wrapped("short", 40) == "short"

"""Numbers in sentences: one way, no digit that is not so, no landmark that is not reached."""

import math

import numpy as np
import pytest

from rnnviz.sentences.numbers import number, percent, power, whole
from tests.sentences.reading_numbers import read_number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-0.25, "−0.25"),
        (0.001, "0.001"),
        (270.0, "270"),
        (12345.6, "12,350"),
        (99996.0, "10⁵"),
        (0.00099996, "0.001"),
        (1.13e-30, "1.13·10⁻³⁰"),
        (-2.5e12, "−2.5·10¹²"),
        (9.9999e-5, "10⁻⁴"),
        (5e-320, "5·10⁻³²⁰"),
        (1.7976931348623157e308, "1.798·10³⁰⁸"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_numbers_are_written_one_way(value, written):
    assert number(value) == written


def test_a_number_reads_back_to_as_many_digits_as_are_written():
    random = np.random.default_rng(0)
    for value in random.normal(size=500) * 10.0 ** random.uniform(-300, 300, 500):
        for digits in (1, 2, 3, 4, 6):
            back = read_number(number(float(value), digits))
            assert back == pytest.approx(value, rel=0.5000001 * 10.0 ** (1 - digits))


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.99996, "0.99996"), (1.00004, "1.00004"), (1.0, "1"), (1 + 1e-12, "1"), (0.5, "0.5")],
)
def test_what_is_not_one_does_not_look_like_one(value, written):
    assert number(value, 3, beside=1.0) == written


@pytest.mark.parametrize(
    ("logarithm", "text"),
    [
        (0.0, "1"),
        (-1.0, "0.1"),
        (0.5, "3.2"),
        (2.43, "270"),
        (4.3, "20,000"),
        (5.0, "10⁵"),
        (-37.2, "10⁻³⁷"),
        (148.9, "10¹⁴⁹"),
        (-1145.2, "10⁻¹¹⁴⁵"),
        (-math.inf, "0"),
        (math.inf, "∞"),
        (math.nan, "–"),
    ],
)
def test_powers_are_written_the_same_way(logarithm, text):
    assert power(logarithm) == text


def test_shares_never_round_to_all_or_nothing():
    assert [percent(share) for share in (0, 0.0001, 0.5, 0.99999, 1)] == [
        "0%", "< 0.1%", "50.0%", "> 99.9%", "100%",
    ]  # fmt: skip


def test_whole_numbers_keep_their_digits():
    assert whole(-1234567) == "−1,234,567"

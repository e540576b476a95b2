import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.knobs import Real, Refusal, Whole, finite, plain_json, shown

EXTREMES = [
    10**400,
    -(10**400),
    10**5000,
    2**63,
    2**1024,
    Fraction(10**400),
    Fraction(1, 10**400),
    Decimal("1e400"),
    float("nan"),
    float("inf"),
    5e-324,
    -0.0,
    1.7976931348623157e308,
    np.float16(65504),
    np.float32("inf"),
    np.longdouble("1e4000"),
    np.int8(-128),
    np.uint64(2**64 - 1),
    np.bool_(True),
    True,
    1j,
    None,
    "1",
    b"1",
    [1],
    np.array(3.0),
    np.array([1.0, 2.0]),
]


@pytest.mark.parametrize("value", EXTREMES, ids=lambda value: f"{type(value).__name__}")
@pytest.mark.parametrize("kind", [Real(0.0, 1.0), Real(-1e308, 1e308, optional=True), Whole(0, 9)])
def test_every_number_of_python_is_taken_or_refused_in_words(kind, value):
    try:
        taken = kind.check(value)
    except Refusal:
        return
    assert taken is None or (type(taken) in (int, float) and math.isfinite(taken))
    assert kind.parse(kind.write(taken)) == taken


@pytest.mark.parametrize("value", EXTREMES, ids=lambda value: f"{type(value).__name__}")
def test_whatever_it_is_can_be_quoted_in_a_sentence(value):
    assert len(shown(value)) < 200


@given(st.one_of(st.integers(), st.floats(), st.fractions()))
def test_a_number_that_a_double_can_hold_is_that_double(value):
    try:
        expected = float(value)
    except OverflowError:
        expected = math.inf
    assert finite(value) == (expected if math.isfinite(expected) else None)


def test_json_comes_in_with_the_same_numbers_or_not_at_all():
    text = json.dumps({"a": [1, 2.5, -3e300, 2**70], "b": {"c": None, "d": True}})
    assert plain_json(text) == json.loads(text)
    for number in ("1" + "0" * 400, "-1e999", "NaN", "Infinity", "-Infinity", "9" * 5000, "1e400"):
        with pytest.raises(ValueError, match=r"number|double|digits"):
            plain_json(f'{{"a": [{number}]}}')

"""The description of a picture, and the shades that both renderers colour alike."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.views._plot.picture import (
    HIGHEST,
    LOWEST,
    MISSING,
    Field,
    Picture,
    encode,
    symmetric_limit,
)


def field(values=None, **changes):
    values = np.zeros((3, 2)) if values is None else values
    settings = {"low": -1.0, "high": 1.0, "low_mark": -1.0, "high_mark": 1.0} | changes
    return Field(values, "state", **settings)


def plain_shade(value, low, high, low_mark, high_mark):
    if math.isnan(value):
        return MISSING
    if value >= high_mark:
        return HIGHEST
    if value <= low_mark:
        return LOWEST
    return int(min(254, max(2, (value - low) * 252 / (high - low) + 2.5)))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=50))
def test_shades_are_those_of_a_plain_rule(values):
    shades = encode(np.array(values), field())
    plain = [plain_shade(value, -1, 1, -1, 1) for value in values]
    # float32 arithmetic may fall on the other side of a shade's edge, never further.
    assert (np.abs(shades.astype(int) - plain) <= 1).all()
    special = {MISSING, LOWEST, HIGHEST}
    for shade, wanted in zip(shades, plain, strict=True):
        assert (shade in special) == (wanted in special)


def test_almost_one_is_not_one():
    almost = np.nextafter(1.0, 0)
    assert encode(np.array([almost, 1.0, -1.0, -almost]), field()).tolist() == [254, 255, 1, 2]
    almost = np.nextafter(np.float32(1), np.float32(0))
    assert encode(np.array([almost, 1], np.float32), field()).tolist() == [254, 255]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=50))
def test_a_greater_value_never_has_a_lower_shade(values):
    ordered = np.sort(np.array(values))
    limit = symmetric_limit(ordered)
    shades = encode(ordered, field(low=-limit, high=limit, low_mark=-math.inf, high_mark=math.inf))
    assert (np.diff(shades.astype(int)) >= 0).all()
    assert shades.min() >= 2
    assert shades.max() <= 254


def test_infinities_are_marked_where_they_are_marks():
    unbounded = field(low=-5, high=5, low_mark=-math.inf, high_mark=math.inf)
    values = np.array([-np.inf, -5, 0, 5, 7, np.inf, np.nan])
    assert encode(values, unbounded).tolist() == [1, 2, 128, 254, 254, 255, 0]


def test_without_marks_nothing_is_marked():
    plain = field(low_mark=None, high_mark=None)
    assert encode(np.array([-2.0, -1, 1, 2, np.inf]), plain).tolist() == [2, 2, 254, 254, 254]


@pytest.mark.parametrize(
    ("values", "limit"),
    [([0.5, -3], 3), ([0, 0], 1), ([np.inf, 2, np.nan], 2), ([np.nan], 1), ([], 1)],
)
def test_symmetric_limit_is_the_greatest_finite_size(values, limit):
    assert symmetric_limit(np.array(values, dtype=float)) == limit


def test_a_cursor_beyond_the_run_means_its_end():
    assert Picture(field(), timestep=99, unit=99).cursor == (2, 1)
    assert Picture(field(), timestep=1, unit=0).cursor == (1, 0)

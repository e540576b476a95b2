import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.analysis.distribution import LEVELS, histogram, spread

values = arrays(
    np.float64,
    st.tuples(st.integers(1, 40), st.integers(1, 20)),
    elements=st.floats(-1e6, 1e6),
)


@given(values)
def test_quantiles_rise_and_are_values_of_units(values):
    bands = spread(values)
    assert bands.every == 1
    assert (np.diff(bands.quantiles, axis=1) >= 0).all()
    assert np.array_equal(bands.quantiles[:, 0], values.min(axis=1))
    assert np.array_equal(bands.quantiles[:, -1], values.max(axis=1))
    for row, quantiles in zip(values, bands.quantiles, strict=True):
        assert np.isin(quantiles, row).all()


def test_quantiles_are_numpys_where_they_fall_on_a_unit():
    values = np.random.default_rng(0).normal(size=(5, 101))
    expected = np.quantile(values, LEVELS, axis=1).T
    assert spread(values).quantiles == pytest.approx(expected)


def test_a_long_run_is_looked_at_now_and_then_but_its_extremes_are_all_there():
    values = np.random.default_rng(0).normal(size=(1000, 8))
    values[777, 3] = 50.0
    bands = spread(values, columns=100)
    assert (bands.every, len(bands.steps)) == (10, 100)
    assert bands.quantiles[77, -1] == 50.0
    assert np.array_equal(bands.quantiles[7, 3:4], np.sort(values[70])[[4]])


def test_a_step_that_is_not_finite_is_a_gap():
    values = np.ones((4, 3))
    values[2, 1] = np.inf
    values[3] = np.nan
    bands = spread(values)
    assert np.isfinite(bands.quantiles[:2]).all()
    assert np.isnan(bands.quantiles[2:]).all()


@given(values)
def test_every_unit_is_counted_once(values):
    counted = histogram(values, -1.0, 1.0, bins=7)
    assert (counted.counts.sum(axis=-1) == values.shape[1]).all()
    assert not counted.lost.any()


def test_counts_agree_with_numpys():
    values = np.random.default_rng(1).uniform(-1, 1, 500)
    values[:3] = [-1.0, 1.0, 1.0]
    counted = histogram(values, -1.0, 1.0, bins=40)
    assert np.array_equal(counted.counts, np.histogram(values, 40, (-1, 1))[0])
    assert counted.counts[-1] >= 2


def test_what_is_not_finite_is_lost_and_named():
    counted = histogram(np.array([[0.0, np.nan, np.inf], [5.0, -5.0, 0.2]]), -1, 1, bins=2)
    assert counted.lost.tolist() == [2, 0]
    assert counted.counts.tolist() == [[0, 1], [1, 2]]

"""Blocks against a plain loop, and what no reduction may lose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.analysis.level_of_detail import block_means, block_size, reduce_to_blocks

SIZES = st.integers(1, 40)


def plain_blocks(values, steps, units, fold):
    rows = range(0, values.shape[0], steps)
    columns = range(0, values.shape[1], units)
    return np.array([[fold(values[t : t + steps, u : u + units]) for u in columns] for t in rows])


@given(SIZES, SIZES, SIZES, SIZES, st.sampled_from([np.float64, np.float32]))
def test_blocks_are_those_of_a_plain_loop(timesteps, units, columns, rows, dtype):
    values = np.random.default_rng(timesteps * 41 + units).standard_normal((timesteps, units))
    values = values.astype(dtype)
    blocks = reduce_to_blocks(values, columns, rows)
    for array, fold in (
        (blocks.minimum, np.min),
        (blocks.maximum, np.max),
    ):
        assert np.array_equal(array, plain_blocks(values, blocks.steps, blocks.units, fold))
    mean = plain_blocks(values, blocks.steps, blocks.units, np.mean)
    assert np.allclose(blocks.mean, mean, atol=1e-5)
    assert blocks.mean.dtype == dtype
    assert blocks.mean.shape[0] <= columns
    assert blocks.mean.shape[1] <= rows
    assert (blocks.minimum <= blocks.maximum).all()


@given(st.integers(1, 10**7), st.integers(1, 5000))
def test_block_size_is_the_least_that_fits(length, cells):
    size = block_size(length, cells)
    assert -(-length // size) <= cells
    assert size == 1 or -(-length // (size - 1)) > cells


def test_one_saturated_cell_among_millions_survives():
    values = np.zeros((100_000, 64))
    values[77_777, 13] = 1.0
    blocks = reduce_to_blocks(values, 1280, 256)
    assert blocks.maximum.max() == 1.0
    assert blocks.mean.max() < 0.02, "the mean alone would have lost it"
    assert blocks.maximum[77_777 // blocks.steps, 13 // blocks.units] == 1.0


def test_small_arrays_stay_as_they_are():
    values = np.random.default_rng(0).standard_normal((100, 64))
    blocks = reduce_to_blocks(values, 100, 64)
    assert not blocks.is_reduced
    assert np.shares_memory(blocks.mean, values)
    assert values.flags.writeable, "the caller's own array stays the caller's"


def test_missing_and_infinite_values_stay_what_they_are():
    values = np.ones((10, 4))
    values[3, 1], values[7, 2], values[8, 3] = np.nan, np.inf, -np.inf
    blocks = reduce_to_blocks(values, 5, 4)
    assert np.isnan(blocks.mean[1, 1])
    assert blocks.maximum[3, 2] == np.inf
    assert blocks.mean[4, 3] == -np.inf
    assert np.isfinite(blocks.mean).sum() == 17


@pytest.mark.parametrize("name", ["minimum", "maximum", "mean"])
@pytest.mark.parametrize("columns", [3, 100])
def test_what_is_handed_out_is_read_only(name, columns):
    with pytest.raises(ValueError, match="read-only"):
        getattr(reduce_to_blocks(np.zeros((7, 5)), columns, 5), name)[0, 0] = 1


@pytest.mark.parametrize(
    ("shape", "cells"), [((7, 5), (3, 2)), ((100, 9), (9, 9)), ((4, 3), (4, 3))]
)
def test_means_alone_are_those_of_the_blocks(shape, cells):
    values = np.random.default_rng(1).standard_normal(shape)
    np.testing.assert_array_equal(
        block_means(values, *cells), reduce_to_blocks(values, *cells).mean
    )

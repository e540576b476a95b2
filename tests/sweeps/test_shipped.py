"""The numbers that come with the package are those of their networks."""

import random

import numpy as np
import pytest
from pyarrow import parquet

from rnnviz import Sweep, sweep
from rnnviz.sweeps.shipped import SHIPPED, file_of, read_shipped, shipped_name


@pytest.mark.parametrize("name", SHIPPED)
def test_some_networks_computed_afresh_have_the_shipped_numbers(name):
    shipped, pick = read_shipped(name), random.Random(1)
    for _ in range(4):
        index = tuple(pick.randrange(count) for count in shipped.sweep.shape)
        axes = {axis: [value] for axis, value in shipped.sweep.changes(index).items()}
        one = sweep(Sweep(shipped.sweep.experiment, axes, shipped.sweep.measures))
        for measure in shipped.sweep.measures:
            # Another build of BLAS adds in another order; chaos makes that last bit visible.
            np.testing.assert_allclose(
                one.array(measure).item(), shipped.array(measure)[index], rtol=0.02, atol=0.02
            )


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_names_its_sweep_and_is_small(name):
    told = parquet.read_schema(file_of(name)).metadata
    assert Sweep.from_query(told[b"sweep"].decode()) == SHIPPED[name]
    assert file_of(name).stat().st_size < 60_000


def test_it_is_found_by_what_is_asked_for():
    knee = SHIPPED["knee"]
    assert shipped_name(Sweep(knee.experiment, dict(knee.axes), ("gradient",))) == "knee"
    assert shipped_name(Sweep(knee.experiment, dict(knee.axes), ("lyapunov",))) is None
    assert shipped_name(Sweep(knee.experiment, {"seed": [0]}, ("gradient",))) is None


def test_memory_peaks_near_the_edge_of_chaos():
    """The network without strong input: most memory where the exponent is just below zero."""
    edge = read_shipped("edge")
    radii = np.array(edge.sweep.values("spectral_radius"))
    exponents, capacity = edge.mean("lyapunov"), edge.mean("memory")
    weak = np.array(edge.sweep.values("input_gain")) < 0.1
    best = radii[capacity[weak].mean(axis=0).argmax()]
    onset = np.interp(0, exponents[weak].mean(axis=0), radii)
    assert 0.6 * onset < best < 1.2 * onset

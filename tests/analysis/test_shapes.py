"""A wrong shape is caught where a value is made: what tests/shapes.py checks in every test here."""

import dataclasses

import numpy as np
import pytest

from rnnviz import Experiment, analyse, simulate
from rnnviz.engine.unroll import Trace
from tests.shapes import WrongShapeError, axes_of, check_package, fit


@pytest.mark.parametrize(
    ("shape", "axes", "fits"),
    [
        ((5, 2), "timesteps units", True),
        ((5, 3), "timesteps units", False),
        ((5,), "timesteps units", False),
        ((4, 7, 2), "... timesteps units", True),
        ((2,), "... units", True),
        ((), "... units", False),
        ((9, 2), "points 2", True),
        ((9, 3), "points 2", False),
        ((9, 9, 2), "n ...", True),
        ((3,), "_", True),
    ],
)
def test_axes_are_read(shape, axes, fits):
    assert fit(shape, axes, {"units": 2}) == fits


def test_one_name_is_one_length():
    lengths = {}
    assert fit((5, 2), "timesteps units", lengths)
    assert lengths == {"timesteps": 5, "units": 2}
    assert fit((2, 5), "units timesteps", lengths)
    assert not fit((3,), "units", lengths)


def test_a_trace_with_a_wrong_shape_is_caught():
    trace = simulate(Experiment(timesteps=5)).layers[0].trace
    assert "checks_shapes" in vars(Trace.__init__)
    with pytest.raises(WrongShapeError, match="full_states"):
        dataclasses.replace(trace, full_states=trace.full_states[1:])
    # Fields are looked at in their order: the initial state says how long a state is.
    with pytest.raises(WrongShapeError, match="'state_size': 4"):
        dataclasses.replace(trace, initial_state=np.zeros((3, 4, 5))[..., 0])


def test_a_result_with_a_wrong_shape_is_caught():
    found = analyse(simulate(Experiment(timesteps=9)), "gradients")
    with pytest.raises(WrongShapeError, match=r"Gradients\.upper"):
        dataclasses.replace(found, upper=found.upper[None])
    with pytest.raises(WrongShapeError, match=r"Gradients\.sensitivity"):
        dataclasses.replace(found, sensitivity=found.sensitivity[:-1])


def test_the_values_of_both_packages_name_their_axes():
    named = {
        owner.__name__
        for room in ("engine", "analysis")
        for owner in check_package(f"rnnviz.{room}")
    }
    assert {"Trace", "Run", "Gradients", "FixedPoints", "Bifurcation", "Lyapunov"} <= named
    assert len(named) >= 15
    assert axes_of(Trace)["full_states"] == "... timesteps state_size"

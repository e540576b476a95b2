import numpy as np
import pytest

from rnnviz.analysis.linearisation import _Dense, finite_timesteps, linearise
from rnnviz.engine import unroll
from tests.analysis.networks import autonomous, dense_jacobians, driven, orthogonal, run


@pytest.fixture(params=["tanh", "relu", "sigmoid", "linear"])
def trace(request):
    return driven(activation=request.param)


def test_push_and_pull_are_the_jacobian_of_the_layer(trace):
    jacobians, rows = dense_jacobians(trace), np.random.default_rng(1).normal(size=(3, 6))
    for linearisation in (linearise(trace), _Dense(trace)):
        for timestep, jacobian in enumerate(jacobians):
            np.testing.assert_allclose(
                linearisation.push(timestep, rows), rows @ jacobian.T, rtol=1e-13, atol=1e-15
            )
            np.testing.assert_allclose(
                linearisation.pull(timestep, rows), rows @ jacobian, rtol=1e-13, atol=1e-15
            )


def test_both_ways_pull_inputs_alike(trace):
    gradients = np.random.default_rng(2).normal(size=(4, 2, 6))
    one, other = (way.pull_inputs(3, gradients) for way in (linearise(trace), _Dense(trace)))
    assert one.shape == (4, 2, 3)
    np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-15)


def test_pull_is_the_transpose_of_push(trace):
    linearisation, random = linearise(trace), np.random.default_rng(3)
    change, gradient = random.normal(size=(2, 1, 6))
    forwards = linearisation.push(5, change) @ gradient.T
    np.testing.assert_allclose(forwards, change @ linearisation.pull(5, gradient).T, rtol=1e-12)


def test_only_the_same_jacobian_throughout_is_constant():
    matrix = orthogonal(4)
    still = run(autonomous(matrix), 5)
    for way in (linearise(still), _Dense(still)):
        np.testing.assert_array_equal(way.constant(5), matrix.T)
        assert way.constant(1) is None
    moving = run(autonomous(matrix), 5, np.ones(4))
    for way in (linearise(moving), _Dense(moving)):
        assert way.constant(5) is None


def test_a_batch_is_refused():
    trace = driven()
    with pytest.raises(ValueError, match="one sequence"):
        linearise(unroll(trace.layer, trace.inputs[None]))


def test_finite_timesteps_end_where_the_run_overflows():
    trace = run(autonomous(1e200 * np.eye(2), "linear"), 5, np.ones(2))
    assert finite_timesteps(trace) == 1
    assert finite_timesteps(driven()) == 12

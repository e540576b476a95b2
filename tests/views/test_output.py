"""The outputs of a head over time, and the targets that came with the data."""

import numpy as np
import pytest

from rnnviz import figure, run
from rnnviz.engine import Dense, Inputs, Layer, Network, SimpleRNN
from rnnviz.spec.perspective import Perspective
from rnnviz.views.output import MOST_OUTPUTS, analyse
from rnnviz.views.registry import views

STEPS = 30


def ran(outputs, targets=None, activation="linear", sequences=True, trials=None):
    """Unit k holds input k; output k adds k to it."""
    shape = (STEPS, outputs) if trials is None else (trials, STEPS, outputs)
    values = np.random.default_rng(0).normal(size=shape) * np.arange(outputs)
    cell = SimpleRNN(np.eye(outputs), np.zeros((outputs, outputs)), np.zeros(outputs), "linear")
    head = Dense(np.eye(outputs), np.arange(outputs) + 0.0, activation)
    network = Network((Layer(cell, return_sequences=sequences),), head=(head,))
    return run(network, Inputs(values, targets=targets))


def test_outputs_and_targets_are_those_of_the_run():
    targets = np.random.default_rng(1).normal(size=(STEPS, 3))
    one = ran(3, targets)
    result = analyse(one, Perspective())
    np.testing.assert_array_equal(result.values, one.data.values + np.arange(3))
    np.testing.assert_array_equal(result.targets, targets)
    assert result.error == pytest.approx(np.mean((one.readings - targets) ** 2), rel=1e-12)
    drawn = figure(one, "output")
    dashes = [trace.line.dash for trace in drawn.data]
    assert dashes == [None, "dash"] * 3
    np.testing.assert_array_equal(drawn.data[3].y, targets[:, 1])
    assert f"{result.error:.4g}" in drawn.layout.annotations[0].text
    np.testing.assert_array_equal(drawn.data[0].x, np.arange(1, STEPS + 1) - 1 + drawn.data[0].x[0])


def test_of_many_outputs_those_that_vary_most_are_drawn():
    result = analyse(ran(MOST_OUTPUTS + 4), Perspective())
    assert result.places == tuple(range(4, MOST_OUTPUTS + 4))  # output k varies by k
    assert result.of == MOST_OUTPUTS + 4
    assert "6 of 10" in figure(ran(10), "output").layout.annotations[0].text


def test_classes_are_targets_of_one_and_zero():
    classes = np.random.default_rng(2).integers(0, 3, STEPS)
    result = analyse(ran(3, classes, "sigmoid"), Perspective())
    np.testing.assert_array_equal(result.targets, np.eye(3)[classes])


@pytest.mark.parametrize(
    "targets",
    [
        None,
        np.full(STEPS, 3),
        np.full(STEPS, -1),
        np.full(STEPS, 0.5),
        np.zeros((STEPS, 2)),
        np.zeros(STEPS - 1, int),
        np.full(STEPS, "a"),
    ],
)
def test_what_does_not_fit_is_no_target(targets):
    assert ran(3, targets).targets is None
    assert analyse(ran(3, targets), Perspective()).targets is None


def test_an_output_of_the_last_step_alone_has_no_targets_over_time():
    one = ran(3, np.zeros((STEPS, 3)), sequences=False)
    assert one.targets is None
    assert analyse(one, Perspective()).values.shape == (STEPS, 3)


def test_one_trial_of_several_has_its_own():
    targets = np.random.default_rng(3).normal(size=(2, STEPS, 3))
    second = ran(3, targets, trials=2).trial(1)
    np.testing.assert_array_equal(analyse(second, Perspective()).targets, targets[1])


def test_without_a_head_it_is_not_offered():
    cell = SimpleRNN(np.eye(2), np.eye(2), np.zeros(2), "tanh")
    bare = run(Network((Layer(cell),)), Inputs(np.zeros((5, 2))))
    view = views()["output"]
    assert not view.is_offered(bare)
    assert view.why_not(bare) == "view.needs_head"
    with pytest.raises(ValueError, match="Dense"):
        analyse(bare, Perspective())


def test_states_that_grow_without_end_are_drawn_as_far_as_they_are_finite():
    cell = SimpleRNN(np.ones((1, 1)), np.full((1, 1), 1e30), np.zeros(1), "linear")
    network = Network((Layer(cell),), head=(Dense(np.ones((1, 1)), np.zeros(1), "linear"),))
    with np.errstate(all="ignore"):
        one = run(network, Inputs(np.ones((STEPS, 1)), targets=np.zeros(STEPS)))
    drawn = figure(one, "output").data[0].y
    assert np.isfinite(drawn[:5]).all()
    assert not np.isinf(drawn.astype(float)).any()

"""The input above the states: the run's own numbers on the same time axis."""

import itertools

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.side_by_side import difference
from rnnviz.views._plot.style import Style


def drawn(**knobs):
    run = simulate(Experiment(**knobs))
    picture = states.analyse(run, Perspective())
    return run, picture, states.draw(picture, Style())


def of_input(figure):
    return [trace for trace in figure.data if trace.yaxis == "y8"]


def test_many_features_are_a_heatmap_of_the_numbers_that_are_read():
    run, picture, figure = drawn()
    (trace,) = of_input(figure)
    assert np.array_equal(np.array(trace.z), run.inputs.T)
    assert trace.zmin == 0
    assert trace.zmax >= run.inputs.max()
    assert not picture.input.is_curve


@pytest.mark.parametrize("features", [1, 2, 3])
def test_a_series_is_recognisable_as_the_series_it_is(features):
    run, _, figure = drawn(signal="sunspots", input_features=features, timesteps=60)
    lines = of_input(figure)
    assert len(lines) == features
    for line, values in zip(lines, run.inputs.T, strict=True):
        assert np.array_equal(line.y, values)
        assert np.array_equal(line.x, np.arange(60))
    low, high = figure.layout.yaxis8.range
    assert low <= run.inputs.min()
    assert run.inputs.max() <= high


def test_tokens_stand_as_text_under_the_axis():
    run, picture, figure = drawn(signal="text", text="to be or not")
    assert picture.input.tokens == run.token_labels
    assert list(figure.layout.xaxis.ticktext) == list(run.token_labels)
    assert list(figure.layout.xaxis.tickvals) == list(range(run.timesteps))


def test_columns_are_in_the_order_of_reading():
    run, picture, _ = drawn(go_backwards=True)
    assert picture.backwards
    assert np.array_equal(picture.input.field.values, run.inputs[::-1])


def test_input_and_states_do_not_overlap():
    _, _, figure = drawn()
    ends = [figure.layout[name].domain for name in ("yaxis8", "yaxis", "yaxis2", "yaxis3")]
    for (bottom, _), (_, top) in itertools.pairwise(ends):
        assert bottom > top


def test_a_difference_shows_the_input_only_if_both_read_it():
    one, other = drawn()[1], drawn(weight_scale=0.1)[1]
    assert difference(one, other).input is one.input
    assert difference(one, drawn(seed=1)[1]).input is None

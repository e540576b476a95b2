"""Where distances are compared, a step is as long across as it is upward; the circle is whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.axes import equal_axes, equal_spans, plane_values, span
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import view

LIVELY = {"kernel_initializer": "glorot_uniform", "recurrent_initializer": "orthogonal"}
EXPERIMENTS = {
    "lecture": Experiment(),
    "lively": Experiment(units=8, bias_initializer="zeros", **LIVELY),
    "two units": Experiment(units=2, bias_initializer="zeros", **LIVELY),
    "one unit": Experiment(units=1, weight_scale=0.1),
    "nothing": Experiment(units=3, weight_scale=0),
    "diverged": Experiment(units=4, activation="relu", weight_scale=10, timesteps=60),
    "LSTM": Experiment(units=4, cell="LSTM", **LIVELY),
    "single step": Experiment(units=4, timesteps=1),
}
numbers = st.lists(st.floats(-1e300, 1e300) | st.just(np.nan) | st.just(np.inf), max_size=8)


def drawn(name, experiment, **style):
    run, looked_at = simulate(experiment), Perspective()
    shown = view(name)
    return shown.draw(shown.analyse(run, looked_at), Style(**style))


@given(numbers)
def test_every_finite_value_has_room(values):
    low, high = span(values)
    assert low < high
    for value in values:
        if np.isfinite(value):
            assert low < value < high


@given(numbers, numbers, numbers)
def test_axes_in_space_are_of_one_length(x, y, z):
    coordinates = (x, y, z)
    ends = equal_spans(*coordinates)
    lengths = [high / 2 - low / 2 for low, high in ends]
    assert lengths == pytest.approx([lengths[0]] * 3, rel=1e-6)
    for (low, high), values in zip(ends, coordinates, strict=True):
        assert all(low <= value <= high for value in values if np.isfinite(value))


@given(st.floats(0, 1e6), numbers)
def test_a_circle_is_whole_wherever_the_values_lie(radius, values):
    layout = {"xaxis": {}, "yaxis": {}}
    plane = np.asarray(values) * (1 + 1j)
    equal_axes(layout, *plane_values(radius, plane))
    for name in ("xaxis", "yaxis"):
        low, high = layout[name]["range"]
        assert low < -radius or radius == 0
        assert high > radius or radius == 0


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
@pytest.mark.parametrize("presentation", [False, True])
def test_the_unit_circle_is_never_clipped(experiment, presentation):
    figure = drawn("spectrum", experiment, presentation=presentation)
    assert figure.layout.yaxis.scaleanchor == "x"
    for low, high in (figure.layout.xaxis.range, figure.layout.yaxis.range):
        assert low < -1.02
        assert high > 1.02


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_the_circle_beside_fixed_points_is_never_clipped(experiment):
    layout = drawn("fixed_points", experiment).layout
    assert layout.yaxis2.scaleanchor == "x2"
    assert layout.xaxis2.range[0] < -1.02 < 1.02 < layout.xaxis2.range[1]


@pytest.mark.parametrize("name", ["trajectory", "fixed_points"])
@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_a_step_of_a_path_is_as_long_in_every_direction(name, experiment):
    figure = drawn(name, experiment)
    if name == "fixed_points" and experiment.layers[0].units == 1:
        return  # the curve of one step: the next state over this one
    assert figure.layout.yaxis.scaleanchor == "x"
    paths = [
        trace for trace in figure.data if trace.type == "scatter" and trace.xaxis in (None, "x")
    ]
    assert paths
    for axis, ends in (("x", figure.layout.xaxis.range), ("y", figure.layout.yaxis.range)):
        for trace in paths:
            values = np.asarray(getattr(trace, axis), float)
            values = values[np.isfinite(values)]
            assert ((values >= ends[0]) & (values <= ends[1])).all()


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_a_step_in_space_is_as_long_in_every_direction(experiment):
    scene = drawn("trajectory_3d", experiment).layout.scene
    assert scene.aspectmode == "cube"
    lengths = [high - low for low, high in (scene[f"{axis}axis"].range for axis in "xyz")]
    assert lengths == pytest.approx([lengths[0]] * 3)

"""The atlas page without a browser: what is offered, and what cannot be is said."""

import numpy as np

from rnnviz import Experiment, Sweep, sweep
from rnnviz.app.pages.atlas import AXES, axis_values
from rnnviz.spec.experiment import TABLE
from rnnviz.views._plot.atlas import draw, place_at
from rnnviz.views._plot.style import Style


def test_every_axis_has_values_that_are_allowed():
    for name in AXES:
        values = axis_values(name, 12)
        assert len(values) > 1
        for value in values:
            assert getattr(Experiment(**{name: value}), name) == value
        assert name in TABLE


def test_the_map_has_a_cell_a_network_and_names_both_knobs():
    axes = {"recurrent_gain": [0.5, 1.0, 2.0], "weight_scale": [0.01, 0.1, 1.0, 10.0]}
    result = sweep(Sweep(Experiment(units=4, timesteps=10), axes, ("lyapunov", "saturated")))
    for language in ("en", "ko"):
        for theme in ("light", "dark"):
            figure = draw(result, "saturated", Style(language, theme), (1, 2))
            cells = figure.data[0]
            assert np.shape(cells.z) == (3, 4)
            assert figure.layout.xaxis.title.text
            assert "0.1" in cells.customdata[0][1]
    assert place_at(result, (2.4, 0.6)) == (1, 2)
    assert place_at(result, (9.0, 0.0)) is None


def test_networks_that_cannot_be_say_why_when_pointed_at():
    experiment = Experiment(timesteps=100_000)
    result = sweep(Sweep(experiment, {"units": [1, 1024], "seed": [0, 1]}, ("saturated",)))
    figure = draw(result, "saturated", Style())
    assert "state values" in figure.data[0].customdata[1][0]

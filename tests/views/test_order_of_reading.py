"""Views of one run tell one time: of a layer that reads from the end, every axis says so."""

import json

import numpy as np
import pytest

import rnnviz
from rnnviz import Experiment, simulate
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import view, views

SMALL = {"input_features": 2, "timesteps": 6, "weight_scale": 0.4, "dense_units": 2}
OVER_TIME = ("output", "distribution", "gradients", "connectivity", "twins", "lyapunov", "states")
OTHERS = ("trials", "trajectory")


def figure(name, directions, look=None, language="en", **settings):
    units = (3, 4, 3)[: len(directions)]
    run = simulate(Experiment(**SMALL, **settings, units=units, go_backwards=directions))
    look = look or Perspective(layer=len(directions) - 1, timestep=2)
    shown = view(name)
    run = run if shown.needs_trials else run.trial(0)
    return shown.figure(run, look, shown.analyse(run, look), Style(language))


def titles(drawn, language="en"):
    """Return which of the two names of time stand at an axis or a colour bar."""
    axes = [*drawn.select_xaxes(), drawn.layout.coloraxis.colorbar]
    names = {words(language)(f"axis.{one}"): one for one in ("timestep", "read_backwards")}
    return {names[axis.title.text] for axis in axes if axis.title.text in names}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*OVER_TIME, *OTHERS])
@pytest.mark.parametrize(
    ("directions", "backwards"),
    [((False,), False), ((True,), True), ((True, False), True), ((True, True), False)],
)
def test_every_axis_of_time_says_in_which_order_it_is(name, directions, backwards, language):
    sequences = 3 if name == "trials" else 1
    drawn = figure(name, directions, language=language, sequences=sequences)
    assert titles(drawn, language) == {"read_backwards" if backwards else "timestep"}
    hovers = " ".join(trace.hovertemplate or "" for trace in drawn.data)
    assert not (backwards and "t = %{" in hovers)


def test_a_run_that_reads_forwards_is_drawn_as_before():
    for name, shown in views().items():
        if name in ("initialiser_grid", "bifurcation", "fixed_points", "trials"):
            continue  # long, or of several trials
        run = simulate(Experiment(**SMALL, units=3))
        result = shown.analyse(run, Perspective())
        plain = shown.draw(result, Style())
        told = shown.figure(run, Perspective(), result, Style())
        assert json.loads(told.to_json()) == json.loads(plain.to_json()), name


def test_the_order_that_is_told_is_the_order_of_the_numbers():
    """Column 0 of the output is made of the last input alone, by plain NumPy."""
    run = simulate(Experiment(**SMALL, units=3, go_backwards=True))
    cell, dense = run.layers[0].layer, run.dense
    state = np.tanh(run.inputs[-1] @ cell.kernel + cell.bias)
    drawn = figure("output", (True,))
    assert np.allclose([drawn.data[0].y[0], drawn.data[1].y[0]], state @ dense.kernel + dense.bias)


@pytest.mark.parametrize(
    ("name", "directions", "layer", "marked"),
    [
        ("layers", (False,), 0, True),
        ("layers", (True,), 0, False),
        ("layers", (True, True), 0, False),
        ("layers", (True, True), 1, True),
        ("output", (True,), 0, True),
        ("output", (False, True), 0, False),
        ("output", (False, True), 1, True),
        ("states", (True,), 0, True),
    ],
)
def test_the_cursor_marks_no_column_of_another_order(name, directions, layer, marked):
    """It counts as the layer that is looked at reads."""
    drawn = figure(name, directions, Perspective(layer=layer))
    assert ("time_axis" in drawn.layout.meta) == marked


def test_a_figure_of_the_notebook_and_of_a_file_tell_it_too():
    run = simulate(Experiment(**SMALL, units=3, go_backwards=True))
    assert titles(rnnviz.figure(run, "output")) == {"read_backwards"}

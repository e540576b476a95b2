"""The plain figure: what it shows, by its traces and values."""

import json
import math

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.cursor import CURSOR
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import view
from rnnviz.views.states import COLUMNS, ROWS, VIEW, analyse, draw, state_picture


def picture_of(states, state_range=(-1.0, 1.0), **more):
    with np.errstate(invalid="ignore"):
        saturated, mean = (np.abs(states) > 0.99).mean(axis=1), states.mean(axis=1)
    return state_picture(states, state_range, saturated, mean, **more)


def traces(figure, kind):
    return [trace for trace in figure.data if trace.type == kind]


@pytest.fixture(scope="module")
def lecture():
    return simulate(Experiment())


def test_the_lecture_at_its_cursor(lecture):
    picture = analyse(lecture, Perspective(timestep=1))
    figure = draw(picture, Style())
    heatmap = traces(figure, "heatmap")[0]
    assert np.array_equal(np.asarray(heatmap.z), lecture.states.T)
    assert (heatmap.x0, heatmap.dx, heatmap.y0, heatmap.dy) == (0, 1, 0, 1)
    saturated, mean = traces(figure, "scatter")
    assert (np.asarray(saturated.y) == 1).all()
    assert np.asarray(mean.y)[1:].min() == 1
    (bar,) = traces(figure, "bar")
    assert np.array_equal(np.asarray(bar.x), lecture.states[1])
    assert {(line.x0, line.x1) for line in figure.layout.shapes} == {(1, 1)}
    assert figure.layout.meta["time_axis"] == "x"
    assert picture.experiment == Experiment().to_query()


@pytest.mark.parametrize("timestep", [0, 1, 50, 98, 99])
@pytest.mark.parametrize("presentation", [False, True])
def test_the_cursor_stands_in_the_panels_and_not_between_them(lecture, timestep, presentation):
    """Between them are the panels' titles, whose first letters it would cross at the first step."""
    figure = draw(
        analyse(lecture, Perspective(timestep=timestep)), Style(presentation=presentation)
    )
    lines = {line.yref: line for line in figure.layout.shapes if line.name == CURSOR}
    assert set(lines) == {"y domain", "y2 domain", "y3 domain", "y8 domain"}, "y8 is the input"
    for line in lines.values():
        assert (line.y0, line.y1) == (0, 1), "as high as its panel; titles stand above y = 1"
        assert line.x0 == line.x1 == timestep


def test_the_axis_says_in_which_order_a_layer_read():
    stack = {"units": (3, 4, 2), "timesteps": 9, "go_backwards": (True, False, True)}
    run = simulate(Experiment(**stack))
    titles = []
    for layer in range(3):
        figure = draw(analyse(run, Perspective(layer=layer)), Style())
        titles.append(figure.layout.xaxis.title.text)
    backwards = "order of reading: 0 is the last timestep"
    assert titles == [backwards, backwards, "timestep"], "the third layer turns it round again"


def test_hovering_gives_every_digit(lecture):
    heatmap = traces(draw(analyse(lecture, Perspective()), Style()), "heatmap")[0]
    assert heatmap.text[0][0] == repr(float(lecture.states[0, 0]))
    assert float(heatmap.text[63][0]) == lecture.states[0, 63]
    assert heatmap.text[5][1] == "1.0"


def test_what_is_exactly_one_is_hatched_and_said(lecture):
    layout = draw(analyse(lecture, Perspective()), Style()).layout
    assert len(layout.images) == 1
    assert "▨ exactly 1" in [note.text for note in layout.annotations]
    lively = picture_of(np.random.default_rng(0).uniform(-0.9, 0.9, (20, 5)))
    assert not draw(lively, Style()).layout.images


@pytest.mark.parametrize("shape", [(65_536, 3), (100_000, 64), (1_000_000, 16), (50, 2000)])
def test_no_size_is_wider_than_plotly_can_draw(shape):
    states = np.zeros(shape, np.float32)
    states[-1, -1] = 1
    figure = draw(picture_of(states), Style())
    heatmap = traces(figure, "heatmap")[0]
    rows, columns = np.asarray(heatmap.z).shape
    assert columns <= COLUMNS
    assert rows <= ROWS
    first, last = figure.layout.xaxis.range
    assert heatmap.x0 - heatmap.dx / 2 == first
    assert heatmap.x0 + (columns - 0.5) * heatmap.dx >= last
    assert np.asarray(heatmap.customdata)[-1, -1, 1] == 1, "the maximum is kept"
    assert figure.layout.images, "one exact cell in a block is still marked"


def test_an_unbounded_run_that_diverges_is_still_drawn():
    states = np.geomspace(1, 1e300, 40)[:, None] * np.array([1, -1])
    states[38:] = [np.inf, np.nan]
    picture = picture_of(states, (-math.inf, math.inf))
    assert picture.field.high == np.abs(states[:38]).max()
    assert picture.field.low == -picture.field.high
    figure = draw(picture, Style("ko", "dark"))
    assert "무한대" in json.dumps(figure.layout.to_plotly_json()["annotations"], ensure_ascii=False)
    json.loads(figure.to_json())


def test_a_sigmoid_uses_the_whole_scale():
    picture = picture_of(np.full((4, 3), 0.5), (0.0, 1.0))
    assert (picture.field.low, picture.field.high) == (0, 1)
    assert draw(picture, Style()).layout.coloraxis.cmin == 0


def test_one_cell_is_enough():
    figure = draw(picture_of(np.array([[0.25]])), Style(presentation=True))
    assert np.asarray(traces(figure, "heatmap")[0].z).tolist() == [[0.25]]


def test_the_view_is_registered():
    assert view("states") is VIEW

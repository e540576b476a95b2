"""The figures of the closer looks: what they show is what was computed."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.plateau import plateau
from rnnviz.engine import ACTIVATIONS, CELLS, DRAWN_ACTIVATIONS
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.perspective import Perspective
from rnnviz.views import curve, distribution, initialiser_grid, one_step
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import view

SETTINGS = {
    "lecture": {},
    "half way": {"weight_scale": 0.03},
    "float32": {"dtype": "float32"},
    "sigmoid": {"activation": "sigmoid"},
    "relu": {"activation": "relu", "timesteps": 12},
    "overflow": {"activation": "linear", "timesteps": 300},
    "nothing": {"weight_scale": 0.0},
    "least": {"timesteps": 1, "units": 1, "input_features": 1},
    "long": {"timesteps": 3000, "units": 5},
    "lstm": {"cell": "LSTM", "units": 5},
    "gru": {"cell": "GRU", "units": 5},
    "both": {"units": (6, 4), "bidirectional": (True, False), "input_features": 5},
}
LOOKS = ("curve", "one_step", "distribution", "initialiser_grid")


def looked(name, perspective=None, **settings):
    one = view(name)
    return one.analyse(simulate(Experiment(**settings)), perspective or Perspective())


def numbers(values):
    return np.asarray(values, float)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_every_look_is_drawn_for_every_run(name, settings):
    if name == "initialiser_grid":
        settings = {**settings, "timesteps": min(settings.get("timesteps", 20), 20), "units": 4}
        settings.pop("bidirectional", None)
    result = looked(name, Perspective(timestep=7, unit=3), **settings)
    for language in LANGUAGES:
        for theme in ("light", "dark", "print"):
            figure = view(name).draw(result, Style(language, theme))
            assert figure.data or figure.layout.annotations
            assert figure.layout.height > 100
    figure.to_json()


# On the curve ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cell", CELLS)
def test_what_stands_upwards_is_called_h_only_where_it_is_h(cell, language):
    run = simulate(Experiment(units=3, timesteps=5, cell=cell))
    look, say = Perspective(timestep=3), words(language)
    result = curve.analyse(run, look)
    is_h = np.array_equal(result.states, run.states)
    assert is_h == (cell == "SimpleRNN")
    title = curve.draw(result, Style(language)).layout.yaxis.title.text
    assert title.startswith("h = ") == is_h
    assert f"{result.activation}(z)" in title
    told = curve.VIEW.told(run, look, say).how_to_read
    assert told == say("view.curve.how_to_read" if is_h else "curve.how_to_read_value")


@pytest.mark.parametrize("cell", ["SimpleRNN", "GRU"])
def test_of_a_masked_step_nothing_stands_on_the_curve(cell):
    """Before the text h stays 0, which no sigmoid is at any z."""
    text = {"signal": "text", "text": "abc", "maxlen": 8, "mask_zero": True}
    run = simulate(Experiment(units=4, cell=cell, activation="sigmoid", **text))
    masked, said = words("en")("one_step.masked"), []
    for timestep in range(8):
        result = curve.analyse(run, Perspective(timestep=timestep))
        figure = curve.draw(result, Style())
        dots = numbers(next(one for one in figure.data if one.mode == "markers").y)
        texts = " ".join(one.text for one in figure.layout.annotations).replace("<br>", " ")
        said.append(masked in texts)
        assert np.isnan(dots).all() == (timestep < 5)
    assert said == [True] * 5 + [False] * 3
    assert curve.follow(result) == ()


def test_all_units_of_the_step_stand_on_the_curve():
    run = simulate(Experiment(weight_scale=0.03))
    result = curve.analyse(run, Perspective(timestep=5, unit=7))
    figure = curve.draw(result, Style())
    dots, ring = figure.data[2], figure.data[3]
    assert np.array_equal(dots.x, run.preactivations[5])
    assert np.array_equal(dots.y, run.states[5])
    assert numbers(ring.x)[0] == run.preactivations[5, 7]
    assert dots.y == pytest.approx(np.tanh(dots.x))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_measured_plateaus_are_marked_for_both_formats(dtype):
    result = looked("curve", dtype=dtype)
    figure = curve.draw(result, Style())
    marked = {shape.x0 for shape in figure.layout.shapes if shape.type == "line"}
    for one in ("float64", "float32"):
        edge = plateau("tanh", one).high
        assert {edge, -edge} <= marked
    shaded = [shape.x0 for shape in figure.layout.shapes if shape.type == "rect"]
    assert sorted(shaded) == [-plateau("tanh", dtype).high, plateau("tanh", dtype).high]
    text = " ".join(note.text for note in figure.layout.annotations)
    assert f"{dtype}: exactly the end from z = {plateau('tanh', dtype).high:.2f}" in text


def test_exact_units_stand_above_all_digits():
    result = looked("curve", Perspective(timestep=1))
    figure = curve.draw(result, Style())
    assert set(numbers(figure.data[4].y)) == {result.ceiling}
    first = curve.draw(looked("curve"), Style())
    assert (numbers(first.data[4].y) < 10).all()


def test_the_dots_follow_the_cursor():
    run = simulate(Experiment(weight_scale=0.03))
    result = curve.analyse(run, Perspective(timestep=5, unit=7))
    moves = {one.trace: one for one in curve.follow(result)}
    for t in (0, 50):
        figure = curve.draw(curve.analyse(run, Perspective(timestep=t, unit=7)), Style())
        for trace, move in moves.items():
            assert np.array_equal(move.x[t], figure.data[trace].x)
            assert np.array_equal(move.y[t], figure.data[trace].y)


# Distribution ----------------------------------------------------------------------------------


def test_the_histogram_follows_the_cursor_and_counts_every_unit():
    run = simulate(Experiment(weight_scale=0.03))
    moves = {
        one.trace: one for one in distribution.follow(distribution.analyse(run, Perspective()))
    }
    assert len(moves) == 2
    for t in (0, 99):
        figure = distribution.draw(distribution.analyse(run, Perspective(timestep=t)), Style())
        for trace, move in moves.items():
            assert figure.data[trace].type == "bar"
            assert np.array_equal(move.x[t], figure.data[trace].x)
            assert move.x[t].sum() == 64


def test_the_bands_are_on_the_time_axis():
    figure = distribution.draw(looked("distribution"), Style())
    assert figure.layout.meta["time_axis"] == "x"
    median = figure.data[6]
    assert numbers(median.x).tolist() == list(range(100))
    assert numbers(median.y)[1:].tolist() == [1.0] * 99


# Under glass -----------------------------------------------------------------------------------


def test_the_bars_are_the_terms_and_the_named_products():
    result = looked("one_step", Perspective(timestep=3, unit=9), weight_scale=0.03)
    figure = one_step.draw(result, Style())
    step = result.step
    terms = [float(step.from_input), float(step.from_state), float(step.bias), float(step.argument)]
    assert numbers(figure.data[0].x).tolist() == terms
    products = numbers(figure.data[1].x)
    assert products[:-1].tolist() == [one.product for one in result.named]
    assert products.sum() == pytest.approx(terms[0] + terms[1])
    labels = figure.layout.yaxis2.ticktext
    one = result.named[0]
    assert labels[0].startswith(f"{'W' if one.source == 'input' else 'U'}[9, {one.index}]")


def test_units_of_the_other_direction_are_found():
    run = simulate(Experiment(units=6, bidirectional=True, timesteps=15))
    result = one_step.analyse(run, Perspective(timestep=4, unit=8))
    assert result.source == "layers[0].both.backward"
    assert float(result.step.state) == run.layers[0].states[4, 8]


def test_gates_and_the_products_of_which_they_make_the_state():
    result = looked("one_step", Perspective(timestep=3, unit=2), cell="LSTM", units=4)
    figure, step = one_step.draw(result, Style()), result.gated
    assert numbers(figure.data[0].x).tolist() == [gate.value for gate in step.gates]
    kept, written, memory, hidden = numbers(figure.data[1].x)
    assert kept + written == pytest.approx(memory)
    assert hidden == pytest.approx(step.recorded)


def test_cells_that_do_not_tell_say_so():
    figure = one_step.draw(looked("one_step", cell="LeakyRNN", units=4), Style())
    assert "not shown here" in figure.layout.annotations[0].text.replace("<br>", " ")


def test_a_masked_timestep_computes_nothing():
    settings = {"signal": "text", "text": "a b", "split": "whitespace", "maxlen": 4}
    result = looked("one_step", Perspective(timestep=1), mask_zero=True, **settings)
    figure = one_step.draw(result, Style())
    assert "masked" in figure.layout.annotations[0].text
    assert looked("one_step", Perspective(timestep=2), mask_zero=True, **settings).step.exact


# What changes it -------------------------------------------------------------------------------


def test_the_present_setting_is_marked_in_every_strip():
    result = looked("initialiser_grid", units=6, input_features=3, weight_scale=0.1)
    figure = initialiser_grid.draw(result, Style())
    rings = [trace for trace in figure.data if trace.type == "scatter"]
    assert len(rings) == 2 * len(initialiser_grid.MEASURES)
    row = result.grid.rows.index("lecture")
    for ring in rings:
        assert numbers(ring.x)[0] == pytest.approx(-1)
        assert ring.y[0] == row


@pytest.mark.parametrize("scale", [0.0, 500.0])
def test_a_scale_beyond_the_strip_is_not_marked(scale):
    result = looked("initialiser_grid", units=4, input_features=3, weight_scale=scale)
    assert result.place is None
    initialiser_grid.draw(result, Style())


def test_exact_zeros_have_a_colour_and_a_name_of_their_own():
    result = looked("initialiser_grid")
    figure = initialiser_grid.draw(result, Style())
    gradient = [trace for trace in figure.data if trace.yaxis == "y3" and trace.type == "heatmap"]
    cells, zeros = gradient[:2]
    row, column = result.grid.rows.index("lecture"), result.grid.scales.index(1.0)
    assert np.isnan(np.asarray(cells.z, float)[row, column])
    assert np.asarray(zeros.z, float)[row, column] == 1
    assert "exactly 0" in cells.text[row][column]


def test_a_click_leads_to_the_cell_under_it():
    result = looked("initialiser_grid", units=4, input_features=3)
    grid = result.grid
    row, column = grid.rows.index("keras"), grid.scales.index(1.58)
    found = initialiser_grid.chosen(result, (np.log10(1.58) + 0.01, row + 0.2))
    assert found == grid.at(row, column)
    assert found.recurrent_initializer == "orthogonal"
    assert found.weight_scale == 1.58
    assert initialiser_grid.chosen(result, (0.0, 99.0)) is None


def test_the_conclusion_is_drawn_only_where_it_holds():
    result = looked("initialiser_grid")
    said = initialiser_grid.conclusion(result, Style())
    lecture = result.grid.gradient[result.grid.rows.index("lecture")]
    assert "a gradient of 10⁻²⁷ even" in said
    assert -27.5 < lecture[np.isfinite(lecture)].max() < -26.5
    linear = looked("initialiser_grid", activation="linear", units=8)
    assert initialiser_grid.conclusion(linear, Style()) is None
    lines = initialiser_grid.summary(looked("initialiser_grid"), Style())
    assert "10⁻²⁷" in lines[0]
    assert len(lines) == 5


@pytest.mark.parametrize("activation", DRAWN_ACTIVATIONS)
def test_the_curve_is_the_activation_itself(activation):
    result = looked("curve", activation=activation, timesteps=3)
    line = curve.draw(result, Style()).data[0]
    with np.errstate(all="ignore"):
        assert np.array_equal(line.y, ACTIVATIONS[activation].apply(np.array(line.x)))


def test_a_long_run_says_that_it_is_sampled():
    def notes(**settings):
        figure = distribution.draw(looked("distribution", units=5, **settings), Style())
        return " ".join(note.text for note in figure.layout.annotations)

    assert "one step in 3 is drawn" in notes(timesteps=3000)
    assert "is drawn" not in notes(timesteps=300)

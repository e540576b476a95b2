"""The atlas page without a browser: what is offered, and what cannot be is said."""

import numpy as np
import pytest

from rnnviz import Experiment, Sweep, simulate, sweep
from rnnviz.app.components.viewer import Selection, read_selection
from rnnviz.app.pages.atlas import AXES, axis_values, rows_of
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.experiment import TABLE
from rnnviz.views._plot.atlas import Outline, draw, place_at
from rnnviz.views._plot.style import Style
from tests.app.test_app import run


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


def test_an_outline_chooses_the_cells_whose_middle_lies_in_it():
    box = Outline((0.6, 2.4, 2.4, 0.6), (-0.4, -0.4, 1.3, 1.3))
    assert np.argwhere(box.cells(3, 4)).tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]
    within_one = Outline((1.1, 1.3, 1.3, 1.1), (1.9, 1.9, 2.2, 2.2))
    assert np.argwhere(within_one.cells(3, 4)).tolist() == [[2, 1]]
    assert not Outline((9.0, 9.5, 9.5), (9.0, 9.0, 9.5)).cells(3, 4).any()


def test_an_outline_by_hand_agrees_with_angles():
    """The winding number of the corners about each middle, by another formula."""
    random = np.random.default_rng(0)
    angles = np.sort(random.uniform(0, 2 * np.pi, 12))
    far = random.uniform(3, 9, 12)
    x, y = 10 + far * np.cos(angles), 8 + far * np.sin(angles)
    rows, columns = 17, 21
    found = Outline(tuple(x), tuple(y)).cells(rows, columns)
    assert found.any()
    for row, column in np.ndindex(rows, columns):
        turns = np.unwrap(np.arctan2(np.append(y, y[0]) - row, np.append(x, x[0]) - column))
        assert found[row, column] == (abs(turns[-1] - turns[0]) > 3)


def test_the_numbers_of_chosen_cells_are_those_of_all_their_seeds():
    axes = {"recurrent_gain": [0.5, 1.0], "seed": range(3), "weight_scale": [0.01, 0.1, 1.0]}
    result = sweep(Sweep(Experiment(units=3, timesteps=6), axes, ("saturated",)))
    cells = np.array([[False, True, False], [False, False, True]])
    taken = result.frame[rows_of(result, cells)]
    wanted = {(0.5, 0.1), (1.0, 1.0)}
    assert set(zip(taken.recurrent_gain, taken.weight_scale, strict=True)) == wanted
    assert len(taken) == 6
    assert sorted(taken.seed) == [0, 0, 1, 1, 2, 2]


def test_a_selection_counts_for_the_map_that_it_was_made_on():
    told = {"map": "a b 3 4", "x": [0, 1, 1], "y": [0.0, 0, 2], "moment": 7}
    assert read_selection(told, "a b 3 4") == Selection((0.0, 1.0, 1.0), (0.0, 0.0, 2.0), 7)
    assert read_selection(told, "a b 4 4") is None
    for wrong in (
        None,
        [],
        told | {"x": [0, 1]},
        told | {"x": [0, 1, "a"]},
        told | {"y": [0.0, float("nan"), 2]},
        told | {"x": [0, 1, 1, 2]},
        told | {"y": [0.0] * 5000, "x": [0.0] * 5000},
        told | {"moment": None},
        {"map": "a b 3 4"},
    ):
        assert read_selection(wrong, "a b 3 4") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("layers", "up", "count"),
    [("units=6,5", "recurrent_gain", 2), ("units=6", "recurrent_gain", 0),
     ("units=6,5", "units", 0), ("units=6,5&activation=tanh,relu", "units", 2)],
)  # fmt: skip
def test_of_a_stack_it_says_which_layer_is_measured(layers, up, count, language):
    """A width that varies is that of all layers: where they are alike but for it, one is left."""
    query = f"{layers}&timesteps=5&input_features=2&page=atlas&measure=exact&across=weight_scale"
    at = run(f"{query}&up={up}&grid=12&lang={language}")
    assert not at.exception
    told = " ".join(caption.value for caption in at.caption)
    said = words(language)("atlas.last_layer", layers=count or 1)
    assert (said in told) == bool(count)


def test_the_last_layer_is_what_is_measured():
    experiment = Experiment(units=(6, 5), timesteps=5, input_features=2, weight_scale=1.0)
    result = sweep(Sweep(experiment, {"weight_scale": [0.3, 1.0], "seed": [0, 1]}, ("exact",)))
    assert result.sweep.layer_count == 2
    for row, scale in enumerate((0.3, 1.0)):
        states = simulate(experiment.replace(weight_scale=scale)).layers[1].states
        assert result.array("exact")[row, 0] == np.mean(np.abs(states) == 1)

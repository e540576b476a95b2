import base64
import io
import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

import rnnviz
from rnnviz import Experiment, figure, simulate
from rnnviz.notebook.glance import run_html
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import diverging
from rnnviz.views.registry import views

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", views())
def test_every_view_is_a_plain_figure(name):
    run = simulate(Experiment(timesteps=8, units=4, dense_units=2))
    drawn = figure(run, name)
    assert type(drawn) is go.Figure
    assert drawn.data
    drawn.update_layout(title="mine")


def test_a_view_that_a_network_does_not_have_says_why():
    with pytest.raises(ValueError, match="Dense"):
        figure(simulate(Experiment(timesteps=8, units=4)), "output")


def test_a_figure_follows_its_options():
    run = simulate(Experiment(timesteps=8, units=(4, 3)))
    korean = figure(run, language="ko", theme="dark", perspective=Perspective(layer=0))
    assert korean.layout.xaxis.title.text == "타임스텝"
    assert korean.layout.template.layout.font.color == "#f2f3f6"
    assert np.asarray(korean.data[0].z).shape == (4, 8)


def test_an_unknown_view_is_answered_with_the_names():
    with pytest.raises(ValueError, match=r"there are: .*states"):
        figure(simulate(Experiment(units=2)), "nonsense")


def test_a_run_shows_what_it_is():
    run = simulate(Experiment(timesteps=9, units=5))
    assert repr(run).startswith("<Run: states (9, 5) float64, ?v=1&timesteps=9&")
    page = run._repr_mimebundle_()["text/html"]
    assert page == run_html(run)
    assert "Units 5" in page
    assert "Timesteps 9" in page
    assert "states (9, 5) float64" in page
    assert "exactly 1.0" in run_html(simulate(Experiment()))
    assert "정확히 1.0" in run_html(simulate(Experiment()), "ko")
    assert len(page) < 50_000


def test_the_small_picture_has_the_colours_of_the_states():
    run = simulate(Experiment(timesteps=9, units=5, weight_scale=0.01, seed=1))
    data = re.search(r"base64,([^']+)'", run_html(run))[1]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert pixels.shape == (5, 9, 3)
    stops = diverging("red_blue", "light")
    for unit, timestep in ((0, 0), (4, 8)):
        position = (run.states[timestep, unit] + 1) / 2
        expected = [
            np.interp(
                position,
                [place for place, _ in stops],
                [int(colour[1 + 2 * k : 3 + 2 * k], 16) for _, colour in stops],
            )
            for k in range(3)
        ]
        assert np.abs(pixels[4 - unit, timestep] - expected).max() <= 3


def test_the_other_values_show_what_they_are():
    experiment = Experiment(units=5, timesteps=9)
    assert "states (9, 5)" in experiment._repr_mimebundle_()["text/html"]
    heavy = Experiment(timesteps=78_000, units=256)._repr_mimebundle_()["text/html"]
    assert "units=256" in heavy, "named, not run"
    bundle = simulate(experiment).network._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<Network SimpleRNN(5)")
    assert "simple_rnn (SimpleRNN)" in bundle["text/html"]
    trained = rnnviz.train(rnnviz.Training(task="echo", steps=1, batch_size=2))
    assert "Trained echo: 1 steps" in trained._repr_mimebundle_()["text/html"]
    several = rnnviz.run(simulate(experiment).network, np.zeros((3, 9, 32)))
    assert "states (3, 9, 5)" in several._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(activation="relu", weight_scale=10, timesteps=400),
        Experiment(timesteps=3000, units=300),
        Experiment(cell="LSTM", bidirectional=True),
        Experiment(signal="text", text="<script>"),
    ],
)
def test_a_run_of_any_kind_is_shown(experiment):
    page = run_html(simulate(experiment), "ko")
    assert "<script>" not in page
    assert len(page) < 400_000


def test_of_several_sequences_the_sentence_says_which_one_it_is_of():
    run = simulate(Experiment(sequences=3, timesteps=4, units=6))
    for language, named in (("en", "<b>Trial 1: "), ("ko", "<b>시행 1: ")):
        page = run_html(run, language)
        assert named in page
        assert "states (3, 4, 6)" in page
        assert named not in run_html(run.trial(0).whole.trial(1), language)
        assert named not in run_html(simulate(Experiment(timesteps=4, units=6)), language)


def test_words_of_others_cannot_become_elements():
    page = run_html(simulate(Experiment(signal="text", text="<img src=x>")))
    assert "&lt;img src=x&gt;" in page


def test_the_package_names_what_a_notebook_needs():
    for name in rnnviz.__all__:
        assert getattr(rnnviz, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing"):
        _ = rnnviz.nothing

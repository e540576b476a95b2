import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

import rnnviz
from rnnviz import Experiment, figure, simulate
from rnnviz.notebook.figures import run_html
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import diverging
from rnnviz.views.registry import views

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.mark.parametrize("name", views())
def test_every_view_is_a_plain_figure(name):
    run = simulate(Experiment(timesteps=8, units=4))
    drawn = figure(run, name)
    assert type(drawn) is go.Figure
    assert drawn.data
    drawn.update_layout(title="mine")


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
    page = run._repr_html_()
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


def test_words_of_others_cannot_become_elements():
    page = run_html(simulate(Experiment(signal="text", text="<img src=x>")))
    assert "&lt;img src=x&gt;" in page


def test_the_package_names_what_a_notebook_needs():
    for name in rnnviz.__all__:
        assert getattr(rnnviz, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing"):
        _ = rnnviz.nothing


EXECUTE = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
where = {"metadata": {"path": sys.argv[2]}}
nbclient.NotebookClient(notebook, timeout=120, resources=where).execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(sorted(output.get("data", {})), output.get("data", {}).get("text/plain", "")[:60])
"""


def test_a_short_notebook_runs(tmp_path):
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = HERE / "at_a_glance.ipynb"
    answer = subprocess.run(
        [sys.executable, "-c", EXECUTE, notebook, ROOT],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0].startswith("['text/html', 'text/plain'] <Run: states (100, 64)")
    assert lines[1].endswith("((100, 64), True)")
    assert "application/vnd.plotly" in lines[2]
    assert lines[-1].endswith("True")

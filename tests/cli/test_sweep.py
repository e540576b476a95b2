"""``rnnviz sweep``: a table, a store that goes on, and a sentence for what cannot be."""

import numpy as np
import pandas as pd
import pytest
from plotly.io import from_json

from rnnviz import Experiment, Sweep, sweep
from rnnviz.cli import DONE, FAILED, NOT_UNDERSTOOD

SMALL = "units=4&timesteps=9&input_features=2"


def test_a_table_is_what_python_gives(run, tmp_path):
    command = ("sweep", "--link", SMALL, "--axis", "weight_scale=0.01,1", "--seeds", "2")
    measured = ("--measure", "saturated,gradient", "--executor", "here", "--out", "a.csv")
    answer = run(*command, *measured)
    assert answer.code == DONE
    experiment = Experiment(units=4, timesteps=9, input_features=2)
    wanted = sweep(Sweep(experiment, {"weight_scale": [0.01, 1.0], "seed": range(2)},
                         ("saturated", "gradient")))  # fmt: skip
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv"), wanted.frame)


def test_a_store_is_gone_on_with_and_another_sweep_refused(run, tmp_path):
    command = ("sweep", "--link", SMALL, "--axis", "seed=0:3", "--executor", "here", "--store", "s")
    assert run(*command).code == DONE
    again = run(*command)
    assert again.code == FAILED
    assert "--resume" in again.complaint
    assert run(*command, "--resume").code == DONE
    other = run(*(one.replace("seed=0:3", "seed=0:5") for one in command), "--resume")
    assert other.code == FAILED
    assert "another sweep" in other.complaint


@pytest.mark.parametrize(
    "arguments",
    [
        ("--axis", "nothing=1", "--out", "a.csv"),
        ("--axis", "units", "--out", "a.csv"),
        ("--axis", "units=1:2:3:4:5", "--out", "a.csv"),
        ("--axis", "weight_scale=1:2:99999999", "--out", "a.csv"),
        ("--out", "a.csv"),
        ("--axis", "seed=0:3"),
        ("--axis", "seed=0:3", "--measure", "nothing", "--out", "a.csv"),
        ("--axis", "seed=0:3", "--out", "a.txt", "--executor", "here"),
    ],
)
def test_what_is_not_understood_is_said(run, arguments):
    answer = run("sweep", "--link", SMALL, *arguments)
    assert answer.code == NOT_UNDERSTOOD
    assert answer.complaint


@pytest.fixture
def store(run):
    """The folder of a small sweep over two knobs and two seeds."""
    axes = ("--axis", "weight_scale=0.01:1:4", "--axis", "units=2,3,4", "--seeds", "2")
    where = ("--measure", "saturated,lyapunov", "--executor", "here", "--store", "s")
    assert run("sweep", "--link", SMALL, *axes, *where, "--log", "log").code == DONE
    return "s"


def test_the_log_tells_of_every_chunk(run, store, tmp_path):
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.split("chunk ")[1] for line in lines[:2]] == ["0 given out", "0 kept"]


def test_the_map_of_a_store_is_written_as_a_figure_a_page_and_a_table(run, store, tmp_path):
    for out in ("a.json", "a.html", "a.csv", "a.parquet"):
        answer = run("render", "atlas", "--store", store, "--measure", "lyapunov", "--out", out)
        assert answer.code == DONE, answer.complaint
    figure = from_json((tmp_path / "a.json").read_text())
    experiment = Experiment(units=4, timesteps=9, input_features=2)
    axes = {"weight_scale": (0.01, 0.0464158883, 0.215443469, 1.0), "units": (2, 3, 4),
            "seed": range(2)}  # fmt: skip
    wanted = sweep(Sweep(experiment, axes, ("saturated", "lyapunov")))
    assert np.shape(figure.data[0].customdata) == (4, 3)
    shown = figure.data[0].customdata[0][0]
    assert f"{wanted.mean('lyapunov')[0, 0]:.4g}".replace("-", "−") in shown
    assert " ± " in shown
    for table in (pd.read_csv(tmp_path / "a.csv"), pd.read_parquet(tmp_path / "a.parquet")):
        assert len(table) == 24
        one = table[(table.units == 2) & (table.weight_scale == 0.01) & (table.seed == 1)]
        assert one.lyapunov.item() == pytest.approx(wanted.array("lyapunov")[0, 0, 1])
    assert "24" in (tmp_path / "a.html").read_text()
    again = run("render", "atlas", "--store", store, "--out", "a.csv")
    assert again.code == FAILED
    assert run("render", "atlas", "--store", store, "--out", "a.csv", "--force").code == DONE


def test_the_map_of_a_stack_says_which_layer_is_measured(run, tmp_path):
    axes = ("--axis", "weight_scale=0.01,1", "--axis", "recurrent_gain=0.5,1")
    for units, said in (("4", False), ("4,3", True)):
        link = f"units={units}&timesteps=9&input_features=2"
        folder, page = f"s{len(units)}", f"{len(units)}.html"
        assert run("sweep", "--link", link, *axes, "--store", folder).code == DONE
        assert run("render", "atlas", "--store", folder, "--out", page).code == DONE
        told = "the last of 2 layers is measured" in (tmp_path / page).read_text()
        assert told == said


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("atlas",), NOT_UNDERSTOOD),
        (("atlas", "--store", "nowhere"), FAILED),
        (("atlas", "--store", "s", "--measure", "memory"), NOT_UNDERSTOOD),
        (("atlas", "--store", "line"), NOT_UNDERSTOOD),
        (("states", "--store", "s"), NOT_UNDERSTOOD),
    ],
)
def test_a_map_that_cannot_be_drawn_is_said(run, store, tmp_path, arguments, code, language):
    line = ("--axis", "weight_scale=0.1,1", "--executor", "here", "--store", "line")
    assert run("sweep", "--link", SMALL, *line).code == DONE
    answer = run("render", *arguments, "--out", "a.json", "--language", language)
    assert answer.code == code
    assert answer.complaint
    assert not (tmp_path / "a.json").exists()
    assert not (tmp_path / "nowhere").exists()

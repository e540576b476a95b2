"""``rnnviz sweep``: a table, a store that goes on, and a sentence for what cannot be."""

import pandas as pd
import pytest

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

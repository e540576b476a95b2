"""``rnnviz find`` and ``rnnviz units``: the tables of Python, from the command line."""

import json

import numpy as np
import pandas as pd
import pytest

from rnnviz import Experiment, find, simulate
from rnnviz.cli import main

LINK = "units=12&weight_scale=0.05&timesteps=300&signal=normal&recurrent_initializer=orthogonal"


def test_moments_are_those_of_python(tmp_path):
    out = tmp_path / "moments.csv"
    code = main(["find", "--link", LINK, "--range", "100:110", "--most", "7", "--out", str(out)])
    assert code == 0
    run = simulate(Experiment.from_query(LINK))
    pd.testing.assert_frame_equal(
        pd.read_csv(out, dtype={"units": str}).fillna(""), find(run, (100, 110), most=7).to_frame()
    )


def test_units_and_measure_are_written_down(tmp_path):
    out = tmp_path / "moments.json"
    asked = ["--range", "5:9", "--units", "0,3", "--measure", "cosine", "--layer", "0"]
    assert main(["find", "--link", LINK, *asked, "--out", str(out)]) == 0
    told = json.loads(out.read_text())
    assert told["asked"] == "find"
    assert told["parameters"]["units"] == [0, 3]
    assert len(told["rows"]) > 3


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--range", "5-9"], "120:140"),
        (["--range", "5:9000"], "from 0 to 300"),
        (["--range", "5:9", "--units", "a"], "commas"),
        (["--range", "5:9", "--units", "99"], "from 0 to 11"),
        (["--range", "5:9", "--measure", "x"], "not among the choices"),
    ],
)
def test_what_cannot_be_asked_is_told(tmp_path, capsys, asked, sentence):
    out = tmp_path / "moments.csv"
    assert main(["find", "--link", LINK, *asked, "--out", str(out)]) == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_units_say_what_they_follow(tmp_path, capsys):
    state = simulate(Experiment.from_query(LINK)).states[:, 4]
    labels, out = tmp_path / "labels.csv", tmp_path / "units.csv"
    pd.DataFrame({"event": state > np.median(state)}).to_csv(labels, index=False)
    asked = ["units", "--link", LINK, "--labels", str(labels)]
    assert main([*asked, "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "Unit 4 is on where “event” holds (AUC 1.00, held out)." in printed
    table = pd.read_csv(out)
    row = table[(table.unit == 4) & (table.feature == "label.event")].iloc[0]
    assert row.score == pytest.approx(1.0)
    assert row.found
    assert main([*asked, "--language", "ko"]) == 0
    assert "유닛 4는 “event” 구간에서 켜집니다(AUC 1.00" in capsys.readouterr().out


def test_where_nothing_is_found_that_is_said(capsys):
    assert main(["units"]) == 0  # the lecture's network: every unit is 1.0
    assert "Nothing was found" in capsys.readouterr().out


def test_labels_that_do_not_fit_are_refused(tmp_path, capsys):
    labels = tmp_path / "labels.csv"
    labels.write_text("a\n1\n2\n")
    assert main(["units", "--link", LINK, "--labels", str(labels)]) == 2
    assert "(300,)" in capsys.readouterr().err
    assert main(["units", "--labels", str(tmp_path / "no.csv")]) == 2
    assert main(["units", "--labels", str(tmp_path / "no.xlsx")]) == 2

"""What the menu gives of a training: each file made as it is asked for, and read back."""

import csv
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from rnnviz.app.panels.problems import plain
from rnnviz.app.sidebar import take_away_training
from rnnviz.i18n import words
from rnnviz.spec.train import train
from rnnviz.spec.trained_file import read_training
from rnnviz.spec.training import Training
from tests.app.test_app import run

LINK = "page=training&task=echo&units=6&delay=2&timesteps=8&steps=6&batch_size=4"
TRAINING = Training.from_query(LINK.removeprefix("page=training&"))


@pytest.fixture
def made(monkeypatch):
    """Files that the menu offers, by name: what makes them, and whether the button is dimmed."""
    found = {}

    def kept(place, label, name, content, say, **more):
        found[name] = content, more["disabled"]

    monkeypatch.setattr(take_away_training, "download", kept)
    return found


def opened(query, steps=0, locale="en-US"):
    at = run(query, locale)
    for _ in range(steps):
        at.button(key="training.step").click().run()
    at.session_state["take-away"] = True
    at.run()
    assert not at.exception
    return at


def test_every_file_holds_the_training_so_far(made, tmp_path):
    opened(LINK, steps=3)
    wanted = train(TRAINING)
    rows = list(csv.DictReader(io.StringIO(made["rnnviz-echo.csv"][0]().decode())))
    assert [int(row["step"]) for row in rows] == [0, 1, 2, 3]
    np.testing.assert_array_equal([float(row["loss"]) for row in rows[:3]], wanted.losses[:3])
    assert rows[3]["loss"] == ""
    assert all(float(row["held_out_loss"]) > 0 for row in rows)
    path = tmp_path / "run.npz"
    path.write_bytes(made["rnnviz-echo.npz"][0]())
    training, trainer = read_training(path)
    assert (training, trainer.step) == (TRAINING, 3)
    for framework in ("keras", "torch"):
        with zipfile.ZipFile(io.BytesIO(made[f"rnnviz-echo.{framework}.zip"][0]())) as archive:
            assert any(name.endswith(".py") for name in archive.namelist())
    assert made["rnnviz-echo.weights.h5"][0]().startswith(b"\x89HDF")
    assert made["rnnviz-echo.safetensors"][0]()[8:9] == b"{"
    for ending in ("webp", "gif"):
        with Image.open(io.BytesIO(made[f"rnnviz-echo.{ending}"][0]())) as picture:
            assert picture.n_frames == 4
    assert not any(dimmed for name, (_, dimmed) in made.items() if not name.endswith(".mp4"))


def test_what_cannot_be_written_is_dimmed_and_says_why_in_korean(made, monkeypatch):
    monkeypatch.setattr(take_away_training.shutil, "which", lambda name: None)
    at = opened(f"{LINK}&cell=LeakyRNN&truncate=3", locale="ko-KR")
    dimmed = {name.removeprefix("rnnviz-echo") for name, (_, dim) in made.items() if dim}
    assert dimmed == {".keras.zip", ".torch.zip", ".safetensors", ".mp4"}
    told, say = [one.value for one in at.caption], words("ko")
    for key in ("truncated_no_program", "no_ffmpeg"):
        assert told.count(plain(say(f"problem.{key}"))) == 1
    assert plain(say("problem.torch_no_layer", cell="LeakyRNN")) in told


def test_dropout_in_keras_s_program_is_said_to_be_keras_s_own(made):
    at = opened(f"{LINK}&recurrent_dropout=0.2")
    assert plain(words("en")("take_away.training.own_masks")) in [one.value for one in at.caption]
    assert not made["rnnviz-echo.keras.zip"][1]
    assert b"recurrent_dropout=0.2" in zipped(made["rnnviz-echo.keras.zip"][0]())


def zipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".py"))

"""``rnnviz train``: a file that opens as a network, and that goes on to the same bits."""

import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from rnnviz import Training, open_network, train
from rnnviz.cli import main
from rnnviz.cli.training_files import ALSO
from rnnviz.export.animation import SIZE
from rnnviz.readers import read_network
from rnnviz.spec.trained_file import read_training

LINK = "task=parity&steps=9&batch_size=4"


def test_a_training_is_written_and_opens_as_a_network(tmp_path, capsys):
    out = tmp_path / "parity.npz"
    assert main(["train", "--link", LINK, "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "9 steps" in printed
    assert "doing nothing 0.6931" in printed
    trained = train(Training.from_query(LINK))
    training, trainer = read_training(out)
    assert training == trained.training
    np.testing.assert_array_equal(trainer.losses, trained.losses)
    with pytest.warns(UserWarning, match="Left out"):  # what is no weight of a layer
        opened = open_network(out)
    for name, array in trained.network.weights.items():
        np.testing.assert_array_equal(opened.weights[name], array)


def test_it_goes_on_where_it_was_interrupted(tmp_path, monkeypatch):
    from rnnviz.learn import Trainer

    out, whole = tmp_path / "part.npz", tmp_path / "whole.npz"
    assert main(["train", "--link", LINK, "--out", str(whole)]) == 0
    advance = Trainer.advance

    def interrupted(self):
        if self.step == 4:
            raise KeyboardInterrupt
        return advance(self)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", interrupted)
        assert main(["train", "--link", LINK, "--out", str(out)]) == 130
    assert read_training(out)[1].step == 4
    assert main(["train", "--out", str(out), "--resume"]) == 0
    with np.load(whole) as one, np.load(out) as other:
        assert sorted(one.files) == sorted(other.files)
        for name in one.files:
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--task", "flying"], "not among the choices"),
        (["--link", "task=parity&steps=0"], "outside the range"),
        (["--link", "task=next_value&series=own"], "at least 12"),
    ],
)
def test_what_cannot_be_is_said(tmp_path, capsys, arguments, reason):
    assert main(["train", *arguments, "--out", str(tmp_path / "x.npz")]) == 2
    assert reason in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_no_file_is_overwritten_unasked_and_others_are_no_trainings(tmp_path, capsys):
    out = tmp_path / "x.npz"
    np.savez(out, kernel=np.zeros(3))
    assert main(["train", "--task", "echo", "--out", str(out)]) == 1
    assert main(["train", "--out", str(out), "--resume"]) == 2
    assert "holds no training" in capsys.readouterr().err
    out.write_bytes(b"nothing of the kind")
    assert main(["train", "--out", str(out), "--resume"]) == 2


@pytest.mark.live
def test_what_is_written_besides(tmp_path, capsys, monkeypatch):
    ffmpeg = tmp_path / "ffmpeg"  # counts what it is fed, for a machine that has none
    ffmpeg.write_text(
        f"#!{sys.executable}\nimport sys\nprint(len(sys.stdin.buffer.read()), end='')"
    )
    ffmpeg.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    names = [f"run{ending}" for ending in ALSO]
    also = [part for name in names for part in ("--also", str(tmp_path / name))]
    assert main(["train", "--link", LINK, "--out", str(tmp_path / "run.npz"), *also]) == 0
    trained = train(Training.from_query(LINK))
    answers = {"nonlinearity": "tanh", "layer_order": "gru,dense"}
    for ending in (".weights.h5", ".safetensors"):
        content = (tmp_path / f"run{ending}").read_bytes()
        found = read_network(content, f"run{ending}", answers).network
        for ours, theirs in zip(
            trained.network.weights.values(), found.weights.values(), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
    for framework in ("keras", "torch"):
        with zipfile.ZipFile(tmp_path / f"run.{framework}.zip") as archive:
            text, arrays = sorted(archive.namelist(), key=lambda name: name.endswith(".npz"))
            assert f'"{arrays}"' in archive.read(text).decode()
    for ending in (".webp", ".gif"):
        with Image.open(tmp_path / f"run{ending}") as picture:
            assert picture.n_frames == 10
            assert picture.size == SIZE
            picture.seek(9)
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 50
    frames = int((tmp_path / "run.mp4").read_text()) / (3 * SIZE[0] * SIZE[1])
    assert frames == 10
    assert "run.mp4" in capsys.readouterr().out


def test_another_ending_is_refused_before_anything_is_trained(tmp_path, capsys):
    out = str(tmp_path / "run.npz")
    assert main(["train", "--link", LINK, "--out", out, "--also", "run.avi"]) == 2
    assert ".webp" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_training_without_a_program_says_why_and_keeps_the_rest(tmp_path, capsys):
    out, also = tmp_path / "run.npz", tmp_path / "run.keras.zip"
    link = f"{LINK}&truncate=3"
    assert main(["train", "--link", link, "--out", str(out), "--also", str(also)]) == 2
    assert "truncated backpropagation" in capsys.readouterr().err
    assert out.exists()
    assert not also.exists()

"""A network and data from files, on the command line."""

import json

import numpy as np
import pytest

from rnnviz.engine import run as run_network
from rnnviz.readers import read_network
from tests.readers import files

INPUTS = np.random.default_rng(0).normal(size=(2, 9, 3))


@pytest.fixture
def named(tmp_path):
    """Write a file of every kind, and data for it, into the folder that commands run in."""
    for name, content in files.whole_files().items():
        (tmp_path / name).write_bytes(content)
    np.save(tmp_path / "x.npy", INPUTS)
    (tmp_path / "bad.keras").write_bytes(files.keras()[:-30])
    kernel, recurrent, bias = files.arrays(gates=1)
    rnn = {"rnn.weight_ih_l0": kernel.T, "rnn.weight_hh_l0": recurrent.T}
    rnn |= {"rnn.bias_ih_l0": bias, "rnn.bias_hh_l0": bias}
    (tmp_path / "rnn.pt").write_bytes(files.torch_file(rnn))
    return tmp_path


def test_inspect_says_what_is_in_a_file(run, named):
    answer = run("inspect", "model.keras")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == "Keras model (.keras)"
    assert lines[1].startswith("lstm: LSTM, 3 → 4 units (activation tanh, recurrent")
    assert "128 parameters, float32, SHA-256" in lines[2]
    korean = run("inspect", "model.keras", "--language", "ko")
    assert "파라미터 128개" in korean.out


def test_inspect_says_what_would_be_asked(run, named):
    answer = run("inspect", "rnn.pt")
    assert "Answer with --nonlinearity: tanh, relu." in answer.out
    assert "activation relu" in run("inspect", "rnn.pt", "--nonlinearity", "relu").out
    assert "Answer with" not in run("inspect", "rnn.pt", "--nonlinearity", "relu").out


def test_the_numbers_are_those_of_the_file(run, named):
    answer = run("data", "--network", "model.pt", "--inputs", "x.npy", "--out", "run.npz")
    assert answer.code == 0, answer.err
    with np.load(named / "run.npz") as written:
        states = next(written[key] for key in written.files if "states" in key)
    network = read_network((named / "model.pt").read_bytes(), "model.pt").network
    wanted = run_network(network, INPUTS).states
    assert states.size in (wanted.size, wanted[0].size)
    np.testing.assert_allclose(states.reshape(-1, 9, 4)[0], wanted[0])


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.safetensors", "model.onnx"])
def test_the_summary_takes_a_network(run, named, name):
    answer = run("summary", "--network", name)
    assert answer.code == 0, answer.err
    assert "LSTM" in answer.out


def test_render(run, named):
    answer = run("render", "states", "--network", "model.keras", "--out", "s.html")
    assert answer.code == 0, answer.err
    assert "model.keras" in (named / "s.html").read_text(encoding="utf-8")


def test_a_question_that_is_not_answered_names_the_option(run, named):
    answer = run("data", "--network", "rnn.pt", "--out", "a.csv")
    assert answer.code == 2
    assert "--nonlinearity: tanh, relu" in answer.complaint
    answered = run("data", "--network", "rnn.pt", "--nonlinearity", "tanh", "--out", "a.csv")
    assert answered.code == 0, answered.err


def test_what_cannot_be_opened_is_one_line(run, named):
    assert "zip archive" in run("summary", "--network", "bad.keras").complaint
    assert "could not be read" in run("summary", "--network", "none.keras").complaint
    assert "no file of data" in run("data", "--inputs", "rnn.pt", "--out", "a.csv").complaint


def test_own_data_drives_a_drawn_network(run, named):
    answer = run("data", "--inputs", "x.npy", "--link", "units=5", "--out", "a.json")
    assert answer.code == 0, answer.err
    written = json.loads((named / "a.json").read_text())
    assert "x.npy" in json.dumps(written)


def test_a_link_of_another_file_says_both_hashes(run, named):
    first = read_network((named / "model.keras").read_bytes(), "a").network.sha256
    second = read_network((named / "model.pt").read_bytes(), "a").network.sha256
    answer = run("summary", "--link", f"network={first}", "--network", "model.pt")
    assert first in answer.complaint
    assert second in answer.complaint
    assert run("summary", "--link", f"network={first}", "--network", "model.keras").code == 0


TABLE = "speed,turn,who,asked\n" + "\n".join(
    f"{t / 3},{t % 2},{'anna' if t < 5 else 'bo'},{t}" for t in range(9)
)


def test_columns_trials_labels_and_targets_are_chosen(run, named):
    (named / "walk.csv").write_text(TABLE)
    options = ["--inputs", "walk.csv", "--inputs-features", "speed,turn", "--inputs-trial", "who"]
    options += ["--inputs-target", "asked", "--inputs-standardise", "yes", "--link", "units=5"]
    answer = run("data", *options, "--out", "run.npz")
    assert answer.code == 0, answer.err
    with np.load(named / "run.npz") as written:
        inputs = next(written[key] for key in written.files if key.endswith("inputs"))
        assert any("targets" in key for key in written.files)
    assert inputs.shape[-1] == 2
    first = np.array([t / 3 for t in range(9)])
    wanted = (first - first.mean()) / first.std()
    np.testing.assert_allclose(inputs.reshape(-1, inputs.shape[-2], 2)[0, :4, 0], wanted[:4])
    for wrong in ("--inputs-frame=0", "--inputs-standardise=maybe", "--inputs-trial=nobody"):
        assert run("data", *options[:2], wrong, "--out", "a.npz").complaint


def test_a_text_is_read_with_the_network_s_vocabulary(run, named):
    (named / "a.txt").write_text("to be")
    (named / "v.json").write_text('{"b": 1, "e": 2, "o": 3, "t": 4}')
    options = ["--inputs", "a.txt", "--inputs-vocabulary", "v.json", "--link", "units=3"]
    answer = run("data", *options, "--out", "run.npz")
    assert answer.code == 0, answer.err
    with np.load(named / "run.npz") as written:
        tokens = next(written[key] for key in written.files if "token" in key)
    assert tokens.ravel().tolist() == [4, 3, 0, 1, 2], "what is not in it stands as number 0"
    (named / "v.json").write_text('"/etc/passwd"')
    assert "vocabulary" in run("data", *options, "--out", "b.npz").complaint

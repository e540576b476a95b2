"""A training as a Keras and as a PyTorch program, run there: the same loss at every step."""

import contextlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from rnnviz import Training, train
from rnnviz.codegen.training import training_program

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
STEPS = 20
CASES = {
    "echo": {"units": 5, "delay": 2, "timesteps": 6, "schedule": "exponential"},
    "adding": {"units": 6, "timesteps": 8, "optimizer": "sgd", "momentum": 0.9, "cell": "LSTM"},
    "copy_memory": {"units": 7, "timesteps": 3, "optimizer": "adamw", "cell": "GRU"},
    "parity": {"units": (5, 4), "timesteps": 7, "optimizer": "rmsprop", "momentum": 0.5},
    "flip_flop": {
        "units": 6,
        "timesteps": 9,
        "cell": "LeakyRNN",
        "changes": ((5, "learning_rate", 0.05), (9, "clip_norm", 0.01), (15, "clip_norm", None)),
    },
    "next_value": {"units": 4, "timesteps": 10, "optimizer": "sgd", "momentum": 0.5},
    "next_character": {"units": 8, "timesteps": 6, "cell": "LSTM", "bidirectional": True},
    "token_classification": {"units": 6, "timesteps": 7, "optimizer": "sgd", "clip_norm": None},
    "reviews": {"units": 5, "cell": "GRU"},
}
IN_KERAS = ("echo", "flip_flop", "next_character", "token_classification")


def training_of(task, framework):
    settings = {"steps": STEPS, "batch_size": 6, "dtype": "float64", "learning_rate": 0.02}
    settings |= CASES[task] | {"defined_by": framework}
    if task == "adding" and framework == "keras":
        settings["nesterov"] = True
    return Training.of(task, **settings)


def execute(training, framework, folder):
    written = training_program(training, framework)
    for name, content in written.files:
        (folder / name).write_bytes(content)
    variables = {"__name__": "__main__"}
    with contextlib.chdir(folder):
        exec(compile(written.text, written.file_name, "exec"), variables)
    return np.array(variables["losses"])


@pytest.mark.parametrize("defined_by", ["keras", "torch"])
@pytest.mark.parametrize("task", CASES)
def test_pytorch_gives_the_same_losses(torch, task, defined_by, tmp_path):
    training = training_of(task, defined_by)
    ours = train(training).losses
    np.testing.assert_allclose(execute(training, "torch", tmp_path), ours, rtol=1e-8)
    assert ours[-1] != ours[0]


def test_keras_gives_the_same_losses(torch, tmp_path):
    """In one process of its own, on a backend that differentiates, the programs one after another.

    Four tasks have among them all that Keras is told in different ways: losses, masks, classes and
    tokens, optimisers, changes on the way, and a cell of our own.
    """
    pytest.importorskip("keras")
    trainings = {task: training_of(task, "keras").replace(steps=10) for task in IN_KERAS}
    for task, training in trainings.items():
        written = training_program(training, "keras")
        for name, content in (*written.files, (f"{task}.py", written.text.encode())):
            (tmp_path / name).write_bytes(content)
    runner = (
        "import runpy, json, importlib\n"
        "table = importlib.import_module('keras.src.backend.common.dtypes').BIT64_TO_BIT32_DTYPE\n"
        "table['float64'] = 'float64'\n"  # Keras issue 23223
        f"found = {{task: runpy.run_path(task + '.py')['losses'] for task in {IN_KERAS!r}}}\n"
        "open('losses.json', 'w').write(json.dumps(found))\n"
    )
    subprocess.run(
        [sys.executable, "-c", runner],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
    )
    found = json.loads((tmp_path / "losses.json").read_text())
    for task, training in trainings.items():
        np.testing.assert_allclose(found[task], train(training).losses, rtol=1e-7, err_msg=task)


def test_dropout_is_keras_s_own_and_said_to_be():
    training = Training.of("flip_flop", cell="GRU", dropout=0.25, recurrent_dropout=0.5)
    text = training_program(training, "keras").text
    assert "return_sequences=True, dropout=0.25, recurrent_dropout=0.5)" in text
    assert "losses are not the page's" in text
    assert (
        "dropout"
        not in training_program(training.replace(dropout=0, recurrent_dropout=0), "keras").text
    )
    with pytest.raises(ValueError, match="PyTorch's recurrent layers have no dropout"):
        training_program(training, "torch")
    with pytest.raises(ValueError, match="no dropout for a cell"):
        training_program(training.with_knobs(cell="LeakyRNN"), "keras")


def test_what_a_framework_does_not_have_is_said():
    with pytest.raises(ValueError, match="defined as PyTorch defines it"):
        training_program(Training.of("echo", defined_by="torch"), "keras")
    with pytest.raises(ValueError, match="truncated backpropagation"):
        training_program(Training.of("echo", truncate=5), "torch")
    with pytest.raises(ValueError, match="take the Keras program"):
        training_program(Training.of("echo", cell="LeakyRNN", bidirectional=True), "torch")

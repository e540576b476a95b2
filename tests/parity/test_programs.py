"""The Keras and PyTorch programs, run in Keras and PyTorch."""

import subprocess
import sys

import pytest

from rnnviz.codegen import NOTES_MODELS, summary
from rnnviz.codegen.programs import program
from tests.codegen.programs.running import assert_agrees
from tests.codegen.programs.varied import VARIED

# What Keras and PyTorch think of each other's and NumPy's newest interfaces is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.mark.parametrize("name", VARIED)
def test_keras_computes_what_the_page_shows(keras, name, tmp_path):
    assert_agrees(VARIED[name], "keras", tmp_path)


@pytest.mark.parametrize("name", VARIED)
def test_pytorch_computes_what_the_page_shows(torch, name, tmp_path):
    assert_agrees(VARIED[name], "torch", tmp_path)


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_they_run_on_their_own(keras, framework, tmp_path):
    experiment = NOTES_MODELS["four_stacked"]
    file = tmp_path / "program.py"
    file.write_text(program(experiment, framework).text, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "(32,)" in answer.stdout
    if framework == "keras":
        assert summary(experiment) in answer.stdout

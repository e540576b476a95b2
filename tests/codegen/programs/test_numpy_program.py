import subprocess
import sys

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.codegen import NOTES_MODELS
from rnnviz.codegen.notes_loop import notes_loop
from rnnviz.codegen.programs import program
from tests.codegen.programs.running import assert_agrees
from tests.codegen.programs.varied import SMALL, VARIED


@pytest.mark.parametrize("name", VARIED)
def test_the_program_computes_what_the_page_shows(name, tmp_path):
    assert_agrees(VARIED[name], "numpy", tmp_path)


@pytest.mark.parametrize("name", NOTES_MODELS)
def test_the_models_of_the_notes_to_the_last_bit(name, tmp_path):
    variables = assert_agrees(NOTES_MODELS[name], "numpy", tmp_path)
    assert np.array_equal(variables["outputs"], simulate(NOTES_MODELS[name]).layers[-1].output)


def test_every_layers_states_are_there(tmp_path):
    experiment = SMALL.replace(units=(5, 4, 3))
    variables = assert_agrees(experiment, "numpy", tmp_path)
    for number, layer in enumerate(simulate(experiment).layers, start=1):
        assert np.array_equal(variables[f"states_{number}"], layer.states)


@pytest.mark.parametrize("scale", [0.02, 0.1, 1.0])
def test_the_lectures_program_gives_the_very_same_bits(scale, tmp_path):
    experiment = Experiment(weight_scale=scale)
    variables = assert_agrees(experiment, "numpy", tmp_path)
    assert np.array_equal(variables["outputs"], simulate(experiment).states)


def test_the_lectures_program_is_the_notes_loop():
    text = program(Experiment(), "numpy").text
    assert len([line for line in text.splitlines() if line.strip()]) <= 36
    lines = notes_loop(simulate(Experiment()).layers[0].layer, 100)
    start = lines.index("suc_outputs = []")
    assert "\n".join(lines[start:]) in text, "word for word what stands beside the picture"
    assert "np.tanh(np.dot(W, input_t) + np.dot(U, state_t) + b)" in text
    assert {"timesteps = 100", "input_features = 32", "output_features = 64"} <= set(lines)


@pytest.mark.parametrize("scale", [0.02, 0.1, 1.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_notes_loop_differs_by_the_order_of_its_sums_alone(scale, dtype, tmp_path):
    experiment = Experiment(weight_scale=scale, dtype=dtype)
    variables = assert_agrees(experiment, "numpy", tmp_path)
    printed, states = variables["final_output_sequence"], simulate(experiment).states
    assert printed.dtype == states.dtype
    assert np.abs(printed - states).max() <= 4 * np.finfo(dtype).eps, "|state| is at most 1"


@pytest.mark.parametrize("settings", [{"go_backwards": True}, {"cell": "GRU"}, {"units": (4, 3)}])
def test_what_the_notes_have_no_loop_for_has_a_function(settings, tmp_path):
    variables = assert_agrees(SMALL.replace(**settings), "numpy", tmp_path)
    assert ("final_output_sequence" in variables) == ("go_backwards" in settings)


def test_it_runs_on_its_own(tmp_path):
    file = tmp_path / "rnnviz_numpy.py"
    file.write_text(program(Experiment(), "numpy").text, encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", str(file)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shape, row = printed.split("\n", 1)
    assert shape == "(100, 64)"
    numbers = np.array(row.strip().strip("[]").split(), dtype=float)
    assert np.array_equal(numbers, simulate(Experiment()).states[0])

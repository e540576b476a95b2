"""The notebook of the notes: valid, in both languages, and right for every cell."""

import json

import numpy as np
import pytest

import rnnviz
from rnnviz import Experiment, simulate
from rnnviz.codegen.notes_notebook import notebook
from rnnviz.engine import CELLS
from rnnviz.engine.source import Given
from rnnviz.i18n import words


def cells_of(run, language="en"):
    return json.loads(notebook(run, words(language)))["cells"]


def code_of(run, without=("rnnviz.show", "Sequential", "viewer", "has_keras")):
    sources = ["".join(cell["source"]) for cell in cells_of(run) if cell["cell_type"] == "code"]
    return [one for one in sources if not any(word in one for word in without)]


def worked(run):
    """Run the cells of NumPy, and return every value of a cell that ends in ``.max()``."""
    scope, differences = {}, []
    for source in code_of(run):
        if source.endswith(".max()"):
            differences.append(eval(source, scope))
        else:
            exec(source, scope)
    return scope, differences


def test_the_lecture_is_in_the_names_of_the_notes():
    sources = code_of(simulate(Experiment()))
    (loop,) = [one for one in sources if "for input_t in inputs:" in one]
    assert loop.splitlines() == [
        "state_t = np.zeros((output_features,))",
        "",
        "suc_outputs = []",
        "for input_t in inputs:",
        "    output_t = np.tanh(np.dot(W, input_t) + np.dot(U, state_t) + b)",
        "    suc_outputs.append(output_t)",
        "    state_t = output_t",
        "",
        "final_output_sequence = np.stack(suc_outputs, axis=0)",
    ]
    arrays = "\n".join(sources)
    assert "W = layer.kernel.T  # np.random.random((output_features, input_features))" in arrays
    assert "suc_outputs[:3]" in sources
    scope, differences = worked(simulate(Experiment()))
    assert scope["final_output_sequence"].shape == (100, 64)
    assert (scope["final_output_sequence"][1:] == 1).all(), "the lecture's own saturation"
    assert len(differences) == 1


STACK = {"units": (5, 4), "bidirectional": True}
MORE = [
    {"cell": "GRU", "reset_after": False},
    STACK,
    STACK | {"cell": "LSTM"},
    {"signal": "co2", "go_backwards": True, "weight_scale": 0.01},
    {"signal": "text", "text": 'say "\\n" or {b}'},
]


@pytest.mark.parametrize("settings", [{"cell": name} for name in CELLS] + MORE)
def test_the_loops_of_every_network_give_its_states(settings):
    sizes = {"weight_scale": 0.3, "units": 6, "timesteps": 9}
    run = simulate(Experiment(**(sizes | settings)))
    scope, differences = worked(run)
    directions = sum(1 + (layer.backward is not None) for layer in run.layers)
    assert len(differences) == directions
    assert max(differences) < 1e-12
    assert scope["experiment"] == run.experiment, "the short link is the whole experiment"


MASKED = {"signal": "text", "text": "abc", "maxlen": 6, "mask_zero": True}
SEQUENCES = {"sequences": 3, "stateful": True}


@pytest.mark.parametrize(
    ("settings", "trial"),
    [
        (MASKED, 0),
        (MASKED | {"padding": "post", "cell": "LSTM", "go_backwards": True}, 0),
        (MASKED | {"units": (4, 3), "bidirectional": True, "cell": "GRU"}, 0),
        ({"signal": "impulse", "mask_zero": True}, 0),
        ({"sequences": 3}, None),
        ({"sequences": 3, "cell": "GRU"}, 2),
        (SEQUENCES, 1),
        (SEQUENCES | {"cell": "LSTM", "units": (4, 3)}, 2),
    ],
)
def test_its_loops_pass_over_what_is_masked_and_go_on_from_what_was_carried(settings, trial):
    run = simulate(Experiment(**({"weight_scale": 0.3, "units": 4, "timesteps": 5} | settings)))
    shown = run if trial is None else run.trial(trial)
    scope, differences = worked(shown)
    assert max(differences) < 1e-12
    assert np.array_equal(scope["run"].states, run.trial(trial or 0).states)


def test_a_wrong_loop_is_seen():
    run = simulate(Experiment(units=4, timesteps=5, weight_scale=0.1))
    scope = {}
    for source in code_of(run):
        exec(source.replace("np.dot(U, state_t)", "np.dot(U.T, state_t)"), scope)
    assert np.abs(scope["final_output_sequence"] - run.states).max() > 1e-6


def test_files_are_named_and_asked_for(tmp_path, monkeypatch):
    drawn = simulate(Experiment(units=3, timesteps=4, weight_scale=0.1))
    np.save(tmp_path / "series.npy", drawn.inputs)
    inputs = rnnviz.open_inputs(tmp_path / "series.npy")
    from rnnviz.spec.given import simulate_given

    run = simulate_given(Experiment(units=3, weight_scale=0.1), None, inputs)
    assert isinstance(run.source, Given)
    assert words("en")("notebook.files") in ["".join(cell["source"]) for cell in cells_of(run)]
    monkeypatch.chdir(tmp_path)
    _, differences = worked(run)
    assert max(differences) < 1e-12


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_a_valid_notebook_that_speaks_the_language(language):
    nbformat = pytest.importorskip("nbformat")
    text = notebook(simulate(Experiment()), words(language))
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    prose = "".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert any("가" <= letter <= "힣" for letter in prose) == (language == "ko")
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    shown = [source for source in code if "rnnviz.show" in source]
    assert len(shown) == 3
    assert all(f'language="{language}"' in source for source in shown)
    for name in ("last_output", "whole_sequence", "four_stacked"):
        assert words(language)(f"notebook.model.{name}") in prose


def test_keras_is_left_out_with_a_sentence(capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "keras", None)
    scope = {}
    sources = ["".join(cell["source"]) for cell in cells_of(simulate(Experiment(units=2)))]
    for source in sources:
        if source.startswith(("import numpy", "try:", "if has_keras:", "viewer = None")):
            exec(source, scope)
    assert words("en")("notebook.no_keras") in capsys.readouterr().out
    assert scope["viewer"] is None

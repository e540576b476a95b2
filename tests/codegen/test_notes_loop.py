"""The notes' loop: their own lines for their own network, and the right numbers for every cell."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.codegen.notes_loop import notes_loop
from rnnviz.engine import CELLS

RESET_BEFORE = {"cell": "GRU", "reset_after": False}


def test_the_lecture_is_the_notes_listing():
    lines = notes_loop(simulate(Experiment()).layers[0].layer, 100)
    assert "    output_t = np.tanh(np.dot(W, input_t) + np.dot(U, state_t) + b)" in lines
    names = {"timesteps = 100", "input_features = 32", "output_features = 64"}
    assert names <= set(lines)
    scope = {}
    exec("\n".join(lines), scope)
    assert scope["final_output_sequence"].shape == (100, 64)
    assert (scope["final_output_sequence"][1:] == 1).all(), "the lecture's own saturation"


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_with_the_networks_weights_it_gives_the_networks_states(activation):
    run = simulate(Experiment(activation=activation, weight_scale=0.03, units=6, timesteps=9))
    cell = run.layers[0].layer
    scope = {"inputs": run.inputs, "np": np}
    scope |= {"W": cell.kernel.T, "U": cell.recurrent_kernel.T, "b": cell.bias}
    lines = [
        line
        for line in notes_loop(cell, 9, ("", "", ""))
        if not line.startswith(("inputs =", "W =", "U =", "b ="))
    ]
    exec("\n".join(lines), scope)
    assert np.allclose(scope["final_output_sequence"], run.states, rtol=1e-12)


@pytest.mark.parametrize("settings", [{"cell": name} for name in CELLS] + [RESET_BEFORE])
def test_the_loop_of_every_cell_gives_its_states(settings):
    run = simulate(Experiment(**settings, weight_scale=0.3, units=6, timesteps=9))
    cell = run.layers[0].layer
    lines, scope = notes_loop(cell, 9, ("", "", "")), {"inputs": run.inputs}
    letters = dict(zip("WUb", ("kernel", "recurrent_kernel", "bias"), strict=True))
    scope |= {a: getattr(cell, name).T for a, name in letters.items() if hasattr(cell, name)}
    scope["b"] = cell.bias
    made = tuple(f"{name} =" for name in ("inputs", *letters))
    exec("\n".join(line for line in lines if not line.startswith(made)), scope)
    assert np.allclose(scope["final_output_sequence"], run.states, rtol=1e-12)

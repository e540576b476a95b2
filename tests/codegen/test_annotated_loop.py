"""The listing beside the network: what it says of its arrays is so, and it gives the states."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.codegen.annotated_loop import SCALE, annotated_loop
from rnnviz.engine import CELLS, Inputs
from rnnviz.i18n import words
from rnnviz.spec.given import simulate_given

SAY = words("en")


def listed(*, layer=0, trial=0, **settings):
    run = simulate(Experiment(**({"units": 3, "timesteps": 5, "weight_scale": 0.3} | settings)))
    run = run.trial(trial)
    return run, annotated_loop(run, layer, SAY)


def states_of(lines, run, layer=0):
    """Run the listing with the arrays of the run where it leaves them out."""
    trace, cell = run.layers[layer].trace, run.layers[layer].layer
    backwards = run.network.layers[layer].go_backwards
    order = slice(None, None, -1 if backwards else 1)
    first = dict(
        zip(("state_t", "c_t"), np.split(trace.initial_state, len(cell.state_names)), strict=False)
    )
    arrays = {"inputs": trace.inputs[order], "W": cell.kernel.T, "b": cell.bias} | first
    if hasattr(cell, "recurrent_kernel"):
        arrays["U"] = cell.recurrent_kernel.T
    if trace.mask is not None:
        arrays["mask"] = trace.mask[order]
    written = [
        f"{name} = arrays[{name!r}]" if rest.startswith("...") else line
        for line in lines
        for name, _, rest in [line.partition(" = ")]
    ]
    scope = {"arrays": arrays}
    exec("\n".join(written), scope)
    return scope["final_output_sequence"]


NUMBERS = {"signal": "impulse", "input_features": 4, "mask_zero": True}
TEXT = {"signal": "text", "text": "abc", "maxlen": 7, "mask_zero": True}
SEQUENCES = {"sequences": 3, "stateful": True, "trial": 2}


@pytest.mark.parametrize(
    "settings",
    [
        {"go_backwards": True},
        {"recurrent_gain": 0.1, "input_gain": 3.0},
        SEQUENCES,
        SEQUENCES | {"cell": "LSTM"},
        SEQUENCES | {"timesteps": 1},
        NUMBERS,
        TEXT,
        TEXT | {"padding": "post", "go_backwards": True, "cell": "LSTM"},
        {"units": (3, 4), "go_backwards": (True, False), "layer": 1},
        {"units": (3, 4), "go_backwards": True, "layer": 1, "cell": "GRU"},
        *({"cell": name} for name in CELLS),
    ],
)
def test_what_is_listed_gives_the_states_of_the_run(settings):
    run, lines = listed(**settings)
    layer = settings.get("layer", 0)
    assert np.allclose(states_of(lines, run, layer), run.layers[layer].states, rtol=1e-12)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"go_backwards": True},
        {"recurrent_gain": 0.1},
        {"input_gain": 0.0},
        {"signal_amplitude": 5.0},
        {"spectral_radius": 0.9},
        {"cell": "LSTM"},
        {"dtype": "float32"},
    ],
)
def test_only_what_is_random_random_is_said_to_be(settings):
    """Of many numbers between 0 and 1 the greatest is near 1, and their mean near a half."""
    sizes = {"units": 40, "timesteps": 50, "weight_scale": 1.0}
    run, lines = listed(**sizes, **settings)
    cell = run.layers[0].layer
    arrays = {"inputs": run.inputs, "W": cell.kernel, "U": cell.recurrent_kernel, "b": cell.bias}
    said = [line.split(" = ")[0] for line in lines if " = np.random.random(" in line]
    for name in said:
        assert arrays[name].dtype == np.float64
        assert 0.9 < arrays[name].max() < 1
        assert abs(arrays[name].mean() - 0.5) < 0.15
    assert bool(said) == (set(settings) <= {"go_backwards"})


def test_every_factor_is_named():
    run, lines = listed(recurrent_gain=0.1, input_gain=0.0, spectral_radius=0.9)
    how = SAY("choice.numpy_random")
    assert f"W = ...  # {how} × 0 × 0.3" in lines
    assert f"U = ...  # {how} (ρ(U) = 0.9) × 0.1 × 0.3" in lines
    assert f"b = ...  # {how} × 0.3" in lines
    assert f"U = ...  # {how} (ρ(U) = 0.9) × 0.1" in annotated_loop(run, 0, SAY, "1")
    assert f"b = ...  # {how} × {SCALE}" in annotated_loop(run, 0, SAY, SCALE)
    assert (
        f"b = ...  # {SAY('choice.zeros')} (b_f = 1) × 0.3"
        in (listed(cell="LSTM", bias_initializer="zeros")[1])
    )


def test_a_network_from_a_file_has_its_factors_and_a_drawn_one_its_initialisers():
    drawn = simulate(Experiment(units=3, timesteps=5, input_features=2))
    run = simulate_given(Experiment(recurrent_gain=0.5, weight_scale=0.2), network=drawn.network)
    name = SAY("network.given", name=SAY("export.unnamed"))
    lines = annotated_loop(run, 0, SAY)
    assert f"W = ...  # {name} × 0.2" in lines
    assert f"U = ...  # {name} × 0.5 × 0.2" in lines
    assert np.allclose(
        run.layers[0].layer.recurrent_kernel, 0.1 * drawn.layers[0].layer.recurrent_kernel
    )
    run = simulate_given(Experiment(units=3), inputs=Inputs(np.ones((5, 2))))
    lines = annotated_loop(run, 0, SAY)
    assert "inputs = ..." in lines
    assert f"W = ...  # {SAY('choice.numpy_random')}" in lines

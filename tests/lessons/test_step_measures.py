"""What lessons multiply by hand, against the analyses of the page and against plain loops."""

import math

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.gradients import gradients
from rnnviz.lessons.named_measures import MEASURES
from rnnviz.lessons.step_measures import factor, matrix, product

SMALL = Experiment(
    timesteps=4,
    input_features=1,
    kernel_initializer="ones",
    recurrent_initializer="orthogonal",
    bias_initializer="zeros",
    signal="impulse",
    signal_amplitude=0.5,
)


@pytest.mark.parametrize("units", [1, 2, 5])
@pytest.mark.parametrize("gain", [0.5, 1.2, 2.0])
def test_the_product_of_the_factors_is_the_gradient_of_the_page(units, gain):
    trace = simulate(SMALL.replace(units=units, recurrent_gain=gain)).layers[0].trace
    norm = np.linalg.norm(product(trace), 2)
    assert norm == pytest.approx(10 ** gradients(trace).norm[0], rel=1e-12)


def test_the_product_is_what_a_small_change_becomes():
    """Central differences of the last state by the first, which know nothing of factors."""
    trace = simulate(SMALL.replace(units=3)).layers[0].trace
    U, change = trace.layer.recurrent_kernel, 1e-6
    found = np.empty((3, 3))
    for unit in range(3):
        ends = []
        for sign in (1, -1):
            h = trace.states[0].copy()
            h[unit] += sign * change
            for _ in range(3):
                h = np.tanh(h @ U)
            ends.append(h)
        found[unit] = (ends[0] - ends[1]) / (2 * change)
    assert np.abs(found - product(trace)).max() < 1e-9
    assert np.abs(factor(trace, 3) - U * (1 - trace.states[3] ** 2)).max() == 0


def test_numbers_of_a_gate():
    run = simulate(Experiment(cell="LSTM", units=1, input_features=1, timesteps=3))
    trace = run.layers[0].trace
    sums = MEASURES["gate_sum"].measured(run)
    assert MEASURES["gate_i"].measured(run) == pytest.approx(1 / (1 + math.exp(-sums)), abs=1e-15)
    assert MEASURES["memory"].measured(run) == trace.cell_states[-1, 0]
    assert math.isnan(MEASURES["gate_z"].measured(run))


def test_a_mask_takes_all_of_the_padding_away():
    padded = Experiment(signal="text", text="to be or", maxlen=30, units=4, weight_scale=0.1)
    gap = MEASURES["padding_gap"]
    assert gap.measured(simulate(padded.replace(padding="post"))) > 1e-3
    for padding in ("pre", "post"):
        assert gap.measured(simulate(padded.replace(padding=padding, mask_zero=True))) == 0
    assert gap.written(simulate(padded.replace(mask_zero=True))) == "0%"


def test_matrices_are_written_for_a_formula():
    written = matrix(np.array([[1.0, -0.256], [0.0, 2.0]]))
    assert written == r"$\begin{pmatrix} 1.00 & -0.26 \\ 0.00 & 2.00 \end{pmatrix}$"

"""What lessons about single steps, padding and cut sequences measure, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from rnnviz.analysis.gated_step import GatedStep, gated_step
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.memory import memory
from rnnviz.codegen.layers import KerasLayer, keras_layers
from rnnviz.engine import Trace
from rnnviz.engine.run import Run
from rnnviz.lessons.measures import gradient_power
from rnnviz.lessons.named_measure import NamedMeasure
from rnnviz.sentences.numbers import number, percent
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.simulate import simulate

_SEEN = 1e-3
"""A difference of states that is larger than this can be told from rounding in the picture."""


def three_places(value: float) -> str:
    """Return a number with three digits after the point."""
    return f"{value:.3f}".replace("-", "−")


def two_places(value: float) -> str:
    """Return a number with two digits after the point."""
    return f"{value:.2f}".replace("-", "−")


# Backpropagation through time, factor by factor.


def factor(trace: Trace, timestep: int) -> np.ndarray:
    """Uᵀ·diag(1 − h_t²), (units, units): ∂L/∂h_t → ∂L/∂h_{t−1} of a tanh SimpleRNN."""
    slopes = 1 - np.asarray(trace.states[timestep], np.float64) ** 2
    return np.asarray(trace.layer.recurrent_kernel, np.float64) * slopes


def product(trace: Trace) -> np.ndarray:
    """The factors of all steps after the first, multiplied from the first on, (units, units)."""
    whole = np.eye(trace.layer.units)
    for timestep in range(1, trace.timesteps):
        whole = whole @ factor(trace, timestep)
    return whole


def _bottom(run: Run) -> Trace:
    trace = run.layers[0].trace
    if trace.layer.activation != "tanh" or not trace.layer.state_is_activation:
        raise ValueError("the factors are written out for a SimpleRNN with tanh")
    return trace


def _state_at(timestep: int) -> Callable[[Run], float]:
    return lambda run: float(run.layers[0].states[timestep, 0])


def _factor_at(timestep: int) -> Callable[[Run], float]:
    return lambda run: float(factor(_bottom(run), timestep)[0, 0])


def matrix(values: np.ndarray) -> str:
    """Return a matrix in LaTeX, two digits after the point."""
    rows = [" & ".join(f"{value:.2f}" for value in row) for row in values]
    inner = r" \\ ".join(rows)
    return rf"$\begin{{pmatrix}} {inner} \end{{pmatrix}}$"


def _matrix_at(timestep: int) -> Callable[[Run], str]:
    return lambda run: matrix(factor(_bottom(run), timestep))


# A gated step.


def _last_step(run: Run) -> GatedStep:
    trace = run.layers[0].trace
    return gated_step(trace, trace.timesteps - 1, 0)


def _gate(name: str) -> Callable[[Run], float]:
    def measured(run: Run) -> float:
        found = {one.name: one.value for one in _last_step(run).gates}
        return found.get(name, math.nan)

    return measured


def _memory(timestep: int) -> Callable[[Run], float]:
    def measured(run: Run) -> float:
        cells = run.layers[0].trace.cell_states
        return math.nan if cells is None else float(cells[timestep, 0])

    return measured


# Padding and cut sequences, against the run that they should equal.


def _recipe(run: Run) -> Experiment:
    if run.experiment is None:
        raise ValueError("a network of a file has no recipe")
    return run.experiment


@lru_cache(maxsize=8)
def _whole(recipe: Experiment) -> np.ndarray:
    """States of the last layer of an experiment that is neither padded nor cut."""
    return simulate(recipe).states


def _padding_gap(run: Run) -> float:
    """‖h_T − h‖ / ‖h‖ with h the last state of the text alone."""
    recipe = _recipe(run).replace(maxlen=0, mask_zero=False)
    alone = _whole(recipe)[-1]
    size = float(np.linalg.norm(alone))
    return float(np.linalg.norm(run.states[-1] - alone)) / size if size else math.nan


def _padded(run: Run) -> float:
    tokens = run.token_numbers
    return math.nan if tokens is None else float((tokens == 0).sum())


def _cut_states(run: Run) -> float:
    """Number of timesteps at which the states differ from those of one long run."""
    recipe, states = _recipe(run), run.whole.states
    one = recipe.replace(sequences=1, stateful=False, timesteps=recipe.timesteps * recipe.sequences)
    long = _whole(one)
    gaps = np.abs(states.reshape(long.shape) - long).max(axis=1)
    return float((gaps > _SEEN).sum())


def _left(run: Run) -> float:
    return float(run.whole.trial(0).states[-1, 0])


def _begins(run: Run) -> float:
    return float(run.whole.trial(1).layers[-1].trace.initial_state[0])


# The edge of chaos.


def _capacity(run: Run) -> float:
    trace = run.layers[-1].trace
    inputs = np.asarray(trace.inputs, np.float64)
    return memory(trace.layer, inputs.mean(axis=0), float(inputs.std()) or 1.0).total


def _exponent(run: Run) -> float:
    return float(lyapunov(run.layers[-1].trace, count=1).exponents[0])


def _top(run: Run) -> KerasLayer:
    """The last recurrent layer, which returns its states if any does."""
    return [layer for layer in keras_layers(_recipe(run)) if layer.spec is not None][-1]


def _recurrent_parameters(run: Run) -> float:
    return _top(run).parameter_count


def _returned(run: Run) -> float:
    return 1 + len(_top(run).state_shapes)


def whole_percent(value: float) -> str:
    """Return a share that may be more than the whole."""
    return f"{100 * value:.0f}%" if value > 1 else percent(value)


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _gates() -> dict[str, NamedMeasure]:
    return {f"gate_{name}": NamedMeasure(_gate(name), three_places) for name in "ifgozr"}


STEP_MEASURES: dict[str, NamedMeasure] = {
    **{f"h{t}": NamedMeasure(_state_at(t), three_places) for t in range(4)},
    **{f"factor{t}": NamedMeasure(_factor_at(t), three_places) for t in range(1, 4)},
    **{f"matrix{t}": NamedMeasure(text=_matrix_at(t)) for t in range(1, 4)},
    "product": NamedMeasure(lambda run: float(product(_bottom(run))[0, 0]), three_places),
    "page_gradient": NamedMeasure(lambda run: float(10 ** gradient_power(run)), three_places),
    "matrix_product": NamedMeasure(text=lambda run: matrix(product(_bottom(run)))),
    "matrix_norm": NamedMeasure(
        lambda run: float(np.linalg.norm(product(_bottom(run)), 2)), three_places
    ),
    **_gates(),
    "gate_sum": NamedMeasure(lambda run: _last_step(run).gates[0].argument, three_places),
    "memory": NamedMeasure(_memory(-1), three_places),
    "memory_before": NamedMeasure(_memory(-2), three_places),
    "state_after": NamedMeasure(lambda run: float(run.layers[0].states[-1, 0]), three_places),
    "state_before": NamedMeasure(lambda run: float(run.layers[0].states[-2, 0]), three_places),
    "recurrent_parameters": NamedMeasure(_recurrent_parameters, _count),
    "padding_gap": NamedMeasure(_padding_gap, whole_percent),
    "padded": NamedMeasure(_padded, _count),
    "cut_states": NamedMeasure(_cut_states, _count),
    "left": NamedMeasure(_left, three_places),
    "begins": NamedMeasure(_begins, three_places),
    "returned": NamedMeasure(_returned, _count),
    "returned_shapes": NamedMeasure(text=lambda run: _top(run).returned),
    "memory_capacity": NamedMeasure(_capacity, lambda value: number(value, 3)),
    "lyapunov": NamedMeasure(_exponent, lambda value: number(value, 2)),
}
"""Measures by name; ``measured.<name>`` in the words says what each is."""

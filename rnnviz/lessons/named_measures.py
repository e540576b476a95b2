"""What a lesson's file may measure on a run and quote in its sentences, by name."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.saturation import saturation
from rnnviz.analysis.twins import twins
from rnnviz.codegen.layers import keras_layers
from rnnviz.engine.run import Run
from rnnviz.lessons.file_measures import FILE_MEASURES
from rnnviz.lessons.measures import gradient_power, saturated_below
from rnnviz.lessons.named_measure import NamedMeasure
from rnnviz.lessons.step_measures import STEP_MEASURES
from rnnviz.lessons.training_measures import TRAINING_MEASURES
from rnnviz.sentences.numbers import number, percent, power
from rnnviz.spec.experiment import Experiment

_VISIBLE = 1e-3
"""A state that is larger than this can be told from 0 in the picture."""


def _share_exact(run: Run) -> float:
    return saturation(run.layers[-1].trace).share_exact


def _share_saturated(run: Run) -> float:
    return saturation(run.layers[-1].trace).share


def _gradient(run: Run) -> float:
    """‖∂h_T/∂h_0‖₂ of the last layer; 0 and ∞ where a double holds no such number."""
    logarithm = gradient_power(run)
    return 10.0**logarithm if logarithm < 308 else math.inf


def _written_gradient(value: float) -> str:
    if math.isinf(value):
        return "∞"
    return power(math.log10(value)) if value > 0 else power(-math.inf)


def _distances(run: Run) -> np.ndarray:
    """Distance of the closest twins at every step, the start first, (timesteps + 1,)."""
    return twins(run.layers[-1].trace).distances[-1]


def _distance_ratio(run: Run) -> float:
    """The last distance over the first; 0 where the twins are equal in the end."""
    distances = _distances(run)
    return float(distances[-1] / distances[0])


def _later_states(run: Run) -> np.ndarray:
    """States after the first step, which starts from zeros; all of them if there is one step."""
    states = run.states
    return states[1:] if len(states) > 1 else states


def _later_sum(run: Run) -> float:
    return float(run.preactivations[1:].mean()) if run.timesteps > 1 else math.nan


def _later_size(run: Run) -> float:
    return float(np.abs(run.states[1:]).max(initial=0.0))


def _later_visible(run: Run) -> float:
    size = np.abs(run.states[1:]).max(axis=1, initial=0.0)
    return float((size > _VISIBLE).sum())


def _recipe(run: Run) -> Experiment:
    if run.experiment is None:
        raise ValueError("a network of a file has no recipe")
    return run.experiment


def _parameters(run: Run) -> float:
    return sum(layer.parameter_count for layer in keras_layers(_recipe(run)))


def _output_shape(run: Run) -> str:
    return str(keras_layers(_recipe(run))[-1].output_shape)


def _two(value: float) -> str:
    return number(value, 2)


def _three_places(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


def _count(value: float) -> str:
    return f"{value:,.0f}"


MEASURES: dict[str, NamedMeasure] = {
    "saturated": NamedMeasure(_share_saturated, percent, below=saturated_below),
    "exact": NamedMeasure(_share_exact, percent),
    "gradient": NamedMeasure(_gradient, _written_gradient, log=True),
    "reach": NamedMeasure(lambda run: gradients(run.layers[-1].trace).reach, _count),
    "distance": NamedMeasure(lambda run: float(_distances(run)[-1]), _two, log=True),
    "distance_ratio": NamedMeasure(_distance_ratio, _two, log=True),
    "first_sum": NamedMeasure(lambda run: float(run.preactivations[0].mean())),
    "later_sum": NamedMeasure(_later_sum),
    "last_state": NamedMeasure(lambda run: float(run.states[-1, 0])),
    "last_size": NamedMeasure(lambda run: float(abs(run.states[-1, 0]))),
    "low": NamedMeasure(lambda run: float(_later_states(run).min())),
    "high": NamedMeasure(lambda run: float(_later_states(run).max())),
    "later_size": NamedMeasure(_later_size),
    "later_visible": NamedMeasure(_later_visible, _count),
    "parameters": NamedMeasure(_parameters, _count),
    "last_parameters": NamedMeasure(
        lambda run: keras_layers(_recipe(run))[-1].parameter_count, _count
    ),
    "output_axes": NamedMeasure(
        lambda run: len(keras_layers(_recipe(run))[-1].output_shape), _count
    ),
    "output_shape": NamedMeasure(text=_output_shape),
    "x1": NamedMeasure(lambda run: float(run.inputs[0][0]), _three_places),
    "x2": NamedMeasure(lambda run: float(run.inputs[0][1]), _three_places),
    "w1": NamedMeasure(lambda run: float(run.layers[0].layer.kernel[0, 0]), _three_places),
    "w2": NamedMeasure(lambda run: float(run.layers[0].layer.kernel[1, 0]), _three_places),
    "u": NamedMeasure(lambda run: float(run.layers[0].layer.recurrent_kernel[0, 0]), _three_places),
    "b": NamedMeasure(lambda run: float(run.layers[0].layer.bias[0]), _three_places),
    "z": NamedMeasure(lambda run: float(run.preactivations[0, 0]), _three_places),
    "h": NamedMeasure(lambda run: float(run.states[0, 0]), _three_places),
    **FILE_MEASURES,
    **STEP_MEASURES,
    **TRAINING_MEASURES,
}
"""Every measure by name. What each one is, in words: ``measured.<name>`` in the lessons' words."""

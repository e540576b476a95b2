"""Order and chaos: twins that start a billionth apart."""

import math

import numpy as np

from rnnviz.analysis.twins import twins
from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.sentences.numbers import number
from rnnviz.spec.experiment import Experiment

_APART = 2.0
"""Twins have parted, or met, when their distance changed by a factor of 100 (log10)."""
_FAR = 10.0


def _distances(run) -> np.ndarray:
    """Distance of the closest twins at every step, the start first, (timesteps + 1,)."""
    return twins(run.layers[-1].trace).distances[-1]


def _ratio(run) -> float:
    """Return the last distance over the first; 0 where the twins are equal in the end."""
    distances = _distances(run)
    return float(distances[-1] / distances[0])


def _way(ratio: float) -> float:
    """Return log10 of a ratio, within ±10."""
    return max(-_FAR, min(_FAR, math.log10(ratio))) if ratio > 0 else -_FAR


def _apart(run):
    ratio = _ratio(run)
    way = _way(ratio)
    return Progress(toward(way, -_FAR, 5.0, met=way > 5.0), {"ratio": number(ratio, 2)})


def _edge(run):
    ratio = _ratio(run)
    growth = abs(_way(ratio))
    way = toward(growth, _FAR, _APART, met=growth < _APART)
    return Progress(way, {"ratio": number(ratio, 2)})


def _parted(run):
    return {"distance": number(float(_distances(run)[-1]), 2)}


LESSON = Lesson(
    name="chaos",
    order=90,
    start=Experiment(
        timesteps=300,
        input_features=1,
        kernel_initializer="lecun_normal",
        recurrent_initializer="lecun_normal",
        bias_initializer="zeros",
        recurrent_gain=0.5,
        signal="impulse",
    ),
    cards=(
        Notice(name="picture"),
        Predict(name="predict", options=("meet", "stay", "part"), answer="part"),
        Do(
            name="chaos",
            knobs=("recurrent_gain",),
            check=_apart,
            solution={"recurrent_gain": 2.0},
        ),
        Notice(name="see", numbers=_parted),
        Do(
            name="edge",
            knobs=("recurrent_gain",),
            changes={"recurrent_gain": 2.0},
            check=_edge,
            solution={"recurrent_gain": 1.0},
        ),
        Why(
            name="why",
            formulas=(
                r"\lVert\delta_t\rVert \approx \lVert\delta_0\rVert\, e^{\lambda t}",
                r"U_{ij}\sim\mathcal N\bigl(0,\,g^2/H\bigr)",
                r"g<1 \Rightarrow \lambda<0, \qquad g>1 \Rightarrow \lambda>0",
            ),
        ),
    ),
)

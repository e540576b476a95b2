"""Order and chaos: twins that start a billionth apart."""

import math

from rnnviz.analysis.twins import twins
from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.spec.experiment import Experiment

_APART = 2.0
"""Twins have parted, or met, when their distance changed by a factor of 100 (log10)."""
_FAR = 10.0


def _growth(run) -> float:
    """Return log10 of the last distance over the first, within ±10."""
    distances = twins(run.layers[-1].trace).distances[-1]
    ratio = distances[-1] / distances[0]
    return max(-_FAR, min(_FAR, math.log10(ratio))) if ratio > 0 else -_FAR


def _shown(growth: float) -> dict[str, str]:
    ratio = 10**growth
    if growth <= -_FAR:
        return {"ratio": "0"}
    return {"ratio": f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"}


def _apart(run):
    growth = _growth(run)
    return Progress(toward(growth, -_FAR, 5.0, met=growth > 5.0), _shown(growth))


def _edge(run):
    growth = _growth(run)
    way = toward(abs(growth), _FAR, _APART, met=abs(growth) < _APART)
    return Progress(way, _shown(growth))


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
        Notice(name="see"),
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

"""The cure is the initialiser: U, then W, then b."""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Why
from rnnviz.lessons.measures import (
    exact_below,
    gradient_above,
    gradient_power,
    saturated_below,
    shown_power,
)
from rnnviz.spec.experiment import Experiment

_FEW = 0.05
_ALIVE = -12.0


def _gradient(run):
    return {"gradient": shown_power(gradient_power(run))}


LESSON = Lesson(
    name="initialisers",
    order=60,
    start=Experiment(),
    cards=(
        Predict(name="predict", options=("w", "u", "both", "b"), answer="both"),
        Do(
            name="recurrent",
            knobs=("recurrent_initializer",),
            check=lambda run: exact_below(run, _FEW),
            solution={"recurrent_initializer": "orthogonal"},
        ),
        Do(
            name="kernel",
            knobs=("kernel_initializer",),
            changes={"recurrent_initializer": "orthogonal"},
            check=lambda run: saturated_below(run, _FEW),
            solution={"kernel_initializer": "glorot_uniform"},
        ),
        Notice(name="see", numbers=_gradient),
        Do(
            name="bias",
            knobs=("bias_initializer",),
            changes={"kernel_initializer": "glorot_uniform"},
            check=lambda run: gradient_above(run, _ALIVE, -16.0),
            solution={"bias_initializer": "zeros"},
        ),
        Why(
            name="why",
            formulas=(
                r"U^{\mathsf T}U = I \;\Rightarrow\; \lVert U v\rVert = \lVert v\rVert",
                r"W_{ij}\sim\mathcal U(-a,a),\quad a=\sqrt{\frac{6}{D+H}}",
            ),
        ),
    ),
)

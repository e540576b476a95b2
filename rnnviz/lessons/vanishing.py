"""Vanishing and exploding gradients: one factor, to the power of the number of steps."""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.lessons.measures import gradient_above, gradient_power, shown_power
from rnnviz.spec.experiment import Experiment

_KEPT = 3.0
_EXPLODED = 6.0
_START = 30.0


def _kept(run):
    power = gradient_power(run)
    away = min(abs(power), 1000.0)
    way = toward(away, _START, _KEPT, met=away < _KEPT)
    return Progress(way, {"gradient": shown_power(power)})


LESSON = Lesson(
    name="vanishing",
    order=70,
    start=Experiment(
        activation="linear",
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        recurrent_gain=0.5,
        signal="impulse",
    ),
    cards=(
        Notice(name="picture"),
        Predict(name="predict", options=("tenth", "thousandths", "tiny"), answer="thousandths"),
        Do(
            name="keep",
            knobs=("recurrent_gain",),
            check=_kept,
            solution={"recurrent_gain": 1.0},
        ),
        Do(
            name="explode",
            knobs=("recurrent_gain",),
            changes={"recurrent_gain": 1.0},
            check=lambda run: gradient_above(run, _EXPLODED, 0.0),
            solution={"recurrent_gain": 1.2},
        ),
        Notice(name="see"),
        Why(
            name="why",
            formulas=(
                r"\Bigl\lVert\frac{\partial h_T}{\partial h_0}\Bigr\rVert_2 = g^{T}",
                r"0.9^{99} \approx 3\cdot 10^{-5}",
                r"1.1^{99} \approx 1.3\cdot 10^{4}",
            ),
        ),
    ),
)

"""The loop: one input at the first step, and what the recurrent weights make of it."""

import numpy as np

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.spec.experiment import Experiment

_VISIBLE = 1e-3


def _forgets_at_once(run):
    size = np.abs(run.states[1:]).max(axis=1)
    visible = int((size > _VISIBLE).sum())
    way = toward(visible, len(size) + 1, 0, met=not size.any())
    return Progress(way, {"count": str(visible)})


LESSON = Lesson(
    name="loop",
    order=20,
    start=Experiment(
        timesteps=40,
        input_features=4,
        units=16,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        signal="impulse",
    ),
    cards=(
        Notice(name="picture", formulas=(r"h_t = \tanh(W x_t + U h_{t-1} + b)",)),
        Predict(name="predict", options=("same", "only_first", "none"), answer="only_first"),
        Do(
            name="task",
            knobs=("recurrent_gain",),
            check=_forgets_at_once,
            solution={"recurrent_gain": 0.0},
        ),
        Notice(name="see"),
        Why(
            name="why",
            formulas=(r"h_2 = \tanh\bigl(W x_2 + U\tanh(W x_1 + U\tanh(W x_0 + b) + b) + b\bigr)",),
        ),
    ),
)

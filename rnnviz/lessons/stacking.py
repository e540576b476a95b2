"""Stacking: four layers as in the lecture, and where their 328,320 parameters come from."""

from rnnviz.codegen.layers import keras_layers
from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.spec.experiment import Experiment

_GOAL = 328_320
_START = 332_448


def _counts(run):
    layers = keras_layers(run.experiment)
    total = sum(layer.parameter_count for layer in layers)
    return {"total": f"{total:,}", "top": f"{layers[-1].parameter_count:,}"}


def _total(run):
    total = sum(layer.parameter_count for layer in keras_layers(run.experiment))
    away = abs(total - _GOAL)
    return Progress(toward(away, _START - _GOAL, 0, met=away == 0), {"total": f"{total:,}"})


LESSON = Lesson(
    name="stacking",
    order=110,
    start=Experiment(
        timesteps=40,
        units=(32, 32, 32, 64),
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        signal="tokens",
    ),
    look={"layer": 3},
    cards=(
        Notice(name="picture", numbers=_counts),
        Predict(name="predict", options=("less", "exact", "more"), answer="exact"),
        Do(name="task", knobs=("units",), check=_total, solution={"units": (32, 32, 32, 32)}),
        Notice(name="see", numbers=_counts),
        Why(
            name="why",
            formulas=(
                r"n\,(m + n + 1) = 32\cdot(32+32+1) = 2080",
                r"10000\cdot 32 + 4\cdot 2080 = 328320",
            ),
        ),
    ),
)

"""return_sequences and shapes: what a layer hands on, three axes or two."""

from rnnviz.codegen.layers import keras_layers
from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why
from rnnviz.spec.experiment import Experiment


def _shape(run):
    return {"shape": str(keras_layers(run.experiment)[-1].output_shape)}


def _hands_on_the_last(run):
    return Progress(float(not run.experiment.layers[-1].return_sequences), _shape(run))


def _hands_on_all(run):
    return Progress(float(run.experiment.layers[-1].return_sequences), _shape(run))


LESSON = Lesson(
    name="shapes",
    order=100,
    start=Experiment(
        timesteps=40,
        units=32,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        signal="tokens",
    ),
    cards=(
        Notice(name="picture", numbers=_shape),
        Predict(
            name="predict", options=("same", "batch_units", "batch_steps"), answer="batch_units"
        ),
        Do(
            name="last",
            knobs=("return_sequences",),
            check=_hands_on_the_last,
            solution={"return_sequences": False},
        ),
        Notice(name="see", numbers=_shape),
        Do(
            name="all",
            knobs=("return_sequences",),
            changes={"return_sequences": False},
            check=_hands_on_all,
            solution={"return_sequences": True},
        ),
        Why(
            name="why",
            formulas=(
                r"\underbrace{(h_0, h_1, \dots, h_{T-1})}_{\texttt{(batch, timesteps, units)}}",
                r"\underbrace{h_{T-1}}_{\texttt{(batch, units)}}",
            ),
        ),
    ),
)

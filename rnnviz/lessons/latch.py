"""A memory of one unit: from which gain on does a pulse stay for ever?"""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.sentences.numbers import number
from rnnviz.spec.experiment import Experiment

_STAYS = 0.8


def _last(run):
    last = float(abs(run.states[-1, 0]))
    return Progress(toward(last, 0.0, _STAYS, met=last > _STAYS), {"last": number(last)})


def _numbers(run):
    return {"last": number(float(run.states[-1, 0]))}


LESSON = Lesson(
    name="latch",
    order=80,
    start=Experiment(
        units=1,
        input_features=1,
        kernel_initializer="ones",
        recurrent_initializer="ones",
        bias_initializer="zeros",
        recurrent_gain=0.5,
        signal="impulse",
    ),
    cards=(
        Notice(name="picture"),
        Predict(name="predict", options=("gone", "half", "stays"), answer="gone"),
        Do(
            name="task",
            knobs=("recurrent_gain",),
            check=_last,
            solution={"recurrent_gain": 1.5},
        ),
        Notice(name="see", numbers=_numbers),
        Why(
            name="why",
            formulas=(
                r"h^{*} = \tanh(w\,h^{*})",
                r"w \le 1:\; h^{*}=0",
                r"w = 1.5:\; h^{*} = 0,\ \pm 0.8586",
            ),
        ),
    ),
)

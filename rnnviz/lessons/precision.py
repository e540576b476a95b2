"""Exactly 1.0 is a matter of digits: the same network in two number formats."""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Why
from rnnviz.lessons.measures import exact_below, saturated_below
from rnnviz.spec.experiment import Experiment

_GOAL = 0.05


def _shares(run):
    exact, saturated = exact_below(run, _GOAL).numbers, saturated_below(run, _GOAL).numbers
    return {"exact": exact["share"], "saturated": saturated["share"]}


LESSON = Lesson(
    name="precision",
    order=40,
    start=Experiment(units=12, dtype="float32"),
    cards=(
        Notice(name="picture", numbers=_shares),
        Predict(name="predict", options=("same", "half", "few"), answer="few"),
        Do(
            name="task",
            knobs=("dtype",),
            check=lambda run: exact_below(run, _GOAL),
            solution={"dtype": "float64"},
        ),
        Notice(name="see", numbers=_shares),
        Why(
            name="why",
            formulas=(
                r"1-\tanh(z) = \frac{2}{e^{2z}+1} \approx 2e^{-2z}",
                r"2e^{-2z} < 2^{-54} \;\Rightarrow\; z > 19.1",
                r"2e^{-2z} < 2^{-25} \;\Rightarrow\; z > 9.01",
            ),
        ),
    ),
)

"""Why is everything 1.0? Because 64 + 32 positive numbers are added at every step."""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Why
from rnnviz.lessons.measures import exact_below, saturated_below
from rnnviz.sentences.numbers import number
from rnnviz.spec.experiment import Experiment

_GOAL = 0.5


def _mean_sum(run):
    z = run.preactivations
    return {"first": number(float(z[0].mean())), "later": number(float(z[1:].mean()))}


def _left(run):
    return {**_mean_sum(run), "saturated": saturated_below(run, _GOAL).numbers["share"]}


LESSON = Lesson(
    name="all_ones",
    order=30,
    start=Experiment(),
    cards=(
        Notice(name="picture", numbers=_mean_sum),
        Predict(name="predict", options=("many", "some", "never"), answer="some"),
        Do(
            name="task",
            knobs=("units",),
            check=lambda run: exact_below(run, _GOAL),
            solution={"units": 16},
        ),
        Notice(name="see", numbers=_left),
        Why(
            name="why",
            formulas=(
                r"\bar z \approx \frac{D}{4} + \frac{H}{2}\,\bar h + \frac12",
                r"\frac{32}{4} + \frac{64}{2}\cdot 1 + \frac12 = 40.5",
            ),
        ),
    ),
)

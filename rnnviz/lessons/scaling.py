"""Does scaling cure it? It ends the saturation and leaves the gradient dead."""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Why
from rnnviz.lessons.measures import (
    gradient_above,
    gradient_power,
    saturated_below,
    shown_power,
)
from rnnviz.sentences.numbers import number
from rnnviz.spec.experiment import Experiment

_UNSATURATED = 0.05
_BEST = -30.0


def _gradient(run):
    return {"gradient": shown_power(gradient_power(run))}


def _range(run):
    """Least and greatest state after the first step, which starts from zeros."""
    states = run.states[1:] if run.timesteps > 1 else run.states
    return {"low": number(float(states.min())), "high": number(float(states.max()))}


LESSON = Lesson(
    name="scaling",
    order=50,
    start=Experiment(),
    cards=(
        Predict(name="predict_tenth", options=("none", "half", "nearly_all"), answer="nearly_all"),
        Do(
            name="unsaturate",
            knobs=("weight_scale",),
            check=lambda run: saturated_below(run, _UNSATURATED),
            solution={"weight_scale": 0.0501},
        ),
        Notice(name="unsaturated", numbers=_range),
        Predict(name="predict_memory", options=("one", "thousandth", "nothing"), answer="nothing"),
        Do(
            name="best",
            knobs=("weight_scale",),
            changes={"weight_scale": 0.0501},
            check=lambda run: gradient_above(run, _BEST, -88.0),
            solution={"weight_scale": 0.02},
        ),
        Notice(name="dead", numbers=_gradient),
        Why(
            name="why",
            formulas=(
                r"\rho(sU) = s\,\rho(U) \approx s\,\frac{H}{2}",
                r"|\lambda_{2\,\dots\,H}(sU)| \lesssim s\sqrt{\frac{H}{12}}",
                r"\frac{\partial h_T}{\partial h_0} = \prod_{t=1}^{T}"
                r" \operatorname{diag}(1-h_t^2)\,U",
            ),
        ),
    ),
)

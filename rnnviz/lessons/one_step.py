"""One step by hand: a single unit, a single timestep, every number written out."""

from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.sentences.numbers import number
from rnnviz.spec.experiment import Experiment

_SMALL = 0.6


def _terms(run):
    layer, inputs = run.layers[0].layer, run.inputs[0]
    names = {"x1": inputs[0], "x2": inputs[1]}
    names |= {"w1": layer.kernel[0, 0], "w2": layer.kernel[1, 0], "b": layer.bias[0]}
    names |= {"z": run.preactivations[0, 0], "h": run.states[0, 0]}
    return {name: f"{value:.3f}" for name, value in names.items()}


def _smaller_sum(run):
    z, h = float(run.preactivations[0, 0]), float(run.states[0, 0])
    return Progress(toward(z, 1.185, _SMALL, met=z < _SMALL), {"z": number(z), "h": number(h)})


LESSON = Lesson(
    name="one_step",
    order=10,
    start=Experiment(timesteps=1, input_features=2, units=1),
    cards=(
        Notice(name="sum", numbers=_terms, formulas=(r"z = W x_0 + b, \qquad h_0 = \tanh(z)",)),
        Predict(name="predict", options=("half", "more", "less"), answer="more"),
        Do(
            name="task",
            knobs=("weight_scale",),
            check=_smaller_sum,
            solution={"weight_scale": 0.501},
        ),
        Notice(name="see", numbers=_terms),
        Why(
            name="why",
            formulas=(
                r"\tanh(z) = \frac{e^{z}-e^{-z}}{e^{z}+e^{-z}}",
                r"\frac{d\tanh(z)}{dz} = 1-\tanh^2(z) \le 1",
            ),
        ),
    ),
)

"""What gates change: a road through time that loud inputs do not close."""

from rnnviz.analysis.gradients import gradients
from rnnviz.lessons.lesson import Do, Lesson, Notice, Predict, Progress, Why, toward
from rnnviz.spec.experiment import Experiment

_FAR = 20
_START = 9


def _reach(run) -> int:
    return gradients(run.layers[-1].trace).reach


def _numbers(run):
    return {"reach": str(_reach(run))}


def _reaches(run):
    reach = _reach(run)
    return Progress(toward(reach, _START, _FAR), {"reach": str(reach)})


LESSON = Lesson(
    name="gates",
    order=120,
    start=Experiment(
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        signal="normal",
        signal_amplitude=3.0,
    ),
    cards=(
        Notice(name="picture", numbers=_numbers),
        Predict(name="predict", options=("same", "further", "all"), answer="further"),
        Do(name="cell", knobs=("cell",), check=_reaches, solution={"cell": "LSTM"}),
        Notice(name="see", numbers=_numbers),
        Predict(name="predict_bias", options=("further", "same", "shorter"), answer="shorter"),
        Do(
            name="bias",
            knobs=("unit_forget_bias",),
            changes={"cell": "LSTM", "unit_forget_bias": False},
            check=_reaches,
            solution={"unit_forget_bias": True},
        ),
        Notice(name="see_bias"),
        Why(
            name="why",
            formulas=(
                r"c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t",
                r"h_t = o_t \odot \tanh(c_t)",
                r"\frac{\partial c_t}{\partial c_{t-1}} \approx f_t",
                r"\sigma(0) = 0.5, \quad \sigma(1) \approx 0.73",
            ),
        ),
    ),
)

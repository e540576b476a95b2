"""What is suggested helps: the diagnosis afterwards is no worse, and step by step it is good."""

import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.sentences.advice import KERAS_WEIGHTS, advise
from tests.analysis.test_diagnosis import TABLE

BADNESS = {
    "diverged": 6, "dead": 6, "saturated": 5, "growing": 4, "chaotic": 3, "expanding": 3,
    "contracting": 2, "linear": 2, "brief": 1, "edge": 0,
}  # fmt: skip


def diagnosis_of(experiment):
    trace = simulate(experiment).layers[-1].trace
    return diagnose(trace, saturation(trace))


@pytest.mark.parametrize(("name", "settings", "kind"), TABLE, ids=[row[0] for row in TABLE])
def test_one_suggestion_is_no_step_back(name, settings, kind):
    experiment = Experiment(**settings)
    before = diagnosis_of(experiment)
    advice = advise(experiment, 0, before)
    if kind == "edge":
        assert advice is None or advice.key == "longer"
        return
    changed = experiment.replace(**advice.changes)
    assert changed != experiment
    after = diagnosis_of(changed)
    if kind == "brief":
        assert changed.timesteps == 100
        return
    assert BADNESS[after.kind] <= BADNESS[kind]
    if after.kind == kind:
        assert abs(after.rate) < abs(before.rate) or abs(after.gradient) < abs(before.gradient)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"dtype": "float32"},
        {"weight_scale": 0.03},
        {"weight_scale": 0.0},
        {"activation": "linear", "timesteps": 300},
        {"activation": "relu"},
        {"units": 16, "seed": 5},
        {**KERAS_WEIGHTS, "weight_scale": 8.0},
        {**KERAS_WEIGHTS, "weight_scale": 0.05},
        {**KERAS_WEIGHTS, "signal": "zeros"},
    ],
)
def test_following_it_leads_to_the_edge(settings):
    experiment = Experiment(**settings)
    for _ in range(12):
        found = diagnosis_of(experiment)
        if found.kind == "edge":
            return
        experiment = experiment.replace(**advise(experiment, 0, found).changes)
    pytest.fail(f"still {found.kind} with {experiment.to_query()}")


def test_the_lecture_is_told_the_cure():
    experiment = Experiment()
    advice = advise(experiment, 0, diagnosis_of(experiment))
    assert advice.key == "keras"
    assert advice.changes["recurrent_initializer"] == "orthogonal"


def test_scaling_is_not_sold_as_a_cure_for_the_lecture():
    for scale in (0.001, 0.02, 0.03, 0.1, 1.0, 10.0):
        experiment = Experiment(weight_scale=scale)
        assert advise(experiment, 0, diagnosis_of(experiment)).key == "keras"


def test_where_all_is_well_nothing_is_suggested():
    experiment = Experiment(**KERAS_WEIGHTS | {"weight_scale": 1.6}, timesteps=1000)
    assert advise(experiment, 0, diagnosis_of(experiment)) is None
    text = Experiment(
        **KERAS_WEIGHTS | {"weight_scale": 1.0}, signal="text", embeddings_initializer="zeros",
        activation="linear",
    )  # fmt: skip
    found = diagnosis_of(Experiment(**KERAS_WEIGHTS, activation="linear"))
    assert found.kind == "edge"
    assert advise(text, 0, found) is None

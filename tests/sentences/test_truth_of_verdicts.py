"""No false verdict: each is read back and recomputed from the arrays, in both languages."""

import os

import numpy as np
import pytest

from rnnviz import simulate
from rnnviz.analysis.bifurcation import bifurcation
from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.memory import memory
from rnnviz.analysis.spectrum import spectrum
from rnnviz.analysis.trajectory import projection
from rnnviz.analysis.twins import twins
from rnnviz.engine import CELLS
from rnnviz.i18n import LANGUAGES, words
from rnnviz.sentences import verdicts
from rnnviz.sentences.verdicts import sentence
from rnnviz.views import trajectory_3d
from tests.sentences.random_runs import random_run
from tests.sentences.truth_of_verdicts import CLAIMS, check_verdict

COUNT = int(os.environ.get("RNNVIZ_SENTENCES", "100"))
PART = 50

ANALYSES = {
    "spectrum": lambda trace: spectrum(trace, trace.timesteps - 1),
    "gradients": gradients,
    "twins": twins,
    "trajectory": lambda trace: projection(trace.states),
    "trajectory_3d": lambda trace: projection(trace.states),
    "lyapunov": lyapunov,
    "memory": lambda trace: memory(trace.layer),
    "bifurcation": lambda trace: bifurcation(trace.layer, np.geomspace(0.01, 10, 16)),
}
SLOW = {"memory": 10, "bifurcation": 10, "lyapunov": 2}
"""By how much fewer of them are drawn."""
WHOLE = ("gradients", "lyapunov")
"""Recomputed from the whole product: of few units, of which every direction is followed."""


def checked(seed, topic, **fixed):
    """Check one experiment's verdict in both languages; returns its key."""
    fixed = {"cell": list(CELLS)[seed // 3 % len(CELLS)]} | fixed if seed % 3 == 0 else fixed
    experiment = random_run(seed, **fixed)
    if topic in WHOLE:
        experiment = experiment.replace(units=min(32, experiment.layers[0].units))
    with np.errstate(all="ignore"):
        trace = simulate(experiment).layers[0].trace
        result = ANALYSES[topic](trace)
    said = result.verdict
    if topic == "trajectory_3d":
        said = trajectory_3d.verdict_in_space(result)
        topic = said.key.split(".")[1]
    for language in LANGUAGES:
        key = check_verdict(sentence(said, words(language)), trace, result, language, topic)
    return key


@pytest.mark.parametrize("first", range(0, COUNT, PART))
@pytest.mark.parametrize("topic", ANALYSES)
def test_verdicts_of_random_experiments_are_true(topic, first):
    for seed in range(first, min(COUNT, first + PART), SLOW.get(topic, 1)):
        checked(seed, topic)


@pytest.mark.parametrize("topic", ["spectrum", "gradients", "lyapunov"])
def test_verdicts_on_kinks_are_true(topic):
    """relu after an impulse: where a sum is exactly 0, the slope depends on the side."""
    fixed = {"cell": "SimpleRNN", "activation": "relu", "signal": "impulse"}
    fixed |= {"bias_initializer": "zeros", "recurrent_initializer": "orthogonal"}
    assert f"verdict.{topic}.kink" in {checked(seed, topic, **fixed) for seed in range(20)}


def test_every_verdict_of_these_analyses_has_its_claims():
    said = {key for key in words("en").sentences if key.startswith("verdict.")}
    known = {key for key in said if key.split(".")[1] in ANALYSES}
    assert known <= CLAIMS.keys()


def complaint(topic, seeds=range(150), **fixed):
    for seed in seeds:
        try:
            checked(seed, topic, **fixed)
        except AssertionError as error:
            return str(error) or "not so"
    return None


def test_it_finds_an_eigenvalue_that_is_written_on_the_wrong_side_of_the_circle(monkeypatch):
    """ "every eigenvalue inside the unit circle (largest 1)"."""
    monkeypatch.setattr(verdicts, "_BESIDE_ONE", ())
    fixed = {"recurrent_initializer": "identity", "kernel_initializer": "zeros",
             "bias_initializer": "zeros", "cell": "SimpleRNN", "activation": "linear",
             "recurrent_gain": 1.0}  # fmt: skip
    assert complaint("spectrum", range(3), **fixed, weight_scale=1.0) is None
    assert complaint("spectrum", range(3), **fixed, weight_scale=1.004)


def test_it_finds_two_directions_where_three_are_shown(monkeypatch):
    """ "Path in 3-D" spoke of two."""

    def of_two(result):
        said = verdict_in_space(result)
        if "share" not in said.values:
            return said
        share = 100 * float(result.explained[:2].sum())
        return type(said)(said.key, {**said.values, "share": share})

    verdict_in_space = trajectory_3d.verdict_in_space
    monkeypatch.setattr(trajectory_3d, "verdict_in_space", of_two)
    assert complaint("trajectory_3d")


def test_it_finds_a_share_that_is_rounded_to_all(monkeypatch):
    monkeypatch.setattr(verdicts, "percent", lambda share: f"{100 * share:.3g}%")
    assert complaint("trajectory")

"""No false sentence about fixed points, of any cell, in both languages."""

import os

import numpy as np
import pytest

from rnnviz import simulate
from rnnviz.analysis import fixed_points_result as results
from rnnviz.analysis import found_points, root_finding
from rnnviz.analysis.registry import analyse
from rnnviz.analysis.richness import Richness
from rnnviz.engine import CELLS
from rnnviz.i18n import LANGUAGES, words
from rnnviz.sentences.verdicts import sentence
from tests.sentences.random_runs import random_run
from tests.sentences.truth_of_fixed_points import CLAIMS, check_fixed_points

COUNT = int(os.environ.get("RNNVIZ_SENTENCES", "60")) // 5
PART = 25


def checked(seed, **fixed):
    """Check one experiment's sentences in both languages; returns their keys."""
    experiment = random_run(seed, **fixed)
    if "cell" not in fixed:
        experiment = random_run(seed, cell=list(CELLS)[seed % len(CELLS)])
    if experiment.layers[0].units > 8:
        experiment = experiment.replace(units=8)
    with np.errstate(all="ignore"):
        run = simulate(experiment)
        result = analyse(run, "fixed_points")
    layer = run.layers[0].trace.layer
    for language in LANGUAGES:
        said = sentence(result.verdict, words(language))
        keys = check_fixed_points(said, layer, result, language)
    return keys


@pytest.mark.parametrize("first", range(0, COUNT, PART))
def test_what_is_said_of_the_fixed_points_of_random_experiments_is_true(first):
    for seed in range(first, min(COUNT, first + PART)):
        checked(seed)


@pytest.mark.parametrize("seed", [22, 151, 256, 266, 437, 562, 995])
def test_what_was_false_once_is_true(seed):
    """Curvature that passed for a kink, gates nearly closed for a continuum, a kink for stable."""
    checked(seed)


KINKED = {"cell": "SimpleRNN", "activation": "relu", "recurrent_initializer": "identity",
          "recurrent_gain": 2.0, "bias_initializer": "zeros", "signal": "zeros",
          "weight_scale": 1.0, "units": 4}  # fmt: skip
KEPT = KINKED | {"activation": "linear", "recurrent_gain": 1.0}
SHUT = {"cell": "GRU", "kernel_initializer": "numpy_random", "bias_initializer": "numpy_random",
        "recurrent_initializer": "numpy_random", "weight_scale": 1.0, "signal": "uniform",
        "units": 16, "recurrent_gain": 4.0}  # fmt: skip
LATCHES = KINKED | {"activation": "tanh", "units": 2}


@pytest.mark.parametrize(
    ("fixed", "key"),
    [(KINKED, "kink"), (KEPT, "continuum"), (SHUT, "continuum"), (LATCHES, "many_stable")],
    ids=["kink", "identity", "GRU", "latches"],
)
def test_the_degenerate_ones_are_true_as_well(fixed, key):
    for seed in range(3):
        assert checked(seed, **fixed)[0].startswith(f"verdict.fixed_points.{key}")


def test_every_sentence_has_its_claims():
    said = {key for key in words("en").sentences if key.startswith("verdict.fixed_points.")}
    assert said == CLAIMS.keys()


# The old faults, put back one by one: the check must complain of each.


def complaint(seeds=range(3), **fixed):
    for seed in seeds:
        try:
            checked(seed, **fixed)
        except AssertionError as error:
            return str(error) or "not so"
    return None


def test_it_finds_a_kink_that_is_called_stable(monkeypatch):
    """ "One stable fixed point" of h ↦ relu(2h)."""
    monkeypatch.setattr(found_points, "on_a_kink", lambda *_: np.zeros(10_000, bool)[: len(_[2])])
    assert complaint(**KINKED)


def test_it_finds_a_continuum_that_is_counted(monkeypatch):
    """ "62 neutral fixed points", as many as there were starts."""
    monkeypatch.setattr(found_points, "local_dimension", lambda *_: 0)
    assert complaint(**KEPT)


def test_it_finds_points_out_of_reach(monkeypatch):
    """|h| up to 5.2 in a GRU."""
    monkeypatch.setattr(root_finding._Search, "_inside", lambda self, states: states)
    assert complaint(**SHUT)


def test_it_finds_an_estimate_that_is_not_the_one_of_the_counts(monkeypatch):
    monkeypatch.setattr(Richness, "settled", property(lambda self: self.seen > 0))
    assert complaint(range(6), **LATCHES | {"units": 6})


def test_it_finds_unstable_points_called_stable(monkeypatch):
    """Signs of slopes lost: every point attracts."""
    monkeypatch.setattr(results, "_NEUTRAL", 100.0)
    assert complaint(**LATCHES)

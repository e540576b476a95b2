"""No false sentence: random experiments, both languages, each sentence read back and recomputed.

The default is a few hundred experiments; ``RNNVIZ_SENTENCES=5000 pytest tests/sentences`` draws as
many as it says.
"""

import os
from collections import Counter

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis import diagnosis as diagnoses
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.engine import CELLS
from rnnviz.i18n import LANGUAGES, words
from rnnviz.lessons.lesson import measured_at_once
from rnnviz.lessons.registry import lessons
from rnnviz.sentences import reading as readings
from rnnviz.sentences.reading import read
from tests.sentences.random_runs import random_run
from tests.sentences.truth import CLAIMS, check_reading

COUNT = int(os.environ.get("RNNVIZ_SENTENCES", "400"))
PART = 50


def drawn(seed, **fixed):
    """A random run; every third one of another cell than the usual."""
    if seed % 3 == 0:
        fixed = {"cell": list(CELLS)[seed // 3 % len(CELLS)]} | fixed
    return random_run(seed, **fixed)


def traces(seeds, **fixed):
    for seed in seeds:
        with np.errstate(all="ignore"):
            yield simulate(drawn(seed, **fixed)).layers[0].trace


def said_of(trace, language):
    result = saturation(trace)
    return read(trace, result, diagnose(trace, result), words(language))


SEEN = Counter()


@pytest.mark.parametrize("first", range(0, COUNT, PART))
def test_the_reading_of_random_experiments_is_true(first):
    for trace in traces(range(first, min(COUNT, first + PART))):
        for language in LANGUAGES:
            SEEN.update(check_reading(said_of(trace, language), trace, language))


SEQUENCES = {"sequences": 3, "timesteps": 1, "stateful": True, "weight_scale": 0.1}
SILENT = {"cell": "MinGRU", "signal": "zeros", "bias_initializer": "zeros", "units": 4}


@pytest.mark.parametrize(
    ("settings", "headline", "meaning"),
    [
        (SEQUENCES, "brief_carried", "brief"),
        (SEQUENCES | {"units": 1}, "brief_one_carried", "brief"),
        (SEQUENCES | {"stateful": False}, "brief", "brief"),
        (SEQUENCES | {"cell": "MinGRU"}, "brief_carried", "brief"),
        (SILENT, "zero", "dead_without_kernel"),
        (SILENT | {"cell": "GRU"}, "zero", "dead_left"),
        (SILENT | {"timesteps": 1}, "zero", "brief"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_carried_and_a_cell_without_u_are_told(settings, headline, meaning, language):
    """ "Nothing has come back yet" stood above a state that another sequence had left."""
    run = simulate(Experiment(**({"input_features": 2, "units": 3} | settings)))
    trace = run.trial(run.trials - 1).layers[0].trace
    found = check_reading(said_of(trace, language), trace, language)
    assert found == (f"reading.{headline}", f"meaning.{meaning}")
    SEEN.update(found)


def test_every_sentence_of_the_reading_has_its_claims_checked():
    keys = {key for key in words("en").sentences if key.split(".")[0] in ("reading", "meaning")}
    assert keys - {"meaning.kink", "meaning.masked"} == CLAIMS.keys()


def test_random_experiments_reach_nearly_every_sentence():
    for trace in traces(range(200)):
        SEEN.update(check_reading(said_of(trace, "en"), trace, "en"))
    assert len(CLAIMS.keys() - SEEN.keys()) <= 3, CLAIMS.keys() - SEEN.keys()


STILL = [name for name, lesson in lessons().items() if isinstance(lesson.start, Experiment)]
"""Lessons that show a run; a training has no reading."""


@pytest.mark.parametrize("name", STILL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reading_of_every_card_is_true(name, language):
    lesson = lessons()[name]
    for index in range(len(lesson.cards)):
        run = measured_at_once(lesson.experiment_at(index))
        for layer in run.trial(min(1, run.trials - 1)).layers:
            check_reading(said_of(layer.trace, language), layer.trace, language)


# The old faults, put back one by one: the check must complain of each.


def complaint(seeds=range(300), language="en", **fixed):
    """The first thing that the check has to say about experiments, None if all is true."""
    for trace in traces(seeds, **fixed):
        try:
            check_reading(said_of(trace, language), trace, language)
        except AssertionError as error:
            return str(error) or "not so"
    return None


def test_it_finds_the_mean_slope_where_the_worst_is_claimed(monkeypatch):
    """Almost linear: states between −0.95 and 0.96, where tanh is as good as a straight line."""

    def mean_slope(part):
        slopes = diagnoses.slope(part)
        return float(slopes.mean() / slopes.max()) if slopes.max() > 0 else float("nan")

    monkeypatch.setattr(diagnoses, "_straightness", mean_slope)
    assert complaint(cell="SimpleRNN")


def test_it_finds_the_range_of_other_steps_than_were_tested(monkeypatch):
    """The range of the whole run beside slopes of its last steps."""
    whole = lambda trace, found: {  # noqa: E731
        **_VALUES(trace, found),
        "low": readings.number(float(trace.states.min())),
        "high": readings.number(float(trace.states.max())),
    }
    monkeypatch.setattr(readings, "_values", whole)
    assert complaint(cell="SimpleRNN")


_VALUES = readings._values


def test_it_finds_a_range_of_one_value(monkeypatch):
    """ "between 0.8291 and 0.8291"."""
    headline = readings._headline
    monkeypatch.setattr(
        readings,
        "_headline",
        lambda trace, result, found: (
            ("brief", {}) if found.kind == "brief" else headline(trace, result, found)
        ),
    )
    assert complaint(timesteps=1, units=1)


def test_it_finds_a_gradient_that_vanishes_without_having_vanished(monkeypatch):
    """Every finite gradient of a saturated run was said to vanish."""
    meaning = readings._meaning

    def old(trace, result, found):
        finite = found.kind == "saturated" and found.steps and np.isfinite(found.gradient)
        return "vanishing" if finite else meaning(trace, result, found)

    monkeypatch.setattr(readings, "_meaning", old)
    assert complaint()


def test_it_finds_that_zeros_were_said_to_send_nothing_back(monkeypatch):
    """tanh at 0 has the slope 1: of a silent network the gradient is that of U."""
    meaning = readings._meaning
    monkeypatch.setattr(
        readings,
        "_meaning",
        lambda trace, result, found: (
            "dead_zero" if found.kind == "dead" and found.steps else meaning(trace, result, found)
        ),
    )
    assert complaint(signal="zeros", bias_initializer="zeros")


def test_it_finds_chaos_that_was_told_from_a_few_steps(monkeypatch):
    monkeypatch.setattr(diagnoses, "LONG_ENOUGH", 1)
    assert complaint(timesteps=5, activation="tanh")


def test_it_finds_the_wrong_ends(monkeypatch):
    """Units of a sigmoid at both of its ends were said to be ±1."""
    saturated = readings._saturated

    def old(trace, result):
        key, values = saturated(trace, result)
        return key, values | ({"low": "−1", "high": "1"} if "low" in values else {})

    monkeypatch.setattr(readings, "_saturated", old)
    assert complaint(activation="sigmoid")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_finds_numbers_that_are_written_another_way(monkeypatch, language):
    """ "Gradient left 2.7e+02"."""
    monkeypatch.setattr(
        readings, "power", lambda log: f"{10**log:.2g}" if abs(log) < 300 else "10⁻³⁷"
    )
    assert complaint(language=language)


def test_it_finds_a_share_that_is_rounded_to_all(monkeypatch):
    monkeypatch.setattr(readings, "percent", lambda share: f"{share:.0%}")
    assert complaint()


def test_it_finds_an_edge_that_is_none(monkeypatch):
    monkeypatch.setattr(diagnoses, "EDGE", 0.3)
    assert complaint()


def test_it_finds_an_overflow_at_another_step(monkeypatch):
    monkeypatch.setattr(readings, "moment", lambda t: {"step": t, "timestep": t})
    assert complaint()


def test_it_finds_states_of_leaky_units_beside_slopes_of_their_activation(monkeypatch):
    """ "The states lie between 0.26 and 0.5, where the slopes differ by less than 1%"."""
    headline = readings._headline

    def old(trace, result, found):
        if found.kind == "linear" and not trace.layer.state_is_activation:
            return "linear", {"bend": readings.percent(1 - found.straightness)}
        return headline(trace, result, found)

    monkeypatch.setattr(readings, "_headline", old)
    assert complaint(range(150), cell="LeakyRNN")

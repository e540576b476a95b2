"""Stated errors hold the truth, and none is stated that is not looked at.

All 200 seeds with ``RNNVIZ_WHOLE_PROOFS=1`` or ``python -m tests.benchmarks.bands``, which prints
the shares; by default a few seeds of what is quick.
"""

import os
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz.analysis.band import LEAST, mean_along_a_run, student
from rnnviz.i18n import words
from tests.analysis import bands
from tests.analysis.bands import BANDS

WHOLE = bool(os.environ.get("RNNVIZ_WHOLE_PROOFS"))
QUICK = (
    *("exponent, chaos, 100 steps", "exponent, driven, 100 steps", "rate of twins, chaos"),
    *("mean exponent of 4 seeds", "mean radius of 2 seeds", "gradient between its ends"),
)


@pytest.mark.parametrize("name", BANDS if WHOLE else QUICK)
def test_the_band_holds_the_truth(name, monkeypatch):
    if not WHOLE:
        monkeypatch.setattr(bands, "LONG", 4000)
    share = BANDS[name].held(200 if WHOLE else 12).mean()
    low, high = (0.99, 1.0) if BANDS[name].bound else (0.9, 0.99)
    assert (low if WHOLE else low - 0.25) <= share <= (high if WHOLE else 1.0)


NAMES = ("band", "error", "upper", "uncertainty")
OTHERWISE = {
    "FixedPoints.uncertainty",  # the last Newton step, held in test_trained_points
    "Gradients.input_upper",  # as Gradients.upper, of the same products
    "BackwardNorms.upper",
    "BackwardNorms.input_upper",
    "SweepResult.error",  # the standard error of which SweepResult.band is a multiple
    "StoredMap.error",
    "StoredMap.band",  # as SweepResult.band, of sums that are kept
}


def test_no_band_is_missing():
    """Every result's field, property or method of such a name is among those looked at."""
    shown = {one.shown for one in BANDS.values()} | OTHERWISE
    package = Path(rnnviz.__file__).parent
    for room in ("analysis", "sweeps", "moments", "learn"):
        for path in (package / room).glob("*.py"):
            module = import_module(f"rnnviz.{room}.{path.stem}")
            for kind in vars(module).values():
                if not (isinstance(kind, type) and is_dataclass(kind)):
                    continue
                known = {one.name for one in fields(kind)} | set(vars(kind))
                for name in known:
                    if name in NAMES or name.endswith(tuple(f"_{one}" for one in NAMES)):
                        assert f"{kind.__name__}.{name}" in shown, f"{kind.__name__}.{name}"


def test_every_plus_minus_in_the_words_is_one_of_them():
    """A sentence with ± speaks of an exponent, a memory capacity or a rate."""
    topics = ("verdict.lyapunov.", "verdict.memory.", "dynamics.fitted")
    for key, text in words("en").sentences.items():
        if "} ± {" in text:
            assert key.startswith(topics), key


TABLE = [(1, 12.7062), (4, 2.7764), (7, 2.3646), (20, 2.0860), (25, 2.0595), (60, 2.0003)]


@pytest.mark.parametrize(("freedom", "known"), [*TABLE, (500, 1.9647)])
def test_students_quantiles(freedom, known):
    """As in any table of them."""
    assert student(freedom) == pytest.approx(known, abs=6e-4)
    assert np.isnan(student(0))


def test_independent_numbers_are_held_as_often_as_is_said():
    random = np.random.default_rng(0)
    for steps in (20, 90, 400):
        mean, half = mean_along_a_run(random.normal(size=(steps, 2000)))
        assert 0.93 <= (np.abs(mean) <= half).mean() <= 0.99


def test_numbers_that_are_alike_and_those_that_have_not_settled():
    random = np.random.default_rng(1)
    noise = random.normal(size=(400, 500))
    for step in range(1, 400):
        noise[step] += 0.8 * noise[step - 1]
    mean, half = mean_along_a_run(noise)
    assert (np.abs(mean) <= half).mean() >= 0.88
    settling = 5 * np.exp(-np.arange(100) / 30)[:, None] + 0.1 * random.normal(size=(100, 500))
    mean, half = mean_along_a_run(settling)
    assert (np.abs(mean) <= half).mean() >= 0.9


def test_what_is_lost_is_sure_and_what_is_short_is_not():
    mean, half = mean_along_a_run(np.array([[-np.inf, 1.0]] * 30))
    assert mean.tolist() == [-np.inf, 1.0]
    assert half.tolist() == [0.0, 0.0]
    assert np.isinf(mean_along_a_run(np.ones((LEAST - 1, 1)))[1]).all()

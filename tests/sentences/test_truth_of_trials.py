"""No false sentence about many trials, and none about what units follow or what a sweep found."""

import numpy as np
import pytest

from rnnviz import Experiment, Inputs, Layer, Network, Sweep, run, sweep
from rnnviz.analysis import trials as analysis
from rnnviz.analysis.trials import Trials, trials
from rnnviz.engine import CELLS
from rnnviz.i18n import LANGUAGES, words
from rnnviz.moments.explain import BLOCKS, explain_units
from rnnviz.sentences.units import followed
from rnnviz.sentences.verdicts import sentence
from rnnviz.views._plot import atlas
from rnnviz.views._plot.style import Style
from tests.learn.networks import random_cell
from tests.moments.networks import class_network, text_of, tokens
from tests.sentences.reading_numbers import NUMBER
from tests.sentences.templates import understood
from tests.sentences.truth import is_about, is_share, whole


def several(seed):
    """A random network's trials: of any cell, of several lengths, with labels or without."""
    random = np.random.default_rng(seed)
    units, count = int(random.integers(1, 9)), int(random.integers(1, 12))
    cell = random_cell(list(CELLS)[seed % len(CELLS)], 2, units, random)
    steps = random.integers(1, 12, count)
    if random.random() < 0.1:
        cell = cell.with_arrays(np.zeros_like)  # nothing moves
    values = 10 ** random.uniform(-2, 1) * random.normal(size=(count, int(steps.max()), 2))
    labels = tuple(random.choice(["a", "b", "c"], count)) if random.random() < 0.7 else ()
    data = Inputs(values, lengths=tuple(map(int, steps)), labels=labels)
    done = run(Network((Layer(cell),)), data)
    return [one.layers[0].trace for one in done.each_trial()], labels


def check(said, traces, labels, language):
    key, fields = understood(said, "verdict.trials.", language)
    states = [one.states.astype(np.float64) for one in traces]
    assert whole(fields["trials"]) == len(traces)
    every = np.concatenate(states)
    spread = ((every - every.mean(axis=0)) ** 2).sum(axis=0)
    if key == "verdict.trials.still":
        assert spread.max() <= 1e-20 * max(1.0, np.abs(every).max()) ** 2 * len(every)
        return key
    values = np.linalg.eigvalsh((every - every.mean(axis=0)).T @ (every - every.mean(axis=0)))
    is_share(fields["share"], values[::-1][:2].sum() / values.sum(), 1e-6)
    if key == "verdict.trials.labels":
        ends, labels = np.stack([one[-1] for one in states]), np.array(labels)
        assert whole(fields["groups"]) == len(set(labels)) > 1
        total = ((ends - ends.mean(axis=0)) ** 2).sum()
        inside = sum(
            ((ends[labels == one] - ends[labels == one].mean(axis=0)) ** 2).sum()
            for one in set(labels)
        )
        is_share(fields["separation"], 1 - inside / total, 1e-6)
    else:
        assert len(set(labels)) < 2 or len(set(map(bytes, (one[-1] for one in states)))) == 1
    return key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_many_trials_is_true(language):
    seen = set()
    for seed in range(60):
        traces, labels = several(seed)
        said = sentence(trials(traces, labels).verdict, words(language))
        seen.add(check(said, traces, labels, language))
    assert len(seen) == 3


def test_it_finds_the_separation_of_three_directions(monkeypatch):
    """It was said to be "of the variance of the last states"."""

    def of_what_is_kept(self):
        kept = np.array([path[-1] for path in self.coordinates])
        return separation.fget(analysis.Trials(**vars(self) | {"ends": kept}))

    separation = Trials.separation
    monkeypatch.setattr(Trials, "separation", property(of_what_is_kept))
    drawn = [several(seed) for seed in range(60)]
    said = [sentence(trials(*one).verdict, words("en")) for one in drawn]
    with pytest.raises(AssertionError):
        [check(text, *one, "en") for text, one in zip(said, drawn, strict=True)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", [0, 1])
def test_what_units_are_said_to_follow_they_follow(language, seed):
    """The score that is quoted, by counting pairs on blocks that were held out."""
    done = run(class_network(), tokens(text_of(seed)))
    found = explain_units(done, shuffles=39)
    states = done.states.astype(np.float64)
    halves = np.arange(len(states)) * BLOCKS // len(states) % 2
    assert found.findings
    for one in found.findings:
        key, fields = understood(followed(one, words(language)), "follows.", language)
        assert int(fields["unit"]) == one.unit
        values, true = states[:, one.unit], one.feature.values
        higher = []
        for half in (halves == 0, halves == 1):
            on, off = values[half & true], values[half & ~true]
            higher.append((on[:, None] > off).mean() + (on[:, None] == off).mean() / 2 - 0.5)
        area = 0.5 + (np.sign(higher[1]) * higher[0] + np.sign(higher[0]) * higher[1]) / 2
        assert float(fields["score"]) == pytest.approx(area, abs=0.0051)
        assert key == ("follows.on" if sum(higher) > 0 else "follows.off")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_the_atlas_are_those_of_its_networks(language):
    """Each cell tells the mean over the seeds and its 95 % band, by Student's t of so many."""
    import re

    axes = {"weight_scale": [0.5, 2.0], "recurrent_gain": [0.7, 1.5], "seed": range(4)}
    measures = ("lyapunov", "saturated", "gradient")
    small = Experiment(units=8, timesteps=30, input_features=2, signal="normal")
    found = sweep(Sweep(small, axes, measures))
    told = atlas._hover(found, Style(language).words)
    for row, column in np.ndindex(2, 2):
        lines = told[row][column].split("<br>")[-len(measures) :]
        for line, name in zip(lines, measures, strict=True):
            label = words(language)(f"measure.{name}.label")
            values = found.array(name)[row, column]
            match = re.fullmatch(
                rf"{re.escape(label)} ({NUMBER}|−∞)(?: ± ({NUMBER}) \(95%\))?", line
            )
            assert match, line
            if not np.isfinite(values).all():
                assert match[1] == "−∞"
                continue
            is_about(match[1], values.mean(), 1e-9)
            is_about(match[2], 3.182446 * values.std(ddof=1) / 2, 1e-3)

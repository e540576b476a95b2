"""Every task: what is wanted follows from what is read, and doing nothing costs what it says."""

from collections import Counter
from itertools import pairwise
from unicodedata import normalize

import numpy as np
import pytest

from rnnviz.engine.signals import measured_series
from rnnviz.learn import LOSSES, TASKS, TaskSettings
from rnnviz.learn.gradients import column_targets
from rnnviz.learn.tasks.next_character import shipped_text

BATCH = 200


def made(name, batch=BATCH, seed=0, **settings):
    task = TASKS[name](TaskSettings(**settings))
    return task, task.draw(np.random.default_rng(seed), batch)


def loss_of(task, batch, outputs):
    """The loss of outputs (timesteps, outputs, batch)."""
    loss = LOSSES[task.loss]
    mask = None if batch.mask is None else batch.mask.T
    return loss(outputs, column_targets(batch.targets, outputs, loss), mask)[0]


def outputs_of(task, batch, fill=0.0):
    rows = task.timesteps if task.return_sequences else 1
    return np.full((rows, task.outputs, len(batch.values)), float(fill))


def nothing(task):
    return next(one.loss for one in task.references() if one.name == "nothing")


@pytest.mark.parametrize("name", TASKS)
def test_shapes_and_seeds(name):
    task, batch = made(name)
    again = made(name)[1]
    other = made(name, seed=1)[1]
    np.testing.assert_array_equal(batch.values, again.values)
    assert (batch.values != other.values).any()
    if task.vocabulary:
        assert batch.values.shape == (BATCH, task.timesteps)
        assert 0 <= batch.values.min() <= batch.values.max() < len(task.vocabulary)
    else:
        assert batch.values.shape == (BATCH, task.timesteps, task.features)
    assert np.isfinite(loss_of(task, batch, outputs_of(task, batch)))
    with pytest.raises(ValueError, match="targets have shape"):
        loss_of(task, batch, np.zeros((task.timesteps + 1, task.outputs, BATCH)))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("echo", 0),
        ("adding", 1),
        ("parity", 0),
        ("flip_flop", 0),
        ("token_classification", 0),
        ("reviews", 0),
    ],
)
def test_doing_nothing_costs_what_it_says(name, answer):
    task, batch = made(name, 20_000)
    found = loss_of(task, batch, outputs_of(task, batch, answer))
    assert found == pytest.approx(nothing(task), rel=0.03)


def test_copying_without_memory():
    """Sure of the blank until the sign, then one of the eight by chance."""
    task, batch = made("copy_memory", timesteps=20)
    outputs = outputs_of(task, batch)
    outputs[:-10, 8] = 50
    outputs[-10:, 8] = -50
    assert loss_of(task, batch, outputs) == pytest.approx(nothing(task), rel=1e-9)
    assert nothing(task) == pytest.approx(10 * np.log(8) / 40)
    # The sign stands right before the first symbol is wanted.
    assert (batch.values[:, -11, 9] == 1).all()
    np.testing.assert_array_equal(batch.values[:, :10].argmax(-1), batch.targets[:, -10:])


def test_echo_by_hand():
    task, batch = made("echo", timesteps=12, delay=3)
    bits = (batch.values[..., 0] + 1) / 2
    np.testing.assert_array_equal(batch.targets[:, 3:, 0], bits[:, :-3])
    assert not batch.mask[:, :3].any()
    perfect = (2 * batch.targets - 1).transpose(1, 2, 0) * 50
    assert task.measure(perfect, batch) == 1
    assert task.measure(-perfect, batch) == 0


def test_parity_by_hand():
    _, batch = made("parity", 5, timesteps=9)
    for bits, wanted in zip(batch.values[..., 0], batch.targets[..., 0], strict=True):
        odd = False
        for bit, target in zip(bits, wanted, strict=True):
            odd ^= bit > 0
            assert odd == bool(target)


def test_flip_flop_by_hand():
    task, batch = made("flip_flop", 5)
    for pulses, wanted in zip(batch.values, batch.targets, strict=True):
        held = np.zeros(3)
        for pulse, target in zip(pulses, wanted, strict=True):
            held = np.where(pulse != 0, pulse, held)
            np.testing.assert_array_equal(held, target)
    assert task.measure(batch.targets.transpose(1, 2, 0), batch) == 1


def test_adding_by_hand():
    _, batch = made("adding", timesteps=30)
    numbers, marks = batch.values[..., 0], batch.values[..., 1]
    assert (marks.sum(1) == 2).all()
    assert (marks[:, :15].sum(1) == 1).all()
    np.testing.assert_allclose((numbers * marks).sum(1), batch.targets[:, 0])


def test_token_classification_by_hand():
    task, batch = made("token_classification", timesteps=8)
    words = [[task.vocabulary[token] for token in row] for row in batch.values]
    good, bad = {"good", "great", "fine", "warm"}, {"bad", "poor", "dull", "cold"}
    for row, target in zip(words, batch.targets[:, 0], strict=True):
        total = 0
        for before, word in zip([None, *row], row, strict=False):
            value = (word in good) - (word in bad)
            total += -value if before == "not" else value
        assert total != 0
        assert (total > 0) == bool(target)


GOOD = ("좋", "훌륭", "재미있", "아름답", "따뜻", "신선")


def test_reviews_by_hand():
    """The last clause decides; a claim that is false says the opposite."""
    task, batch = made("reviews", 500)
    for row, target in zip(batch.values, batch.targets[:, 0], strict=True):
        words = [task.vocabulary[token] for token in row if token]
        assert list(row[: len(row) - len(words)]) == [0] * (len(row) - len(words))
        claims = words[-1] in ("사실이다", "거짓이다")
        praises = words[-3 if claims else -1].startswith(GOOD)
        assert bool(target) == (praises != (words[-1] == "거짓이다"))
        assert all(word in task.glosses for word in words)
    learnt = {tuple(row) for row in task.reviews[: task.learnt_from]}
    held_out = task.held_out(np.random.default_rng(0), 64).values
    assert len({tuple(row) for row in held_out}) == 64
    assert not learnt & {tuple(row) for row in held_out}
    assert made("reviews", timesteps=9)[1].values.shape == (BATCH, 9)


@pytest.mark.parametrize("series", ["sine", "sunspots", "co2"])
def test_next_value_reads_one_part_and_is_judged_by_another(series):
    task = TASKS["next_value"](TaskSettings(series=series, timesteps=20))
    generator = np.random.default_rng(0)
    batch, held_out = task.draw(generator, 50), task.held_out(generator, 50)
    for one, part in ((batch, task.learnt), (held_out, task.kept)):
        np.testing.assert_array_equal(one.values[:, 1:], one.targets[:, :-1])
        assert np.isin(one.values, part).all()
    assert abs(task.learnt.mean()) < 1e-9


def test_the_naive_forecast_says_that_nothing_changes():
    sunspots = measured_series("sunspots")
    task = TASKS["next_value"](TaskSettings())
    last = sunspots[int(len(sunspots) * 0.75) :]
    error = np.sqrt(np.square(np.diff(last)).mean())
    assert np.sqrt(nothing(task)) * task.deviation == pytest.approx(error)
    co2 = measured_series("co2")
    task = TASKS["next_value"](TaskSettings(series="co2"))
    last = np.diff(co2)[int(len(co2 - 1) * 0.75) :]
    assert np.sqrt(nothing(task)) * task.deviation == pytest.approx(
        np.sqrt(np.square(last).mean()), rel=0.01
    )


def test_a_linear_autoregression_forecasts_a_sine_without_error():
    task = TASKS["next_value"](TaskSettings(series="sine"))
    assert {one.name: one.loss for one in task.references()}["linear"] < 1e-20


@pytest.mark.parametrize("text", ["sonnets", "constitution"])
def test_entropies_of_a_text_counted_by_hand(text):
    letters = normalize("NFD", shipped_text(text))
    task = TASKS["next_character"](TaskSettings(text=text))
    found = {one.name: one.loss for one in task.references()}
    single = Counter(letters)
    unigram = -sum(n / len(letters) * np.log(n / len(letters)) for n in single.values())
    pairs = Counter(pairwise(letters))
    before, total = Counter(letters[:-1]), len(letters) - 1
    bigram = -sum(n / total * np.log(n / before[a]) for (a, _), n in pairs.items())
    assert found["nothing"] == pytest.approx(unigram)
    assert found["bigram"] == pytest.approx(bigram)
    assert bigram < unigram < np.log(len(single))


def test_bits_per_character_are_the_loss_in_bits():
    task, batch = made("next_character", 20)
    outputs = np.random.default_rng(0).normal(size=(task.timesteps, task.outputs, 20))
    assert task.measure(outputs, batch) == pytest.approx(loss_of(task, batch, outputs) / np.log(2))


def test_what_is_too_short_is_said():
    with pytest.raises(ValueError, match="at least 12 finite numbers, but it has 3"):
        TASKS["next_value"](TaskSettings(series="own", own_series=(1, 2, 3)))
    with pytest.raises(ValueError, match="at least 20 characters"):
        TASKS["next_character"](TaskSettings(text="own", own_text="short"))


@pytest.mark.parametrize("timesteps", [1, 2])
@pytest.mark.parametrize("name", TASKS)
def test_the_shortest_trials(name, timesteps):
    task, batch = made(name, 3, timesteps=timesteps)
    assert np.isfinite(loss_of(task, batch, outputs_of(task, batch)))
    assert np.isfinite(task.measure(outputs_of(task, batch), batch))

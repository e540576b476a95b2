"""What units were built to follow is found, and in noise no more than the level allows."""

import numpy as np
import pytest

import rnnviz
from rnnviz.engine import Inputs, Layer, Network, SimpleRNN, run
from rnnviz.moments.explain import explain_units
from rnnviz.moments.features import features_of
from rnnviz.moments.scores import Folds, areas, binned, explained
from tests.moments.networks import class_network, counting_network, noise, text_of, tokens


def followed(found):
    return {one.unit: one.feature.key for one in found.findings}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_units_that_follow_classes_of_tokens_are_all_found_and_no_other(seed):
    found = explain_units(run(class_network(), tokens(text_of(seed))))
    expected = {0: "token.space", 1: "token.digit", 2: "token.capital", 3: "token.quotes"}
    assert followed(found) == expected
    assert all(one.high and one.measure == "auc" for one in found.findings)
    assert all(one.score > 0.999 for one in found.findings)
    assert found.of(4) is None
    assert np.isnan(found.scores[4]).all()


def test_units_that_count_are_found():
    found = explain_units(run(counting_network(), tokens(text_of(3))))
    assert followed(found) == {0: "token.depth", 1: "since.space"}
    assert found.of(0).score == pytest.approx(1.0)
    assert found.of(1).score > 0.97


def planted():
    """Units 0–3 follow event, size, an input and the place in the trial; 4, 5 go round by alone."""
    random = np.random.default_rng(0)
    trials, steps = 12, 100
    event = np.cumsum(random.random((trials, steps)) < 0.1, axis=1) % 2 == 1
    size = random.normal(size=(trials, steps))
    values = np.stack([random.normal(size=(trials, steps)), 1.0 * event, size], axis=2)
    kernel, recurrent, bias = np.zeros((3, 6)), np.zeros((6, 6)), np.zeros(6)
    kernel[1, 0], bias[0] = -4, 2
    kernel[2, 1] = 0.7
    kernel[0, 2] = 1.0
    recurrent[3, 3], bias[3] = 1.0, 0.005
    angle = np.sqrt(2)
    recurrent[4:, 4:] = 1.3 * np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    network = Network((Layer(SimpleRNN(kernel, recurrent, bias)),))
    begin = np.zeros((trials, 6))
    begin[:, 4:] = random.normal(size=(trials, 2))
    given = Inputs(values, feature_names=("heard", "event", "size"))
    return run(network, given, begin)


def test_labels_inputs_and_places_are_told_apart():
    found = explain_units(planted())
    expected = {0: "input.event", 1: "input.size", 2: "input.heard", 3: "position"}
    assert followed(found) == expected
    assert not found.of(0).high
    assert {one.measure for one in found.findings} == {"auc", "r2"}


@pytest.mark.live
def test_in_noise_the_share_of_false_findings_is_at_most_the_level():
    false = 0
    for seed in range(200):
        ran, labels = noise(seed, steps=400)
        false += bool(explain_units(ran, labels, shuffles=19, level=0.1).findings)
    # 200 trials at 10 %: 20 on average, and more than 30 in one of a hundred.
    assert false <= 30


def test_with_a_label_that_a_unit_does_follow_noise_beside_it_changes_nothing():
    ran, labels = noise(1, units=40, gain=2.5)
    labels["planted"] = ran.states[:, 2] > np.median(ran.states[:, 2])
    found = explain_units(ran, labels)
    assert found.of(2).feature.key == "label.planted"
    assert found.of(2).score == pytest.approx(1.0)
    assert found.of(2).p == 1 / 200


def test_auc_is_that_of_counting_pairs():
    random = np.random.default_rng(0)
    values = random.integers(0, 5, (60, 3)).astype(float)  # many are equal
    feature = random.random(60) < 0.4
    folds = Folds.of(values, 6)
    scores, high = areas(folds, feature, np.arange(60)[None])
    for unit in range(3):
        above = []
        for half in folds.halves:
            true, false = values[half[feature[half]], unit], values[half[~feature[half]], unit]
            wins = (true[:, None] > false).mean() + (true[:, None] == false).mean() / 2
            above.append(wins - 0.5)
        held_out = 0.5 + (np.sign(above[1]) * above[0] + np.sign(above[0]) * above[1]) / 2
        assert scores[0, unit] == pytest.approx(held_out, abs=1e-6)
        assert np.sign(high[unit]) == np.sign(sum(above))


def test_r2_is_that_of_fitting_one_half_and_asking_the_other():
    random = np.random.default_rng(1)
    feature = random.normal(size=120)
    values = np.stack([np.sin(2 * feature), random.normal(size=120)], axis=1)
    folds = Folds.of(values, 10)
    bins, count = binned(feature)
    order = random.permutation(120)
    scores = explained(folds, bins, count, np.stack([np.arange(120), order]))
    for place, taken in enumerate((bins, bins[order])):
        for unit in range(2):
            left = total = 0.0
            for test, fit in (folds.halves, folds.halves[::-1]):
                mean = values[fit, unit].mean()
                for one in test:
                    like = fit[taken[fit] == taken[one]]
                    guess = values[like, unit].mean() if len(like) else mean
                    left += (values[one, unit] - guess) ** 2
                    total += (values[one, unit] - mean) ** 2
            assert scores[place, unit] == pytest.approx(1 - left / total, abs=1e-5)


def test_features_of_a_text_are_what_a_reader_sees():
    text = "ab (c“B(0” d)\n) .)(a"
    by_name = {one.key: one.values for one in features_of(run(class_network(), tokens(text)))}
    inside, depth = [], []
    quoted, level = False, 0
    for one in text:
        quoted = one == "“" or (quoted and one != "”")
        level = max(0, level + (one == "(") - (one == ")"))
        inside.append(quoted)
        depth.append(level)
    assert by_name["token.quotes"].tolist() == inside
    assert by_name["token.depth"].tolist() == depth
    assert by_name["since.space"].tolist()[:8] == [0, 1, 0, 1, 2, 3, 4, 5]
    assert by_name["token.capital"].tolist() == [one.isupper() for one in text]
    assert by_name["token.newline"].tolist() == [one == "\n" for one in text]


def test_columns_of_labels_may_have_any_of_three_shapes():
    ran = planted()
    steps = 1200
    random = np.random.default_rng(0)
    flat = random.random(steps)
    for column in (flat, flat.reshape(12, 100)):
        (one,) = [f for f in features_of(ran, {"x": column}) if f.name == "x"]
        assert np.array_equal(one.values, flat)
    speaker = np.array(["Ann", "Bob", "Cy"] * 4)
    names = [f.name for f in features_of(ran, {"speaker": speaker}) if f.kind == "label"]
    assert names == ["speaker = Ann", "speaker = Bob", "speaker = Cy"]
    with pytest.raises(ValueError, match=r"\(7,\)"):
        features_of(ran, {"x": np.arange(7)})


def test_the_same_seed_gives_the_same_and_a_table_holds_all_of_it():
    ran, labels = noise(4)
    one, two = explain_units(ran, labels), rnnviz.explain_units(ran, labels)
    assert np.array_equal(one.p, two.p)
    table = one.to_frame()
    assert len(table) == 6 * len(one.features)
    assert table["found"].sum() == (one.p <= 0.05).sum()
    assert (one.p >= 1 / 200).all()


def test_a_long_run_is_looked_at_in_stretches(monkeypatch):
    monkeypatch.setattr("rnnviz.moments.explain.MOST_STEPS", 1000)
    found = explain_units(run(class_network(), tokens(text_of(5, words=1500))), shuffles=59)
    assert found.steps == 1000
    assert followed(found).items() >= {0: "token.space", 3: "token.quotes"}.items()


def test_what_cannot_be_asked_is_told():
    ran, labels = noise(0, steps=60)
    short, _ = noise(0, steps=30)
    with pytest.raises(ValueError, match="at least 40"):
        explain_units(short)
    with pytest.raises(ValueError, match="between 0 and 1"):
        explain_units(ran, level=1.0)
    with pytest.raises(ValueError, match=r"need \(60,\)"):
        explain_units(ran, {"a": labels["coin"][:9]})
    with pytest.raises(KeyboardInterrupt):
        explain_units(ran, labels, progress=interrupt)


def interrupt(fraction):
    raise KeyboardInterrupt


def test_states_of_the_lecture_follow_nothing():
    found = explain_units(rnnviz.simulate(rnnviz.Experiment()))
    assert found.findings == ()

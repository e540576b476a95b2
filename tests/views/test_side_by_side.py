import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import LENSES, Perspective
from rnnviz.views._plot.side_by_side import difference, on_one_scale, same_thing
from rnnviz.views.states import analyse

SMALL = Experiment(timesteps=20, input_features=3, units=5)


def picture(lens="state", **changes):
    return analyse(simulate(SMALL.replace(**changes)), Perspective(lens=lens))


def test_both_get_the_wider_ends():
    tanh, relu = on_one_scale(picture(), picture(activation="relu"))
    assert (tanh.field.low, tanh.field.high) == (relu.field.low, relu.field.high)
    assert tanh.field.high == np.abs(picture(activation="relu").field.values).max()
    strips = {strip.name: strip for strip in tanh.strips}
    for strip in relu.strips:
        assert (strips[strip.name].low, strips[strip.name].high) == (strip.low, strip.high)


def test_alike_pictures_stay_as_they_are():
    one, other = on_one_scale(picture(), picture(seed=1))
    assert (one.field.low, one.field.high) == (other.field.low, other.field.high) == (-1, 1)


def test_the_difference_is_the_difference():
    one, other = picture(), picture(dtype="float32")
    shown = difference(one, other)
    expected = one.field.values.astype(float) - other.field.values.astype(float)
    assert np.array_equal(shown.field.values, expected)
    assert not shown.field.values.flags.writeable
    assert np.allclose(shown.strips[0].values, np.abs(expected).mean(axis=1))
    assert shown.field.high >= np.abs(expected).max()


def test_a_run_minus_itself_is_nothing():
    shown = difference(picture(), picture())
    assert not shown.field.values.any()
    assert (shown.field.low, shown.field.high) == (-1, 1)


def test_only_what_both_have_is_compared():
    shown = difference(picture(timesteps=12, units=4), picture())
    assert shown.field.values.shape == (12, 4)


@pytest.mark.parametrize("lens", ["state", "change"])
@pytest.mark.parametrize(
    ("a", "b"),
    [({}, {"go_backwards": True}), ({"go_backwards": True}, {}),
     ({"go_backwards": True, "timesteps": 12}, {"go_backwards": True}),
     ({"go_backwards": True}, {"go_backwards": True})],
)  # fmt: skip
def test_the_same_timestep_is_compared_whichever_way_a_layer_reads(a, b, lens):
    one, other = picture(lens, **a), picture(lens, **b)
    shown = difference(one, other)
    in_time = [
        side.field.values[::-1] if changes.get("go_backwards") else side.field.values
        for side, changes in ((one, a), (other, b))
    ]
    steps = min(map(len, in_time))
    expected = in_time[0][:steps] - in_time[1][:steps]
    assert shown.backwards == (a == b)
    order = -1 if shown.backwards else 1
    np.testing.assert_array_equal(shown.field.values, expected[::order])
    np.testing.assert_allclose(shown.strips[0].values, np.abs(expected).mean(axis=1)[::order])
    if len(in_time[0]) == len(in_time[1]):  # the same input, in the order of what is above it
        inputs = simulate(SMALL).inputs
        np.testing.assert_array_equal(shown.input.field.values, inputs[::order])


def test_tokens_stand_under_their_timestep_in_a_difference():
    text = {"signal": "text", "text": "abcde"}
    shown = difference(picture(**text, go_backwards=True), picture(**text))
    assert shown.input.tokens == tuple("abcde")


def test_digits_minus_states_is_no_difference():
    one, other = picture("digits"), picture("digits", activation="relu")
    assert not same_thing(one, other)
    with pytest.raises(ValueError, match="digits minus state"):
        difference(one, other)


@pytest.mark.parametrize("lens", LENSES)
def test_under_a_hover_stands_a_difference_that_numpy_understands(lens):
    whole = simulate(SMALL.replace(sequences=3))
    one, other = (analyse(whole.trial(index), Perspective(lens=lens)) for index in (0, 1))
    shown = difference(one, other)
    arrays = (np.full((3, 4, 2), 5.0), np.full((3, 4, 2), 2.0))
    name = one.field.array_name.split(".")[0]
    values = {f"{name}_{side}": array for side, array in zip("ab", arrays, strict=True)}
    found = eval(f"{shown.field.array_name}[0, 1]", values)
    assert np.all(found == (0 if "std" in shown.field.array_name else 3))


@pytest.mark.parametrize("lens", LENSES)
def test_every_lens_has_a_difference_even_where_both_are_infinite(lens):
    shown = difference(picture(lens), picture(lens, weight_scale=0.5))
    assert np.isfinite(shown.field.high)

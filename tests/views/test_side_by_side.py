import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import LENSES, Perspective
from rnnviz.views._plot.side_by_side import difference, on_one_scale
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


@pytest.mark.parametrize("lens", LENSES)
def test_every_lens_has_a_difference_even_where_both_are_infinite(lens):
    shown = difference(picture(lens), picture(lens, weight_scale=0.5))
    assert np.isfinite(shown.field.high)

"""A picture's own contrast: when it goes on, what it never hides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.picture import HIGHEST, Field, encode, rounded_up, with_contrast
from rnnviz.views._plot.side_by_side import on_one_scale
from rnnviz.views._plot.style import Style


def field(values, **changes):
    settings = {"low": -1.0, "high": 1.0, "low_mark": -1.0, "high_mark": 1.0} | changes
    return Field(np.asarray(values, float), "state", **settings)


@pytest.mark.parametrize(("most", "own"), [(0.05, True), (0.1, True), (0.11, False), (1, False)])
def test_it_goes_on_by_itself_below_a_tenth_of_the_scale(most, own):
    shown = with_contrast(field([[-most, most / 2]]), "auto")
    assert shown.own is own
    assert -shown.low == shown.high >= most
    assert with_contrast(field([[-most, most / 2]]), "fixed").own is False


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_every_value_lies_inside_its_own_scale_and_marks_stay(values):
    fixed = field([values])
    shown = with_contrast(fixed, "own")
    assert shown.low <= min(values)
    assert max(values) <= shown.high
    assert (shown.low_mark, shown.high_mark) == (fixed.low_mark, fixed.high_mark)
    assert ((encode(shown.values, shown) == HIGHEST) == (shown.values >= 1)).all()


def test_values_close_together_far_from_zero_are_told_apart():
    shown = with_contrast(field([[0.9996, 0.99999, 1.0]]), "own")
    assert (shown.kind, shown.low, shown.high) == ("sequential", 0.9996, 1.0)
    assert len(set(encode(shown.values, shown)[0].tolist())) == 3


@pytest.mark.parametrize("values", [np.zeros((3, 2)), np.full((3, 2), np.nan), [[np.inf, 0.0]]])
def test_where_there_is_nothing_to_spread_the_scale_stays(values):
    assert not with_contrast(field(values), "auto").own


@pytest.mark.parametrize("limit", [1e-300, 3e-5, 0.08, 0.0800001, 1, 9.1, 1e300])
def test_rounded_up_is_not_below(limit):
    assert limit * 0.999999 <= rounded_up(limit) <= max(limit * 1.6, limit)


def test_the_plain_figure_says_that_the_contrast_is_its_own():
    run = simulate(Experiment(weight_scale=0.005))
    picture = states.analyse(run, Perspective())
    figure = states.draw(picture, Style())
    limit = np.abs(run.states).max()
    assert figure.layout.coloraxis.cmax == -figure.layout.coloraxis.cmin >= limit
    texts = [one.text for one in figure.layout.annotations]
    assert any(text.startswith("own contrast") for text in texts)
    mean = next(strip for strip in picture.strips if strip.name == "mean")
    assert (mean.low, mean.high) == (picture.field.low, picture.field.high)


def test_two_beside_each_other_share_the_wider_scale():
    small, large = (
        states.analyse(simulate(Experiment(weight_scale=scale)), Perspective())
        for scale in (0.005, 0.05)
    )
    assert small.field.own
    assert not large.field.own
    for picture in on_one_scale(small, large):
        assert (picture.field.low, picture.field.high, picture.field.own) == (-1, 1, False)

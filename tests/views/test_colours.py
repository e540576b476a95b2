"""Colour scales: the sign, the middle and the ends must stay readable for every eye."""

import re

import numpy as np
import pytest

from rnnviz.views._plot import colours


def luminance(colour):
    """Relative luminance of WCAG 2."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("kind", ["diverging", "sequential"])
@pytest.mark.parametrize("palette", colours.PALETTES)
def test_stops_run_from_nought_to_one(palette, kind, theme):
    stops = colours.scale(kind, palette, theme)
    positions = [position for position, _ in stops]
    assert positions[0] == 0
    assert positions[-1] == 1
    assert positions == sorted(set(positions))
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for _, colour in stops)


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("palette", colours.PALETTES)
def test_the_middle_of_a_diverging_scale_is_next_to_the_page(palette, theme):
    stops = dict(colours.diverging(palette, theme))
    page = colours.ink(theme).background
    assert contrast(stops[0.5], page) < 1.3
    lightness = [luminance(colour) for colour in stops.values()]
    away = np.abs(np.array(lightness) - lightness[5])
    assert (np.diff(away[5:]) > 0).all()
    assert (np.diff(away[:6]) < 0).all()


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("palette", colours.PALETTES)
def test_the_ends_tell_the_sign_without_a_red_green_difference(palette, theme):
    ends = [colour for _, colour in colours.diverging(palette, theme)][::10]
    blues = [int(colour[5:7], 16) for colour in ends]
    reds = [int(colour[1:3], 16) for colour in ends]
    assert blues[0] - reds[0] > 20, "negative is the bluer end"
    assert reds[1] - blues[1] > 40, "positive is the redder end"


@pytest.mark.parametrize("theme", colours.THEMES)
def test_words_are_readable(theme):
    ink = colours.ink(theme)
    assert contrast(ink.text, ink.background) > 7
    assert contrast(ink.muted, ink.background) > 4.5
    for colour in ink.series:
        assert contrast(colour, ink.background) > 3


def test_an_unknown_theme_is_refused():
    with pytest.raises(KeyError):
        colours.ink("sepia")


def test_sample_hits_the_stops_and_mixes_between_them():
    stops = ((0.0, "#000000"), (0.5, "#804020"), (1.0, "#ffffff"))
    assert colours.sample(stops, [0, 0.5, 1]) == [
        "rgb(0,0,0)",
        "rgb(128,64,32)",
        "rgb(255,255,255)",
    ]
    assert colours.sample(stops, [0.25, -3, 7]) == [
        "rgb(64,32,16)",
        "rgb(0,0,0)",
        "rgb(255,255,255)",
    ]


def test_channels_of_a_translucent_colour():
    assert colours.channels("rgba(255,128,0,0.36)") == (255, 128, 0, 0.36)

"""Two experiments on one page: one cursor, and pictures that follow their own knobs."""

import re

import numpy as np
from playwright.sync_api import expect

from rnnviz import Experiment
from rnnviz.app.sidebar.compare import partner_of
from rnnviz.i18n import words
from tests.browser.pixels import settled

SAY = words("en")
A, B = (f".st-key-widget-viewer-{side} .rv-viewer" for side in "ab")


def wait_for(page, which, experiment):
    expect(page.locator(which)).to_have_attribute("data-experiment", experiment.to_query())


def test_one_cursor_over_both_and_the_link_keeps_it(open_page):
    page = open_page("?page=compare")
    wait_for(page, A, Experiment())
    wait_for(page, B, partner_of(Experiment()))
    first, second = page.locator(f"{A} .rv-cursor"), page.locator(f"{B} .rv-cursor")
    second.focus()
    for _ in range(7):
        second.press("ArrowRight")
    expect(first).to_have_value("7")
    page.wait_for_url(re.compile("t=7&"))
    first.focus()
    first.press("ArrowLeft")
    expect(second).to_have_value("6")
    page.wait_for_url(re.compile("t=6&"))
    assert (first.input_value(), second.input_value()) == ("6", "6")


def test_one_of_both_plays_and_the_button_of_either_stops_it(open_page):
    page = open_page("?page=compare")
    wait_for(page, A, Experiment())
    wait_for(page, B, partner_of(Experiment()))
    first, second = (page.locator(f"{one} .rv-play") for one in (A, B))
    cursor = page.locator(f"{B} .rv-cursor")
    first.click()
    for button in (first, second):
        expect(button).to_have_attribute("data-icon", "pause")
    page.wait_for_function("(one) => Number(one.value) > 3", arg=cursor.element_handle())
    second.click()
    for button in (first, second):
        expect(button).to_have_attribute("data-icon", "play")
    stood = cursor.input_value()
    page.wait_for_timeout(500)
    assert cursor.input_value() == stood
    assert page.locator(f"{A} .rv-cursor").input_value() == stood
    second.click()
    expect(first).to_have_attribute("data-icon", "pause")
    page.wait_for_function(
        "([one, at]) => Number(one.value) > at", arg=[cursor.element_handle(), int(stood)]
    )
    first.click()
    expect(second).to_have_attribute("data-icon", "play")


def test_a_shorter_run_waits_at_its_end(open_page):
    page = open_page("?page=compare&b.timesteps=10")
    wait_for(page, B, Experiment(timesteps=10))
    first, second = page.locator(f"{A} .rv-cursor"), page.locator(f"{B} .rv-cursor")
    first.focus()
    first.press("End")
    expect(second).to_have_value("9")
    page.wait_for_url(re.compile("t=99&"))
    page.wait_for_timeout(500)
    assert (first.input_value(), second.input_value()) == ("99", "9")


def test_pairs_sides_and_difference(open_page):
    page = open_page("?page=compare")
    page.get_by_role("button", name=SAY("pair.precision")).press("Enter")
    wait_for(page, B, Experiment(units=12, dtype="float32"))
    page.get_by_role("radio", name=SAY("side.b"), exact=True).press("Space")
    page.wait_for_url(re.compile("side=b"))
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    slider.press("ArrowLeft")
    wait_for(page, B, Experiment(units=12, dtype="float32", weight_scale=0.891))
    wait_for(page, A, Experiment(units=12))
    page.get_by_role("switch", name=SAY("knob.difference.label")).press("Space")
    page.locator(".st-key-widget-viewer-difference .rv-viewer[data-experiment]").wait_for()
    pixels = settled(page, ".st-key-widget-viewer-difference canvas")
    assert np.asarray(pixels).std() > 0

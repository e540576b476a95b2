"""The Keras page in a real browser: stack, shapes, layers, and the explanation that mends."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.keras import NOTES_MODELS
from rnnviz.perspective import Perspective
from tests.browser.pixels import picture, shown_experiment, wait_until_painted

FOUR = NOTES_MODELS["four_stacked"]
SHAPES, LAYERS = ('[data-view="shapes"]', '[data-view="layers"]')
PATIENCE = 30_000


def link(experiment, **perspective):
    pairs = [*experiment.pairs(), *Perspective(page="keras", **perspective).pairs()]
    return "?" + "&".join(f"{name}={text}" for name, text in pairs)


def switches(page):
    return page.get_by_role("switch", name="return_sequences")


def wait_for(page, selector):
    page.wait_for_selector(f"{selector} .main-svg", timeout=PATIENCE)
    page.wait_for_timeout(300)


def test_the_four_models_one_after_the_other(open_page):
    page = open_page("?page=keras")
    assert shown_experiment(page) == NOTES_MODELS["loop"].to_query()
    for label, name in (
        ("Last output", "last_output"),
        ("Whole sequence", "whole_sequence"),
        ("Four stacked", "four_stacked"),
    ):
        page.get_by_role("button", name=label, exact=True).click()
        wait_until_painted(page, NOTES_MODELS[name])
        last = "(batch, timesteps, 32)" if name == "whole_sequence" else "(batch, 32)"
        notes = page.locator(f"{SHAPES} .annotation-text")
        expect(notes.last).to_contain_text(last, timeout=PATIENCE)
    wait_for(page, LAYERS)
    assert picture(page, LAYERS).std() > 10, "an empty picture"
    page.wait_for_url(re.compile(r"units=32(,|%2C)32(,|%2C)32(,|%2C)32"))


def test_a_broken_middle_layer_is_explained_and_mended(open_page):
    page = open_page(link(FOUR))
    wait_for(page, LAYERS)
    switches(page).nth(1).click(force=True)
    notice = page.get_by_text("Layer 2 hands on only its last state")
    expect(notice).to_be_visible(timeout=PATIENCE)
    assert shown_experiment(page) == FOUR.to_query()
    page.get_by_role("button", name="Turn return_sequences on below").click()
    expect(notice).to_be_hidden(timeout=PATIENCE)
    expect(switches(page).nth(1)).to_be_checked(timeout=PATIENCE)


def test_the_cursor_runs_through_all_layers(open_page):
    page = open_page(link(FOUR))
    wait_for(page, LAYERS)
    line = page.locator(f"{LAYERS} .rv-figure-cursor")
    before = line.bounding_box()
    slider = page.get_by_role("slider", name="Timestep", exact=True)
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    page.wait_for_timeout(300)
    assert line.bounding_box()["x"] > before["x"] + 30
    page.wait_for_url(re.compile(r"[?&]t=10(&|$)"))


def test_a_typed_korean_text_stands_under_its_timesteps(open_page):
    reading = NOTES_MODELS["whole_sequence"].replace(signal="text")
    page = open_page(link(reading), locale="ko-KR")
    wait_for(page, LAYERS)
    field = page.get_by_role("textbox", name="텍스트")
    field.fill("나는 학교에 간다")
    field.press("Enter")
    wait_until_painted(page, reading.replace(text="나는 학교에 간다"))
    ticks = page.locator(f"{LAYERS} .xtick text")
    expect(ticks).to_have_count(9, timeout=PATIENCE)
    assert [tick.text_content() for tick in ticks.all()] == list("나는␣학교에␣간다")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize("view", ["layers", "summary", "code"])
def test_nothing_is_wider_than_the_screen(open_page, width, height, view):
    page = open_page(link(FOUR, view=view), width=width, height=height)
    wait_for(page, SHAPES)
    room = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert room <= 0
    shapes = page.locator(SHAPES).bounding_box()
    assert shapes["x"] >= 0
    assert shapes["x"] + shapes["width"] <= width


def test_the_same_link_is_the_same_picture(open_page):
    experiment = FOUR.replace(cell=("LSTM", "GRU", "SimpleRNN", "LSTM"))
    shots = []
    for _ in range(2):
        page = open_page(link(experiment))
        wait_for(page, LAYERS)
        page.mouse.move(0, 0)
        shots.append(picture(page, LAYERS))
    assert shots[0].shape == shots[1].shape
    assert np.array_equal(*shots)

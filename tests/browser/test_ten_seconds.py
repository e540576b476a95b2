"""The ten-second test: what a first visit sees, and what moves within two actions."""

import time

import numpy as np

from rnnviz.i18n import words
from tests.browser.viewer import Viewer

SAY = words("en")
PATIENCE = 10.0


def test_the_first_screen_shows_what_it_is_and_a_network(open_page):
    page = open_page()
    assert page.get_by_text(SAY("tagline.text")).is_visible()
    for part in (".rn-network canvas", ".rv-viewer .rv-pixels", ".st-key-starters", ".rv-play"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 768 + 1, f"{part} is on the first screen"
    scale = page.get_by_role("slider", name=SAY("knob.weight_scale.label"))
    assert scale.is_visible()


def test_one_click_from_the_dead_network_to_a_living_one(open_page):
    began = time.monotonic()
    page = open_page()
    viewer = Viewer(page)
    before = viewer.pixels()[..., :3]
    page.get_by_role("button", name=SAY("starter.chaos")).click()
    page.wait_for_function(
        "() => document.querySelector('.rv-viewer')?.dataset.experiment?.includes('impulse')"
    )
    page.wait_for_timeout(200)
    after = viewer.pixels()[..., :3]
    assert time.monotonic() - began < PATIENCE * 3, "a busy machine may take three times as long"
    assert len(np.unique(after.reshape(-1, 3), axis=0)) > 50
    assert before.std(axis=(0, 1)).max() < after.std(axis=(0, 1)).max(), "before: one flat colour"


def test_one_drag_moves_picture_sentence_and_diagram(open_page):
    page = open_page()
    page.wait_for_selector(".rn-network[data-shown]")
    viewer = Viewer(page)
    before, said = viewer.pixels(), page.locator(".st-key-said h4").first.inner_text()
    slider = page.get_by_role("slider", name=SAY("knob.weight_scale.label"))
    slider.focus()
    for _ in range(30):
        slider.press("ArrowLeft")
    page.wait_for_function(
        """() => {
            const shown = document.querySelector(".rv-viewer").dataset.experiment;
            return shown && document.querySelector(".rn-network").dataset.identity === shown
                && !shown.includes("weight_scale=1.0");
        }"""
    )
    page.wait_for_function(
        "(said) => document.querySelector('.st-key-said h4').innerText !== said", arg=said
    )
    assert (viewer.pixels() != before).any()

"""A visitor's first minutes, in a real browser against the real server."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz import Experiment
from tests.browser.pixels import heatmap, settled, shown_experiment, wait_until_painted

LECTURE = Experiment()


def red(pixels):
    """Share of pixels that are clearly red: high states on the red-blue scale."""
    return float((pixels[..., 0] > pixels[..., 2] + 30).mean())


def test_the_lecture_is_painted_and_saturated(open_page):
    page = open_page()
    assert shown_experiment(page) == LECTURE.to_query()
    pixels = heatmap(page)
    assert pixels.std() > 0, "an empty picture"
    assert red(pixels) > 0.9, "every state is 1.0, so the picture must be red"
    page.get_by_text("From step 2 (t = 1) on, all 64 units are exactly 1.0").wait_for()
    assert page.get_by_role("slider", name="Weight scale").is_visible()


def test_scale_by_keyboard_then_the_link_brings_the_same_picture(open_page):
    page = open_page()
    before = heatmap(page)
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    for _ in range(80):
        if float(slider.get_attribute("aria-valuetext")) <= 0.0201:
            break
        slider.press("ArrowLeft")
    moved = Experiment(weight_scale=float(slider.get_attribute("aria-valuetext")))
    assert moved.weight_scale == pytest.approx(0.02, rel=0.02)
    wait_until_painted(page, moved)
    assert np.abs(heatmap(page) - before).mean() > 5, "the picture must change"
    page.wait_for_url(re.compile(r"weight_scale=0\.02&"))

    page.mouse.move(0, 0)
    fresh = open_page("?" + page.url.partition("?")[2])
    assert shown_experiment(fresh) == moved.to_query()
    assert np.array_equal(settled(fresh), settled(page))


def test_back_goes_back(open_page):
    page = open_page()
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile(r"weight_scale=0\.891&"))
    page.go_back()
    wait_until_painted(page, LECTURE)
    expect(slider).to_have_attribute("aria-valuetext", "1")


def test_the_print_out_of_the_lecture_unfolds(open_page):
    page = open_page()
    page.get_by_text("What the lecture's program prints").click()
    page.get_by_text("(100, 64)").wait_for()


def test_an_unreadable_link_says_so_and_shows_the_lecture(open_page):
    page = open_page("?timesteps=banana&units=%3Cscript%3Ealert(1)%3C/script%3E")
    assert shown_experiment(page) == LECTURE.to_query()
    notice = page.get_by_text("banana")
    assert notice.is_visible()
    assert page.get_by_text("<script>alert(1)</script>").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_everything_stands_on_the_first_screen(open_page, width, height):
    page = open_page(width=width, height=height)
    for element in (
        page.get_by_role("slider", name="Weight scale"),
        page.locator("h4"),
        page.get_by_role("slider", name="Timestep", exact=True),
    ):
        box = element.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height


def test_a_korean_browser_gets_korean(open_page):
    page = open_page(locale="ko-KR")
    assert page.get_by_text("모두 정확히 1.0").is_visible()
    assert page.get_by_role("slider", name="가중치 스케일").count() == 1
    assert page.get_by_role("slider", name="타임스텝 위치", exact=True).count() == 1


def test_no_request_leaves_the_machine(open_page, chromium, server_url):
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    outside = []
    page.on("request", lambda request: outside.append(request.url))
    page.goto(server_url)
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]')
    page.wait_for_timeout(500)
    context.close()
    own = (server_url, "data:", "blob:")
    assert len(outside) > 5
    assert not [url for url in outside if not url.startswith(own)]

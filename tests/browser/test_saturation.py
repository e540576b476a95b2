"""Why is everything 1.0? A visitor finds out, in a real browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz import Experiment, simulate
from tests.browser.pixels import VIEWER, wait_until_painted
from tests.browser.viewer import Viewer, count_messages

LECTURE = Experiment()
HALF_WAY = Experiment(weight_scale=0.03)
CURED = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}


def look(page, name, view):
    """Choose a closer look and wait until it is drawn."""
    page.get_by_role("radio", name=name).click()
    page.wait_for_selector(f'[data-view="{view}"][data-painted]')


def lens(page, name, link):
    page.get_by_role("radio", name=name, exact=True).click()
    page.wait_for_url(re.compile(f"lens={link}&"))
    page.wait_for_selector(f"{VIEWER}[data-experiment]")
    page.wait_for_timeout(200)


def test_the_digits_show_what_hides_inside_all_ones_and_zoom_and_cursor_stay(open_page):
    viewer = Viewer(open_page())
    page = viewer.page
    page.mouse.click(*viewer.cell(1, 20, (100, 64)))
    page.wait_for_url(re.compile("t=1&unit=20"))
    page.keyboard.down("Shift")
    viewer.drag(viewer.point(0.001, 0.02), viewer.point(0.08, 0.98))
    page.keyboard.up("Shift")
    viewer.wait_for_ranges("x[1] - x[0] < 20")
    zoomed, as_state = viewer.ranges, viewer.pixels()

    lens(page, "Digits of saturation", "digits")
    assert viewer.ranges == zoomed
    assert viewer.step == 1
    as_digits = viewer.pixels()
    assert np.abs(as_digits.astype(int) - as_state).mean() > 10
    states = simulate(LECTURE).states
    first = as_digits[:, : round(as_digits.shape[1] / (zoomed[0][1] - zoomed[0][0]) * 0.6)]
    assert first[..., :3].reshape(-1, 3).std(axis=0).max() > 5, "step 0 has structure"
    expect(page.locator(".rv-mark-high")).to_have_text("exactly at the end")
    for name, link in (
        ("Pre-activation z", "preactivation"),
        ("Slope", "slope"),
        ("Change", "change"),
        ("State h", "state"),
    ):
        lens(page, name, link)
        assert viewer.ranges == zoomed
        assert viewer.step == 1
    assert np.array_equal(viewer.pixels(), as_state)
    assert (states[1:] == 1).all()


def test_hovering_digits_tells_the_number_or_that_there_is_none(open_page):
    viewer = Viewer(open_page("?lens=digits"))
    viewer.page.mouse.move(*viewer.cell(0, 9, (100, 64)))
    digits = float(viewer.tip.splitlines()[1])
    h = simulate(LECTURE).states[0, 9]
    assert digits == pytest.approx(-np.log10(1 - h), rel=1e-12)
    viewer.page.mouse.move(*viewer.cell(3, 9, (100, 64)))
    assert "exactly at the end" in viewer.tip


def test_the_units_slide_on_the_curve_with_the_hand_and_without_the_server(open_page):
    page = open_page("?view=curve&weight_scale=0.03")
    page.wait_for_selector('[data-view="curve"][data-painted]')
    viewer = Viewer(page)
    page.wait_for_timeout(800)
    sent = count_messages(page)
    canvas = page.locator('[data-view="curve"] canvas.rv-figure-follow')
    drawn = "canvas => canvas.width && canvas.toDataURL().length"
    start, end = viewer.cell(2, 30, (100, 64)), viewer.cell(80, 30, (100, 64))
    page.mouse.move(*start)
    page.mouse.down()
    pictures = set()
    for share in np.linspace(0, 1, 8):
        page.mouse.move(start[0] + share * (end[0] - start[0]), start[1])
        page.wait_for_timeout(60)
        pictures.add(canvas.evaluate("canvas => canvas.toDataURL()"))
    assert len(pictures) > 5, "the dots move while the hand does"
    assert canvas.evaluate(drawn) > 1000
    assert sent() == 0
    page.mouse.up()
    page.wait_for_url(re.compile("t=80&"))
    z = simulate(HALF_WAY).preactivations[80]
    page.wait_for_function(
        """wanted => {
            const plot = document.querySelector('[data-view="curve"] .js-plotly-plot');
            const x = plot.calcdata[2].map((point) => point.x);
            return Math.abs(x[0] - wanted) < 1e-5;
        }""",
        arg=float(z[0]),
    )


def test_a_cell_goes_under_the_glass_and_its_equation_is_exact(open_page):
    page = open_page("?" + HALF_WAY.to_query())
    look(page, "One step under glass", "one_step")
    viewer = Viewer(page)
    viewer.stage.scroll_into_view_if_needed()
    page.mouse.click(*viewer.cell(40, 11, (100, 64)))
    page.wait_for_url(re.compile("t=40&unit=11&"))
    line = page.locator("code", has_text="np.tanh((").first
    expect(line).to_be_visible()
    state = float(simulate(HALF_WAY).states[40, 11])
    page.get_by_text(repr(state)).first.wait_for()
    assert eval(line.inner_text(), {"np": np}) == state

    unit = page.get_by_label("Unit (row of the picture)")
    expect(unit).to_have_value("11")
    unit.fill("12")
    unit.press("Enter")
    page.wait_for_url(re.compile("t=40&unit=12&"))
    page.get_by_text(repr(float(simulate(HALF_WAY).states[40, 12]))).first.wait_for()
    viewer.stage.scroll_into_view_if_needed()
    page.mouse.click(*viewer.cell(41, 13, (100, 64)))
    page.wait_for_url(re.compile("t=41&unit=13&"))
    expect(unit).to_have_value("13")


def test_a_closer_look_comes_into_sight_when_it_is_asked_for(open_page):
    page = open_page()
    look(page, "On the curve", "curve")
    page.wait_for_timeout(1200)
    box = page.locator('[data-view="curve"]').bounding_box()
    assert box["y"] + box["height"] <= 768 + 2
    page.reload()
    page.wait_for_selector('[data-view="curve"][data-painted]')
    page.wait_for_timeout(800)
    assert page.locator("h4").bounding_box()["y"] > 0, "a link opens at its top"


def test_the_cure_is_found_and_is_one_click(open_page):
    page = open_page()
    look(page, "What changes it", "initialiser_grid")
    page.get_by_text("even at their best scale").wait_for()
    page.wait_for_timeout(1200)
    x, y = page.evaluate(
        """() => {
            const plot = document.querySelector('[data-view="initialiser_grid"] .js-plotly-plot');
            const { xaxis, yaxis3 } = plot._fullLayout;
            const box = plot.getBoundingClientRect();
            const x = xaxis._offset + xaxis.d2p(Math.log10(1.58));
            return [box.x + x, box.y + yaxis3._offset + yaxis3.d2p(4)];
        }"""
    )
    page.mouse.click(x, y)
    wait_until_painted(page, LECTURE.replace(**CURED, weight_scale=1.58))
    page.get_by_text("Near the edge").wait_for()
    assert "view=initialiser_grid" in page.url
    page.go_back()
    wait_until_painted(page, LECTURE)


def test_the_suggestion_is_one_click(open_page):
    page = open_page()
    page.get_by_role("button", name="Try zero-mean weights").click()
    wait_until_painted(page, LECTURE.replace(**CURED))
    page.get_by_text("The network forgets").wait_for()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_the_first_screen_holds_the_switches_too(open_page, width, height, locale):
    page = open_page(width=width, height=height, locale=locale)
    names = (
        ("Digits of saturation", "Timestep")
        if locale == "en-US"
        else ("포화 자릿수", "타임스텝 위치")
    )
    for element in (
        page.get_by_role("radio", name=names[0]),
        page.get_by_role("slider", name=names[1], exact=True),
    ):
        box = element.bounding_box()
        assert box["y"] + box["height"] <= height
    # The closer looks follow below: the network drawn has taken their place on this screen.
    box = page.locator(".rn-network canvas").bounding_box()
    assert box["y"] + box["height"] <= height


def test_a_phone_has_room_for_all_of_it(open_page):
    for view in ("curve", "one_step", "distribution", "initialiser_grid"):
        page = open_page(f"?view={view}", width=390, height=844, locale="ko-KR")
        page.wait_for_selector(f'[data-view="{view}"][data-painted]')
        overflow = page.evaluate(
            "() => document.querySelector('.stMain').scrollWidth - window.innerWidth"
        )
        assert overflow <= 0
        box = page.locator(f'[data-view="{view}"]').bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390

"""The notebook's widget in a real Chromium, its model answered by Python as a notebook does it."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the extra notebook")

import rnnviz
from rnnviz import Experiment, simulate
from rnnviz.i18n import words
from tests.browser.pixels import VIEWER, heatmap, wait_until_painted
from tests.browser.widget_host import Hosted

STACK = Experiment(units=(12, 8), timesteps=40, cell="GRU", weight_scale=0.4)


@pytest.fixture
def page(chromium):
    """A blank page that may reach nothing."""
    context = chromium.new_context(viewport={"width": 900, "height": 700}, offline=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def click(page, across, up=0.5):
    """Click into the heatmap, at shares of its width and height."""
    viewer = page.locator(VIEWER)
    left, top, width, height = map(float, viewer.get_attribute("data-heat").split())
    viewer.locator(".rv-stage").click(
        position={"x": left + across * width, "y": top + (1 - up) * height}
    )


def test_hand_and_python_share_one_cursor(page):
    widget = rnnviz.show(simulate(STACK))
    host = Hosted(page, widget)
    saved = page.evaluate("() => window.saved.length")
    click(page, 0.51, 0.3)
    host.until(lambda: widget.timestep == 20)
    assert widget.unit == 2
    assert page.evaluate("() => window.saved.length") == saved + 1, "told once, when let go"
    host.set(timestep=7)
    page.get_by_text("t = 7", exact=True).wait_for()
    host.set(window=[10, 20, 0, 4])
    host.until(lambda: page.locator(VIEWER).get_attribute("data-window") is not None)
    assert widget.window == [10, 20, 0, 4]
    page.get_by_role("combobox", name="Layer").select_option("0")
    host.until(lambda: widget.layer == 0)
    page.get_by_role("combobox", name="Shows").select_option(label="update gate z")
    host.until(lambda: widget.lens == "z")
    page.locator(VIEWER).get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    host.until(lambda: widget.timestep == 8)
    page.evaluate("() => window.end()")
    assert page.evaluate("() => window.model.listeners()") == 0
    assert page.locator(VIEWER).count() == 0


def test_the_sliders_are_live(page):
    widget = rnnviz.show(Experiment(), controls=True, language="ko")
    host = Hosted(page, widget, ground="#111")
    assert page.locator(VIEWER).get_attribute("data-theme") == "dark", "as JupyterLab's dark ground"
    before = heatmap(page)
    slider = page.get_by_role("slider", name="가중치 스케일")
    slider.focus()
    page.keyboard.press("Home")
    least = widget.knobs[-1]["texts"][0]
    host.until(lambda: widget.experiment.weight_scale == float(least))
    page.get_by_text(widget.reading).wait_for()
    wait_until_painted(page, widget.experiment)
    assert np.abs(heatmap(page) - before).mean() > 20
    assert slider.get_attribute("aria-valuetext") == least


def test_without_python_the_picture_scrubs_and_says_what_it_lacks(page):
    values = np.tanh(np.random.default_rng(0).normal(size=(4000, 300)).cumsum(0) / 9)
    widget = rnnviz.show(values[None].repeat(2, axis=0), theme="dark")
    Hosted(page, widget)  # and it is never answered
    assert page.locator(VIEWER).get_attribute("data-theme") == "dark"
    click(page, 0.75)
    page.get_by_text("t = 3,000").or_(page.get_by_text("t = 2,99")).first.wait_for()
    assert page.get_by_text(words("en")("widget.alone")).is_hidden()
    page.get_by_role("combobox", name="Trial").select_option("1")
    page.get_by_text(words("en")("widget.alone")).wait_for()
    assert heatmap(page).std() > 10, "it is still there"

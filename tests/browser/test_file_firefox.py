"""The same file in Firefox, opened from a disk, with nothing else in reach."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from rnnviz import Experiment, simulate
from rnnviz.export.lesson_page import lesson_page
from rnnviz.export.viewer_page import viewer_page
from rnnviz.lessons.registry import lessons
from rnnviz.spec.perspective import Perspective
from tests.browser.firefox import Firefox, firefox_path

BASE = Experiment(weight_scale=0.0501)
MOVED = 20
"""Stop of the slider."""


@pytest.fixture
def firefox(tmp_path):
    """A Firefox of its own; without one the tests skip, and in CI that is a failure."""
    if firefox_path() is None:
        reason = "no Firefox on this machine; on Debian: apt-get install firefox-esr"
        pytest.fail(reason) if os.environ.get("CI_FIREFOX") else pytest.skip(reason)
    profile = tmp_path / "profile"
    profile.mkdir()
    with Firefox(profile) as firefox:
        yield firefox


ARROW_RIGHT = "\ue014"
"""WebDriver's name of the key."""


def press(firefox, key):
    """Press a real key where the focus is."""
    actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
    hand = {"type": "key", "id": "keyboard", "actions": actions}
    firefox("WebDriver:PerformActions", actions=[hand])


def point(firefox, x, y):
    """Move the real pointer to a place of the window."""
    actions = [{"type": "pointerMove", "x": x, "y": y, "duration": 50}]
    hand = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
    firefox("WebDriver:PerformActions", actions=[{**hand, "actions": actions}])


def test_hands_keys_and_linked_views_do_in_firefox_what_they_do_elsewhere(firefox, tmp_path):
    run = simulate(Experiment(timesteps=40, units=5, input_features=3, weight_scale=0.3))
    path = tmp_path / "linked.html"
    looked = Perspective(timestep=3)
    path.write_bytes(viewer_page(run, looked, "en", linked=("spectrum", "curve"), theme="light"))
    firefox("WebDriver:Navigate", url=path.as_uri())
    figures = "document.querySelectorAll('[data-testid=\"figure-view\"][data-painted]')"
    firefox.wait_for(f"{figures}.length === 2")
    firefox.do("document.querySelector('.rv-cursor').focus()")
    step = "Number(document.querySelector('.rv-cursor').value)"
    for _ in range(4):
        press(firefox, ARROW_RIGHT)
    firefox.wait_for(f"{step} === 7")
    said = f"[...{figures}].some((one) => one.textContent.includes('Jacobian at t = 7'))"
    firefox.wait_for(said)
    firefox.do("document.querySelector('.rv-play').click()")
    firefox.wait_for(f"{step} > 9")
    firefox.do("document.querySelector('.rv-play').click()")
    whole = firefox.do("return document.querySelector('.rv-viewer').dataset.window ?? ''")
    firefox.do("document.querySelector('.rv-stage').focus()")
    press(firefox, "+")
    firefox.wait_for("!document.querySelector('.rv-reset').hidden")
    firefox.do("document.querySelector('.rv-reset').click()")
    firefox.wait_for("document.querySelector('.rv-reset').hidden")
    assert firefox.do("return document.querySelector('.rv-viewer').dataset.window ?? ''") == whole
    x, y = firefox.do(
        """const place = document.querySelector(".rv-viewer .rv-stage");
        place.scrollIntoView({ block: "center" });
        const box = place.getBoundingClientRect();
        const [left, top, width, height] =
            document.querySelector(".rv-viewer").dataset.heat.split(" ").map(Number);
        return [box.x + left + width / 2, box.y + top + height / 2].map(Math.round);"""
    )
    point(firefox, x, y)
    tip = "document.querySelector('.rv-stage > .rv-tip')?.textContent"
    firefox.wait_for(f"{tip}?.includes('states[')")
    named = "[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === "
    firefox.do(f"{named}'Slope').click()")
    firefox.wait_for(f"{tip}?.includes('slope')")  # of what lies under the resting pointer
    firefox.do(f"{named}'Dark').click()")
    firefox.wait_for("document.querySelector('.rv-viewer').dataset.theme === 'dark'")
    firefox.do(f"{named}'한국어').click()")
    firefox.wait_for(f"[...{figures}].some((one) => one.textContent.includes('야코비안'))")
    assert firefox.do("return /[가-힣]/.test(document.querySelector('h2').textContent)")


def test_firefox_opens_the_file_paints_it_and_computes(firefox, tmp_path):
    path = tmp_path / "lesson.html"
    path.write_bytes(viewer_page(simulate(BASE), Perspective(timestep=7), "ko"))
    firefox("WebDriver:Navigate", url=path.as_uri())
    firefox.wait_for('document.querySelector(".rv-viewer[data-experiment]")?.dataset.experiment')
    assert firefox.do('return document.querySelector(".rv-cursor").value') == "7"
    before = np.asarray(Image.open(io.BytesIO(firefox.screenshot())).convert("RGB"))
    assert before.std() > 10, "an empty picture"
    firefox.do(
        f"""const knob = document.querySelector('[data-knob="weight_scale"]');
        knob.value = {MOVED};
        knob.dispatchEvent(new Event("input"));"""
    )
    shown = '.rv-viewer[data-experiment*="weight_scale\\\\":"]'
    firefox.wait_for(f"Boolean(document.querySelector('{shown}'))")
    after = np.asarray(Image.open(io.BytesIO(firefox.screenshot())).convert("RGB"))
    assert (before != after).any(axis=-1).mean() > 0.1, "another picture"
    firefox.do('document.querySelector("[data-option=en]").click()')
    assert firefox.do("return document.documentElement.lang") == "en"
    lesson = lessons()["loop"]
    path = tmp_path / "loop.html"
    path.write_bytes(lesson_page(lesson, "ko"))
    firefox("WebDriver:Navigate", url=path.as_uri())
    firefox.wait_for('Boolean(document.querySelector(".rv-viewer[data-experiment]"))')
    way = "document.querySelector('[data-way=next]')?.click();"
    answer = "document.querySelector('.rf-option')?.click();"
    firefox.do(way)
    firefox.do(answer)
    assert firefox.do("return document.querySelector('.rf-progress').dataset.met") == "false"
    firefox.do("document.querySelector('[data-way=show]').click()")
    firefox.wait_for("document.querySelector('.rf-progress').dataset.met === 'true'")
    firefox.wait_for(
        """document.querySelector(".rv-viewer").dataset.experiment?.includes("gain=0")"""
    )
    refused = """return fetch("https://example.org/").then(() => false, () => true)"""
    assert firefox("WebDriver:ExecuteScript", script=refused, args=[])["value"]

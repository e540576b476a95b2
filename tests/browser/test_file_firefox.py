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


def test_firefox_opens_the_file_paints_it_and_computes(tmp_path):
    if firefox_path() is None:
        reason = "no Firefox on this machine; on Debian: apt-get install firefox-esr"
        pytest.fail(reason) if os.environ.get("CI_FIREFOX") else pytest.skip(reason)
    path = tmp_path / "lesson.html"
    path.write_bytes(viewer_page(simulate(BASE), Perspective(timestep=7), "ko"))
    profile = tmp_path / "profile"
    profile.mkdir()
    with Firefox(profile) as firefox:
        firefox("WebDriver:Navigate", url=path.as_uri())
        firefox.wait_for(
            'document.querySelector(".rv-viewer[data-experiment]")?.dataset.experiment'
        )
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

"""The viewer by its contract alone: one bundled text on a bare page, no server, no host of ours."""

import base64

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer import bundle, picture_bytes, stylesheet
from rnnviz.views import states
from rnnviz.views._plot.style import Style

HOST = """async ([text, css, bytes]) => {
    const sheet = Object.assign(document.createElement("style"), { textContent: css });
    document.head.append(sheet);
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const { mount, VERSION } = await import(url);
    const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    window.told = [];
    window.viewers = ["one", "one", "two"].map((group, i) => {
        const element = document.body.appendChild(document.createElement("div"));
        return mount({ element, data, group, tell: (name, value) => told.push([i, name, value]) });
    });
    return VERSION;
}"""


@pytest.fixture
def page(chromium):
    """A bare page in which three viewers are mounted, the first two in one group."""
    run = simulate(Experiment(weight_scale=0.05))
    picture = states.analyse(run, Perspective(timestep=7))
    data = base64.b64encode(picture_bytes(picture, Style())).decode()
    page = chromium.new_page(viewport={"width": 900, "height": 700})
    page.goto("about:blank")
    assert page.evaluate(HOST, [bundle(), stylesheet(), data]) == 1
    page.locator("[data-experiment]").nth(2).wait_for()
    page.locator("[data-experiment]").nth(1).wait_for()
    yield page
    page.close()


def _steps(page):
    return page.evaluate("() => viewers.map((viewer) => viewer.cursor.step)")


def test_a_bare_page_is_host_enough(page):
    """Cursor, groups, events, another picture, both themes and the clean-up."""
    assert _steps(page) == [7, 7, 7]
    page.locator(".rv-stage").first.press("ArrowRight")
    page.wait_for_function("() => told.length > 0")
    assert _steps(page) == [8, 8, 7], "one group shares a cursor, another one does not"
    ((number, name, value),) = page.evaluate("() => told")
    assert (number, name) == (0, "cursor")
    assert (value["timestep"], value["unit"]) == (8, None)

    ground = "() => getComputedStyle(document.querySelector('.rv-viewer')).color"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    page.locator('.rv-viewer[data-theme="dark"]').nth(2).wait_for()
    assert page.evaluate(ground) != light
    page.evaluate("() => viewers[0].theme('light')")
    page.locator('.rv-viewer[data-theme="light"]').wait_for()
    assert page.evaluate(ground) == light

    page.evaluate(
        """() => {
            const { base } = viewers[2];
            const values = base.tiles[0].values.map(() => 1);
            const levels = { mean: new Uint8Array(values.length).fill(255) };
            const tile = { ...base.tiles[0], values, levels };
            viewers[2].show({ ...base, experiment: "ones", tiles: [tile] });
        }"""
    )
    page.locator('[data-experiment="ones"]').wait_for()
    page.locator(".rv-stage").nth(2).hover(position={"x": 200, "y": 150})
    assert "1.0" in page.locator(".rv-tip").nth(2).inner_text()
    assert _steps(page) == [8, 8, 7]

    page.evaluate("() => viewers.forEach((viewer) => viewer.destroy())")
    assert page.locator("section").count() == 0
    before = page.evaluate("() => told.length")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => told.length") == before
    assert np.array_equal(_steps(page), [8, 8, 7])

"""The exported page in a browser without a network: it paints, hovers and zooms."""

from contextlib import ExitStack

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.export.gallery import write_gallery
from rnnviz.export.looks import SIZES, Look
from rnnviz.export.sheets import sheet_of, to_json
from rnnviz.export.standalone import standalone
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import views
from tests.browser.offline import opened_file
from tests.browser.pixels import picture
from tests.export.conftest import EXPERIMENTS, studio  # noqa: F401 - a fixture

RUN = simulate(EXPERIMENTS["lively"].replace(dense_units=3))


@pytest.fixture
def offline(chromium):
    """Open a file in a browser that cannot reach anything else; collects all it complains about."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(opened_file(chromium, path))


def exported(tmp_path, name, language="ko", **look):
    sheet = sheet_of(RUN, Perspective(timestep=3), views()[name], Look(**look), language)
    path = tmp_path / f"{name}.html"
    path.write_bytes(standalone(sheet))
    return path, sheet


@pytest.mark.parametrize("name", views())
def test_every_view_paints_without_a_network(offline, tmp_path, name):
    path, sheet = exported(tmp_path, name)
    page = offline(path)
    page.wait_for_selector('#figure[data-painted="true"]')
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.complaints == []
    text = page.locator("body").inner_text()
    for words in (sheet.caption.title, sheet.caption.parameters, sheet.caption.origin):
        assert words in text
    assert picture(page, "#figure").std() > 1, "an empty picture"
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert page.evaluate("document.body.scrollWidth <= innerWidth"), "wider than the window"


def test_hover_and_zoom_work(offline, tmp_path):
    page = offline(exported(tmp_path, "states")[0])
    page.wait_for_selector('#figure[data-painted="true"]')
    box = page.locator("#figure .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#figure .hoverlayer .hovertext")
    before = page.evaluate("document.getElementById('figure').layout.xaxis.range.slice()")
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.8, steps=5)
    page.mouse.up()
    page.wait_for_timeout(300)
    after = page.evaluate("document.getElementById('figure').layout.xaxis.range.slice()")
    assert after[1] - after[0] < (before[1] - before[0]) * 0.6


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_page_has_the_background_of_its_theme(offline, tmp_path, theme):
    page = offline(exported(tmp_path, "states", theme=theme)[0])
    page.wait_for_selector('#figure[data-painted="true"]')
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == {"dark": "rgb(14, 17, 23)"}.get(theme, "rgb(255, 255, 255)")


def test_nothing_can_be_fetched_or_sent(offline, tmp_path):
    page = offline(exported(tmp_path, "states")[0])
    page.wait_for_selector('#figure[data-painted="true"]')
    answer = page.evaluate(
        "fetch('https://example.org/').then(() => 'sent', (error) => error.constructor.name)"
    )
    assert answer == "TypeError"
    assert any("Content Security Policy" in text for text in page.complaints)


@pytest.mark.parametrize("format", ["html", "svg"])
def test_a_gallery_shows_every_view_without_a_network(offline, tmp_path, format, request):
    def sheets():
        for name, view in views().items():
            yield name, sheet_of(RUN, Perspective(), view, Look(), "ko")

    if format != "html":
        request.getfixturevalue("studio")
    write_gallery(sheets(), tmp_path / "g", format)
    page = offline(tmp_path / "g" / "index.html")
    for name in views():
        shown = page.locator(f'[src="{name}.{format}"]')
        shown.scroll_into_view_if_needed()
        if format == "html":
            frame = page.frame_locator(f'[src="{name}.html"]')
            frame.locator('#figure[data-painted="true"]').wait_for()
        else:
            page.wait_for_function("image => image.naturalWidth > 0", arg=shown.element_handle())
    assert page.complaints == []


MEASURE = """async (text) => {
  const place = document.body.appendChild(document.createElement("div"));
  await Plotly.newPlot(place, JSON.parse(text));
  const origin = place.getBoundingClientRect();
  const box = (one) => {
    const { left, right, top, bottom, width } = one.getBoundingClientRect();
    return width && { left: left - origin.left, right: right - origin.left,
                      top: top - origin.top, bottom: bottom - origin.top };
  };
  const caption = place.querySelector(".gtitle");
  const others = [...place.querySelectorAll("text")].filter((one) => one !== caption);
  const boxes = { caption: box(caption), others: others.map(box).filter((one) => one) };
  Plotly.purge(place);
  place.remove();
  return boxes;
}"""


STACK = simulate(
    Experiment(units=(8, 8, 8), timesteps=20, cell="LSTM", weight_scale=0.3, dense_units=1)
)


@pytest.mark.parametrize("run", [RUN, STACK], ids=["one layer", "three layers"])
@pytest.mark.parametrize("size", SIZES)
def test_the_caption_stays_on_the_sheet_and_free_of_the_figure(offline, tmp_path, size, run):
    """Measured by the browser that draws it: no line is cut, nothing else reaches into the foot."""
    page = offline(exported(tmp_path, "states")[0])
    page.wait_for_selector('#figure[data-painted="true"]')
    for name, view in views().items():
        sheet = sheet_of(run, Perspective(), view, Look(size=size), "ko", address="http://x/")
        boxes = page.evaluate(MEASURE, to_json(sheet.figure))
        caption = boxes["caption"]
        assert caption["left"] >= 0, name
        assert caption["right"] <= sheet.width, name
        assert caption["bottom"] <= sheet.height, name
        for box in boxes["others"]:
            assert -1 <= box["left"] <= box["right"] <= sheet.width + 1, f"{name}: letters are cut"
        lowest = np.max([box["bottom"] for box in boxes["others"]])
        assert lowest <= caption["top"] + 1, f"letters of {name} reach into the caption"

import io
import json
import xml.etree.ElementTree as ElementTree

import plotly.graph_objects as go
import pypdf
import pytest
from PIL import Image

from rnnviz import Experiment, simulate
from rnnviz.export.caption import Caption
from rnnviz.export.looks import SCALES, SIZES, Look
from rnnviz.export.sheets import finished, sheet_of, to_json
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import THEMES
from rnnviz.views.registry import view

RUN = simulate(Experiment(timesteps=20, units=8, recurrent_initializer="orthogonal"))
SAID = Caption("Title", "How to read", "Units 8", "Seed 0", "?v=1&units=8")


def sheet(language="en", **look):
    return sheet_of(RUN, Perspective(), view("states"), Look(**look), language)


@pytest.mark.parametrize(
    ("size", "scale", "pixels"),
    [
        ("page", 1, 1100),
        ("page", 2, 2200),
        ("page", 4, 4400),
        ("slide", 1, 1920),
        ("slide", 2, 3840),
        ("column", 1, 1051),
        ("column", 2, 2102),
    ],
)
def test_a_png_has_the_pixels_that_its_size_promises(studio, size, scale, pixels):
    drawn = sheet(size=size, scale=scale)
    image = Image.open(io.BytesIO(studio.picture(drawn, "png")))
    assert abs(image.width - pixels) <= 1
    if size == "slide":
        assert image.size == (1920 * scale, 1080 * scale)


def test_what_is_higher_than_a_slide_comes_out_smaller_and_not_squeezed(studio):
    stack = simulate(Experiment(units=(8,) * 4, cell="LSTM", timesteps=10))
    drawn = sheet_of(stack, Perspective(), view("layers"), Look(size="slide"), "ko")
    assert drawn.width > 1280
    assert drawn.width * 9 == drawn.height * 16
    assert Image.open(io.BytesIO(studio.picture(drawn, "png"))).size == (1920, 1080)


def test_a_column_is_89_millimetres_wide_and_printed_at_300_dots_an_inch(studio):
    drawn = sheet(size="column", theme="print")
    page = pypdf.PdfReader(io.BytesIO(studio.picture(drawn, "pdf"))).pages[0]
    assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(89, abs=0.4)
    image = Image.open(io.BytesIO(studio.picture(drawn, "png")))
    assert image.width / image.info["dpi"][0] * 25.4 == pytest.approx(89, abs=0.4)
    assert image.info["dpi"][0] == pytest.approx(300, abs=0.5)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_letters_and_lines_can_be_read_at_column_width(studio, language):
    """Journals ask for at least 5 to 6 points, and lines of at least 0.5 points."""
    drawn = sheet(language, size="column", theme="print")
    root = ElementTree.fromstring(studio.picture(drawn, "svg"))
    points = drawn.zoom("svg") * 72 / 96
    sizes, widths = [], []
    for node in root.iter():
        for rule in (node.get("style") or "").split(";"):
            name, _, value = rule.partition(":")
            if name.strip() == "font-size" and "".join(node.itertext()).strip():
                sizes.append(float(value.strip().removesuffix("px")) * points)
            if name.strip() == "stroke-width" and "js-line" in (node.get("class") or ""):
                widths.append(float(value.strip().removesuffix("px")) * points)
    assert min(sizes) >= 6
    assert min(widths) >= 0.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_background_and_foot_follow_the_look(theme, size):
    with_caption, without = (sheet(theme=theme, size=size, caption=kept) for kept in (True, False))
    background = with_caption.figure.layout.paper_bgcolor
    assert (
        background
        == {
            "light": "#ffffff",
            "dark": "#0e1117",
            "print": "rgba(0,0,0,0)",
        }[theme]
    )
    assert "Seed 0" in with_caption.figure.layout.title.text
    assert without.figure.layout.title.text is None
    if size == "slide":
        assert with_caption.height == without.height == 720
    else:
        assert with_caption.height > without.height
    assert with_caption.figure.layout.margin.b > without.figure.layout.margin.b


def test_a_slide_is_set_for_the_back_row():
    layout = sheet(size="slide").figure.layout
    assert layout.template.layout.font.size >= 18


def test_the_scale_changes_pixels_only():
    layouts = {to_json(sheet(scale=scale).figure) for scale in SCALES}
    assert len(layouts) == 1


def test_the_figure_itself_stays_as_the_view_drew_it():
    drawn = sheet()
    plain = to_json(drawn.plain)
    assert drawn.figure is not drawn.plain
    assert to_json(drawn.plain) == plain
    assert drawn.plain.layout.width is None


def test_a_title_of_its_own_is_kept_above_the_plot():
    figure = go.Figure(go.Scatter(y=[1, 2]), layout={"title": {"text": "Mine"}})
    layout = finished(figure, Look(), SAID).layout
    assert [note.text for note in layout.annotations] == ["Mine"]
    assert layout.title.text.startswith("<b>Title</b>")
    assert finished(figure, Look(caption=False), SAID).layout.title.text == "Mine"


def test_a_figure_without_height_and_margin_gets_both():
    layout = finished(go.Figure(go.Scatter(y=[1, 2])), Look(), SAID).layout
    assert layout.height > 480
    assert layout.margin.b > 80


def test_letters_with_a_meaning_in_html_stay_letters():
    odd = Caption("a < b & c", "", "“<b>”", "Seed 0", "?a=1&b=2")
    text = finished(go.Figure(), Look(), odd).layout.title.text
    assert "<b>a &lt; b &amp; c</b>" in text
    assert "“&lt;b&gt;”" in text


def test_the_experiment_travels_in_the_figure():
    kept = json.loads(to_json(sheet().figure))["layout"]["meta"]
    assert Experiment.from_json(json.dumps(kept["rnnviz"])) == RUN.experiment
    assert kept["time_axis"] == "x"


def test_the_picture_of_a_layer_beyond_the_last_is_the_last():
    drawn = sheet_of(RUN, Perspective(layer=9), view("states"), Look(), "en")
    assert "Layer" not in drawn.caption.parameters

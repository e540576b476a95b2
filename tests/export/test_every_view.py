"""Every view in every format, each file opened by somebody else's reader.

The list of views is the registry's: a view that is added is tested here, and one that cannot be
exported fails here.
"""

import html.parser
import io
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import plotly.io
import pypdf
import pytest
from PIL import Image

from rnnviz import Experiment, simulate
from rnnviz.export.formats import FORMATS, PICTURES, TEXTS
from rnnviz.export.looks import Look
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import views
from tests.export.conftest import EXPERIMENTS

RUNS = {
    "en": simulate(Experiment(dense_units=1)),
    "ko": simulate(EXPERIMENTS["lively"].replace(dense_units=9)),
}
LOOKS = {"en": Look(), "ko": Look(theme="print", size="column", scale=2)}


def squeezed(text):
    """Text without white space: readers of PDF put spaces between scripts, and lines break."""
    return "".join(text.split())


def words_of(sheet):
    caption = sheet.caption
    return [squeezed(part) for part in (caption.title, caption.origin, caption.link)]


def close(size, expected, tolerance):
    return all(abs(a - b) <= tolerance for a, b in zip(size, expected, strict=True))


def read_png(content, sheet):
    image = Image.open(io.BytesIO(content))
    image.load()
    zoom = sheet.zoom("png")
    assert close(image.size, (sheet.width * zoom, sheet.height * zoom), 1)
    assert close(image.info["dpi"], (sheet.look.dots_per_inch,) * 2, 0.1)
    assert image.text["Title"] == sheet.caption.title
    assert Experiment.from_json(image.text["rnnviz"]) == Experiment.from_json(sheet.experiment)
    transparent = image.convert("RGBA").getpixel((1, 1))[3] == 0
    assert transparent == (sheet.look.theme == "print")
    top = round(image.height * (1 - sheet.figure.layout.title.y))
    foot = image.convert("RGBA").crop((0, top, image.width // 3, image.height))
    colours = np.unique(np.asarray(foot).reshape(-1, 4), axis=0)
    assert len(colours) > 2, "nothing is printed where the caption stands"


def read_svg(content, sheet):
    root = ElementTree.fromstring(content)
    zoom = sheet.zoom("svg")
    size = (float(root.get("width")), float(root.get("height")))
    assert close(size, (sheet.width * zoom, sheet.height * zoom), 1)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == sheet.caption.title
    kept = Experiment.from_json(root.find(f"{space}metadata").text)
    assert kept == Experiment.from_json(sheet.experiment)
    text = squeezed("".join("".join(node.itertext()) for node in root.iter(f"{space}text")))
    for words in words_of(sheet):
        assert words in text
    assert not [node for node in root.iter() if node.get("src", "").startswith("http")]


def read_pdf(content, sheet):
    reader = pypdf.PdfReader(io.BytesIO(content))
    (page,) = reader.pages
    points = sheet.zoom("pdf") * 72 / 96
    size = (float(page.mediabox.width), float(page.mediabox.height))
    assert close(size, (sheet.width * points, sheet.height * points), 1)
    text = squeezed(page.extract_text())
    for words in words_of(sheet):
        assert words in text
    assert fonts(page)
    for font in fonts(page):
        assert font["/Subtype"] == "/Type0", "an outline that is no real font"
        (descendant,) = font["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor, "not embedded"


def fonts(page):
    """The fonts of a page and of the drawings on it."""
    found, open_ = [], [page["/Resources"]]
    while open_:
        resources = open_.pop().get_object()
        found += [font.get_object() for font in resources.get("/Font", {}).values()]
        for drawing in resources.get("/XObject", {}).values():
            drawing = drawing.get_object()
            if "/Resources" in drawing:
                open_.append(drawing["/Resources"])
    return found


class _Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.elements = [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.elements and self.elements[-1][0] not in ("script", "style"):
            self.text.append(data)


def read_html(content, sheet):
    """See tests/browser/test_standalone.py for the same page in a browser without a network."""
    page = _Page()
    page.feed(content.decode())
    text = squeezed("".join(page.text))
    for words in words_of(sheet):
        assert words in text
    assert dict(page.elements)["html"]["lang"] == sheet.language
    for tag, attributes in page.elements:
        assert not {"src", "srcset"} & set(attributes), tag
        assert tag != "link"


def read_json(content, sheet):
    figure = plotly.io.from_json(content.decode())
    assert (figure.layout.width, figure.layout.height) == (sheet.width, sheet.height)
    text = squeezed(html.unescape(figure.layout.title.text.replace("<br>", "")))
    for words in words_of(sheet):
        assert words in text
    kept = Experiment.from_json(json.dumps(figure.layout.meta["rnnviz"]))
    assert kept == Experiment.from_json(sheet.experiment)


READERS = {
    "png": read_png,
    "svg": read_svg,
    "pdf": read_pdf,
    "html": read_html,
    "json": read_json,
}


@pytest.mark.parametrize("language", RUNS)
@pytest.mark.parametrize("name", views())
def test_every_view_as_a_text(name, language):
    sheet = sheet_of(RUNS[language], Perspective(), views()[name], LOOKS[language], language)
    for format, write in TEXTS.items():
        READERS[format](write(sheet), sheet)


@pytest.mark.parametrize("language", RUNS)
@pytest.mark.parametrize("name", views())
def test_every_view_as_a_picture(name, language, studio):
    sheet = sheet_of(RUNS[language], Perspective(), views()[name], LOOKS[language], language)
    for format in PICTURES:
        READERS[format](studio.picture(sheet, format), sheet)


def test_there_is_a_reader_for_every_format():
    assert set(READERS) == set(FORMATS)

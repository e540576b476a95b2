import concurrent.futures
import io
import sys
from xml.etree import ElementTree

import pypdf
import pytest
from PIL import Image, ImageChops

from rnnviz import Experiment, simulate
from rnnviz.export import browser
from rnnviz.export.browser import PictureBrowser, developed, missing
from rnnviz.export.failures import ExportFailure
from rnnviz.export.formats import developing
from rnnviz.export.looks import Look
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import view
from tests.export.test_fonts import NO_FONTS, no_fonts  # noqa: F401 - a fixture


def sheet(language="en", units=4):
    run = simulate(Experiment(timesteps=5, units=units))
    return sheet_of(run, Perspective(), view("states"), Look(caption=False), language)


def test_one_browser_serves_many_threads(studio):
    sheets = [sheet(units=units) for units in (2, 3, 4, 5)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        drawn = list(pool.map(lambda one: studio.picture(one, "svg"), sheets))
    assert len(set(drawn)) == len(sheets)
    assert all(content.startswith(b"<svg") for content in drawn)


def test_a_row_of_sheets_comes_out_in_its_order():
    sheets = [sheet(units=units) for units in (2, 3, 4)]
    for one, content in zip(sheets, developing(iter(sheets), "svg"), strict=True):
        assert f'"units": {one.plain.layout.meta["rnnviz"]["units"]}'.encode() in content


def test_without_a_browser_it_says_so_and_starts_nothing(monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    assert missing().problem.key == "no_browser"
    with pytest.raises(ExportFailure, match="BROWSER_PATH"), PictureBrowser():
        pass


def test_without_kaleido_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "kaleido", None)
    assert missing().problem.key == "no_kaleido"
    assert "rnnviz[export]" in missing().sentence("ko")


def test_a_browser_that_does_not_start_is_a_sentence(monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", "/bin/false")
    monkeypatch.setattr(browser, "_START_SECONDS", 20)
    with pytest.raises(ExportFailure) as caught, PictureBrowser():
        pass
    assert caught.value.problem.key == "browser_failed"


def test_a_picture_that_cannot_be_drawn_is_a_sentence(studio):
    broken = sheet()
    broken.figure.layout.width = 10**6
    with pytest.raises(ExportFailure) as caught:
        studio.picture(broken, "png")
    assert "\n" not in caught.value.sentence()
    assert studio.picture(sheet(), "png"), "and the next one is drawn"


@pytest.mark.usefixtures("no_fonts")
def test_hangul_without_a_font_is_refused_before_it_is_drawn(studio):
    rare = simulate(Experiment(signal="text", text="갂", vocabulary_size=50))
    with pytest.raises(ExportFailure, match="갂"):
        studio.picture(sheet_of(rare, Perspective(), view("states"), Look(), "ko"), "png")
    assert developed(studio.begin(sheet("ko"), "png"))


@pytest.fixture(scope="module")
def bare_studio(tmp_path_factory):
    """A hidden browser on a machine without any font at all."""
    folder = tmp_path_factory.mktemp("fonts")
    (folder / "fonts.conf").write_text(NO_FONTS.format(folder=folder / "none"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(folder / "fonts.conf"))
        if missing():
            pytest.skip(str(missing()))
        with PictureBrowser() as studio:
            yield studio


def placed(svg):
    """Every text of a picture with its place; also boxes, which are as wide as their text."""
    found = []
    for element in ElementTree.fromstring(svg).iter():
        kind = element.tag.rpartition("}")[2]
        if kind in ("text", "tspan"):
            where = [element.get(name) for name in ("x", "y", "transform")]
            found.append((kind, "".join(element.itertext()), *where))
        elif kind == "rect":
            found.append((kind, *(element.get(name) for name in ("x", "y", "width", "height"))))
    return found


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "print"])
def test_a_machine_without_fonts_draws_the_same_picture(studio, bare_studio, language, theme):
    """To the last pixel, and with all its texts in the same places."""
    look = Look(theme=theme)
    drawn = sheet_of(simulate(Experiment(units=4)), Perspective(), view("states"), look, language)
    places = [placed(one.picture(drawn, "svg")) for one in (studio, bare_studio)]
    assert places[0] == places[1]
    assert len(places[0]) > 10
    pictures = [
        Image.open(io.BytesIO(one.picture(drawn, "png"))).convert("L")
        for one in (studio, bare_studio)
    ]
    assert ImageChops.difference(*pictures).getbbox() is None


@pytest.mark.parametrize(
    ("language", "families"),
    [
        ("en", {"rnnvizLatin-Regular", "rnnvizLatin-Bold"}),
        (
            "ko",
            {
                "rnnvizLatin-Regular",
                "rnnvizLatin-Bold",
                "Pretendard-Regular",
                "Pretendard-SemiBold",
            },
        ),
    ],
)
def test_a_pdf_holds_the_faces_and_no_other(bare_studio, language, families):
    """As TrueType: publishers refuse Type 3, and readers cannot search it."""
    shown = sheet_of(simulate(Experiment()), Perspective(), view("states"), Look(), language)
    page = pypdf.PdfReader(io.BytesIO(bare_studio.picture(shown, "pdf"))).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert {font["/Subtype"] for font in fonts} == {"/Type0"}
    assert {font["/DescendantFonts"][0].get_object()["/Subtype"] for font in fonts} == {
        "/CIDFontType2"
    }
    assert {font["/BaseFont"].partition("+")[2] for font in fonts} == families
    title = "시간에 따른 은닉 상태" if language == "ko" else shown.caption.title
    assert "".join(title.split()) in "".join(page.extract_text().split())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_svg_brings_the_faces_that_it_needs(studio, language):
    content = studio.picture(sheet(language), "svg").decode()
    ElementTree.fromstring(content)
    assert content.count("@font-face") == (2 if language == "ko" else 1)
    assert "http" not in content.replace("http://www.w3.org/", "")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", ["states", "spectrum", "lyapunov"])
def test_a_pdf_says_its_title_and_holds_its_experiment(studio, language, name):
    experiment = Experiment(timesteps=6, units=4, seed=5)
    run = simulate(experiment)
    shown = sheet_of(run, Perspective(), view(name), Look(), language)
    document = pypdf.PdfReader(io.BytesIO(studio.picture(shown, "pdf")))
    said = document.metadata
    assert said.title == shown.caption.title
    assert said.subject == shown.caption.parameters
    assert Experiment.from_json(said["/rnnviz"]) == experiment
    assert said.creator.startswith("rnnviz ")
    assert "Mozilla" not in str(dict(said))
    assert document.root_object["/Lang"] == language
    assert len(document.pages) == 1

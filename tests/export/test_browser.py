import concurrent.futures
import sys

import pytest

from rnnviz import Experiment, simulate
from rnnviz.export import browser
from rnnviz.export.browser import PictureBrowser, developed, missing
from rnnviz.export.failures import ExportFailure
from rnnviz.export.formats import developing
from rnnviz.export.looks import Look
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import view
from tests.export.test_fonts import no_fonts  # noqa: F401 - a fixture


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
    with pytest.raises(ExportFailure, match="Hangul"):
        studio.picture(sheet("ko"), "png")
    assert developed(studio.begin(sheet("en"), "png"))

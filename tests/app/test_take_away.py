"""The menu without a browser: what it offers, and what it does when something is missing."""

import io
import json
import struct
import time
import zipfile

import pytest

from rnnviz import Experiment, simulate
from rnnviz.app.runtime import delivery, shared_browser
from rnnviz.app.runtime.shared_browser import SharedBrowser
from rnnviz.app.sidebar import download, take_away
from rnnviz.codegen.notes_notebook import notebook
from rnnviz.codegen.programs import program
from rnnviz.export.failures import ExportFailure
from rnnviz.export.looks import Look
from rnnviz.export.sheets import sheet_of
from rnnviz.i18n import words
from rnnviz.spec.perspective import PAGES, Perspective
from rnnviz.views.registry import view, views
from tests.app.test_app import run, shown

MENU = "take-away"


def opened(query="", locale="en-US"):
    at = run(query, locale)
    assert not at.exception
    at.session_state[MENU] = True
    return at.run()


def labels(at):
    return [button.label for button in at.button] + [
        button.proto.label for button in at.get("download_button")
    ]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_every_page_has_the_menu_and_it_is_built_when_it_is_opened(page, locale):
    at = run(f"page={page}", locale)
    assert "PNG" not in labels(at)
    at.session_state[MENU] = True
    at.run()
    assert not at.exception
    assert not at.error
    offered = labels(at)
    for name in ("PNG", "SVG", "PDF", "HTML", "CSV", "PARQUET", "NPZ", "JSON", "NumPy", "PyTorch"):
        assert name in offered
    say = words(locale[:2])
    first = ("training",) if page == "training" else ()
    assert [tab.label for tab in at.tabs] == [
        say(f"take_away.{name}.tab") for name in (*first, "picture", "data", "code", "link", "open")
    ]


def test_it_offers_every_view_beginning_with_the_one_that_is_shown():
    say = words("en")
    for query, left_out in (("dense_units=1", set()), ("", {"output"})):
        at = opened(query)
        choice = next(box for box in at.selectbox if box.label == say("take_away.view"))
        names = [name for name in views() if name not in left_out]
        assert choice.options == [say(f"view.{name}.title") for name in names]
        assert choice.value == "states"


@pytest.mark.parametrize(("side", "units"), [("a", 8), ("b", 5)])
def test_side_by_side_one_of_the_two_is_taken_away_and_the_link_holds_both(side, units):
    at = opened("page=compare&units=8&b.units=5")
    choice = next(one for one in at.segmented_control if one.label == words("en")("take_away.side"))
    choice.set_value(side)
    at.session_state[MENU] = True
    at.run()
    address, command = (block.value for block in at.code[-2:])
    assert "&units=8&" in address
    assert "&b.units=5&" in address
    assert f"&units={units}&" in command
    assert "page=" not in command
    choice = next(box for box in at.selectbox if box.label == words("en")("take_away.view"))
    assert choice.value == "states"


def test_nothing_is_made_before_somebody_clicks(monkeypatch):
    asked = []

    def asking(name):
        return lambda *_, **__: asked.append(name) or b""

    for name in ("sheet_of", "hand_over", "draw_in_browser"):
        monkeypatch.setattr(take_away, name, asking(name))
    monkeypatch.setattr(download, "program", asking("program"))
    monkeypatch.setattr(take_away, "DATA", {name: asking(name) for name in take_away.DATA})
    at = opened()
    assert not at.exception
    assert "NPZ" in labels(at)
    assert asked == []
    next(button for button in at.button if button.label == "SVG").click().run()
    assert asked[0] == "sheet_of"


def test_opening_the_menu_changes_nothing_else():
    at = opened("units=8&t=5")
    assert shown(at) == Experiment(units=8)
    assert at.query_params["t"] in ("5", ["5"])


def test_without_a_browser_the_menu_says_so_and_png_stays(monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere")
    at = opened(locale="ko-KR")
    disabled = {button.label: button.disabled for button in at.button}
    assert disabled["PDF"]
    assert not disabled["PNG"]
    assert not disabled["SVG"]
    assert any("Chromium" in caption.value for caption in at.caption)


def test_data_too_large_for_a_page_is_left_to_the_command_line(monkeypatch):
    monkeypatch.setattr(take_away, "PAGE_LIMIT", 100_000)
    at = opened("units=128")
    disabled = {button.proto.label: button.proto.disabled for button in at.get("download_button")}
    assert disabled["CSV"]
    assert disabled["NPZ"]
    assert not disabled["JSON"]
    commands = [block.value for block in at.code]
    assert any(
        text.startswith("python -m rnnviz data --out rnnviz.csv --link '?v=1") for text in commands
    )


def test_a_file_that_cannot_be_made_is_a_sentence_and_no_exception():
    class Place:
        def download_button(self, label, data, **more):
            self.made = data()

    def failing():
        raise MemoryError

    place = Place()
    download.download(place, "CSV", "rnnviz.csv", failing, words("ko"))
    assert "rnnviz.csv: 만들지 못했습니다" in place.made.decode()


def test_a_program_that_reads_a_file_comes_with_it():
    made = program(Experiment(signal="co2"), "numpy")
    archive = zipfile.ZipFile(io.BytesIO(made.package()))
    assert archive.namelist() == ["rnnviz_numpy.py", *(name for name, _ in made.files)]
    assert archive.read("rnnviz_numpy.py").decode() == made.text


def sheet(**look):
    run = simulate(Experiment(timesteps=4, units=3))
    return sheet_of(run, Perspective(), view("states"), Look(**look), "ko")


def test_an_order_carries_the_figure_and_how_to_draw_it(monkeypatch):
    sent = {}
    monkeypatch.setattr(delivery, "_DELIVERY", lambda **what: sent.update(what))
    one = sheet(size="slide", scale=2)
    delivery.draw_in_browser(one, "png", "a.png", words("ko"))
    payload = sent["data"]
    (length,) = struct.unpack_from("<I", payload)
    header = json.loads(payload[4 : 4 + length])
    assert (header["width"], header["height"], header["scale"]) == (1280, 720, 3)
    assert header["saved"] == "내보냈습니다: a.png"
    body = payload[4 + length : 4 + length + header["first"]]
    assert json.loads(body)["layout"]["title"]["text"].startswith("<b>시간에 따른")
    assert b"iTXt" in payload[4 + length + header["first"] :]
    delivery.draw_in_browser(one, "png", "a.png", words("ko"))
    second = json.loads(sent["data"][4 : 4 + length])
    assert second["number"] != header["number"], "the same click again is another order"


class FakeStudio:
    opened = closed = 0
    failing = False

    def __enter__(self):
        type(self).opened += 1
        return self

    def __exit__(self, *_):
        type(self).closed += 1

    def picture(self, sheet, format):
        if self.failing:
            raise ExportFailure("browser_failed", reason="x")
        return b"picture"


@pytest.fixture
def fake(monkeypatch):
    class Fresh(FakeStudio):
        pass

    monkeypatch.setattr(shared_browser, "PictureBrowser", Fresh)
    return Fresh


def test_visitors_share_one_browser_and_it_is_let_go_when_idle(fake):
    shared = SharedBrowser(idle=0.2)
    assert [shared.picture(None, "pdf") for _ in range(3)] == [b"picture"] * 3
    assert (fake.opened, fake.closed) == (1, 0)
    deadline = time.monotonic() + 10
    while not fake.closed and time.monotonic() < deadline:
        time.sleep(0.02)
    assert fake.closed == 1
    shared.picture(None, "pdf")
    assert fake.opened == 2
    shared.close()
    assert fake.closed == 2


def test_after_a_failure_the_next_visitor_gets_a_fresh_browser(fake):
    shared = SharedBrowser()
    fake.failing = True
    with pytest.raises(ExportFailure):
        shared.picture(None, "pdf")
    fake.failing = False
    assert shared.picture(None, "pdf") == b"picture"
    assert (fake.opened, fake.closed) == (2, 1)
    shared.close()


def test_too_many_at_once_are_asked_to_come_back(fake):
    shared = SharedBrowser(waiting=0.05)
    with shared._turn, pytest.raises(ExportFailure) as caught:
        shared.picture(None, "pdf")
    assert caught.value.problem.key == "browser_busy"


def test_the_notebook_is_that_of_what_is_shown(monkeypatch):
    made = {}

    def kept(place, label, name, content, say, **more):
        made[name] = content

    monkeypatch.setattr(take_away, "download", kept)
    at = opened("units=8&t=5", locale="ko-KR")
    assert not at.exception
    text = made["rnnviz.ipynb"]().decode()
    assert text == notebook(simulate(Experiment(units=8)), words("ko"))

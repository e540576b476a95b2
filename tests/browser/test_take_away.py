"""What a visitor takes away from the page, and brings back."""

import io
import json
import re
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
import pandas as pd
import pypdf
import pytest
from PIL import Image

from rnnviz import Experiment, simulate
from rnnviz.export.browser import missing
from rnnviz.i18n import words
from rnnviz.views.registry import views
from tests.browser.conftest import ROOT
from tests.browser.hands import choose
from tests.browser.pixels import shown_experiment, wait_until_painted
from tests.browser.server import running

SMALL = Experiment(timesteps=12, units=8, seed=3)


class Menu:
    """The menu of a page, in a language."""

    def __init__(self, page, language="en"):
        self.page, self.say = page, words(language)
        page.locator(".st-key-take-away button").first.click()
        self.body = page.locator(".st-key-take-away-sheet")
        self.body.get_by_role("button", name="PNG", exact=True).wait_for()

    def tab(self, name):
        self.body.get_by_role("tab", name=self.say(f"take_away.{name}.tab")).click()
        return self

    def choose(self, key):
        self.body.get_by_role("radio", name=self.say(f"take_away.{key}")).click()
        self.page.wait_for_timeout(300)
        return self

    def view(self, name):
        """Choose another view than the one that is offered first."""
        box = self.body.get_by_role("combobox", name=self.say("take_away.view"))
        title = self.say(f"view.{name}.title")
        choose(self.page, box, title)
        self.page.wait_for_timeout(300)
        return self

    def take(self, label):
        with self.page.expect_download(timeout=90_000) as download:
            self.body.get_by_role("button", name=label, exact=True).click()
        with open(download.value.path(), "rb") as file:
            return download.value.suggested_filename, file.read()

    def bring(self, name, content):
        self.tab("open")
        upload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.body.locator("input[type=file]").set_input_files([upload])
        return self


def query(experiment, **more):
    return "?" + experiment.to_query() + "".join(f"&{name}={value}" for name, value in more.items())


@pytest.mark.parametrize(
    ("size", "pixels"), [("page", (1100, None)), ("slide", (1920, 1080)), ("column", (1051, None))]
)
def test_a_png_is_drawn_by_the_visitors_browser(open_page, size, pixels):
    menu = Menu(open_page(query(SMALL)))
    name, content = menu.choose(f"size_{size}").take("PNG")
    assert name == "rnnviz-states.png"
    image = Image.open(io.BytesIO(content))
    image.load()
    assert abs(image.width - pixels[0]) <= 1
    assert pixels[1] in (None, image.height)
    assert image.text["Title"] == "Hidden states over time"
    assert Experiment.from_json(image.text["rnnviz"]) == SMALL
    red = np.asarray(image.convert("RGB"))[:, : image.width // 2]
    assert ((red[..., 0] > 80) & (red[..., 2] < 60)).mean() > 0.1, "the states are not there"
    menu.page.get_by_text("Saved: rnnviz-states.png").wait_for()


def test_resolution_and_theme_are_followed(open_page):
    menu = Menu(open_page(query(SMALL), color_scheme="dark"))
    for scale in (4, 2):
        menu.body.get_by_role("radio", name=f"{scale}×").click()
        menu.page.wait_for_timeout(300)
        image = Image.open(io.BytesIO(menu.take("PNG")[1]))
        assert abs(image.width - 1100 * scale) <= 1
    assert image.convert("RGB").getpixel((3, 3)) == (14, 17, 23), "dark page, dark picture"
    image = Image.open(io.BytesIO(menu.choose("theme_print").take("PNG")[1]))
    assert image.convert("RGBA").getpixel((3, 3))[3] == 0


def test_an_svg_holds_the_caption_in_korean(open_page):
    menu = Menu(open_page(query(SMALL, lang="ko")), "ko")
    name, content = menu.take("SVG")
    root = ElementTree.fromstring(content)
    text = "".join(root.itertext())
    assert name == "rnnviz-states.svg"
    assert "시간에 따른 은닉 상태" in text
    assert "타임스텝 12" in text
    assert menu.page.url.partition("?")[0] + "?v=1" in text.replace("\u200b", "")


def test_the_caption_can_be_left_out(open_page):
    menu = Menu(open_page(query(SMALL)))
    menu.body.get_by_text(menu.say("take_away.caption")).click()
    menu.page.wait_for_timeout(300)
    assert b"Seed 3" not in menu.take("SVG")[1]


@pytest.mark.skipif(missing() is not None, reason="no Kaleido or no browser for it")
def test_a_pdf_comes_from_the_server(open_page):
    menu = Menu(open_page(query(SMALL, lang="ko")), "ko")
    name, content = menu.take("PDF")
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    assert name == "rnnviz-states.pdf"
    assert "은닉상태" in "".join(page.extract_text().split())


@pytest.mark.parametrize("name", [name for name, one in views().items() if not one.needs_trials])
def test_every_view_can_be_taken_away_from_the_page_that_shows_it(open_page, name):
    view = views()[name]
    shown = SMALL.replace(dense_units=2)
    menu = Menu(open_page(query(shown, page=view.page, view=name)))
    # The shapes have no choice of their own on their page: they always stand there.
    file, content = (menu.view(name) if name == "shapes" else menu).take("PNG")
    assert file == f"rnnviz-{name}.png"
    image = Image.open(io.BytesIO(content))
    assert image.text["Title"] == words("en")(f"view.{name}.title")
    assert np.asarray(image.convert("L")).std() > 1, "an empty picture"


def test_data_come_back_bit_for_bit(open_page):
    menu = Menu(open_page(query(SMALL))).tab("data")
    states = simulate(SMALL).states
    table = pd.read_csv(io.BytesIO(menu.take("CSV")[1]))
    assert (table["state"].to_numpy() == states.ravel()).all()
    table = pd.read_parquet(io.BytesIO(menu.take("PARQUET")[1]))
    assert (table["state"].to_numpy() == states.ravel()).all()
    with np.load(io.BytesIO(menu.take("NPZ")[1])) as arrays:
        assert (arrays["layer_0_states"] == states).all()
    assert Experiment.from_json(menu.take("JSON")[1].decode()) == SMALL


def test_nothing_is_fetched_before_a_click(open_page):
    """Neither a file of the server's nor what the browser draws with."""
    page, asked = open_page(query(SMALL)), []
    page.on("request", lambda request: asked.append(request.url))
    menu = Menu(page)
    for tab in ("data", "code", "link", "open", "picture"):
        menu.tab(tab)
        page.wait_for_timeout(200)
    made = re.compile(r"(?<!/static)/media/|plotly")  # the fonts of Streamlit are media, too
    assert [url for url in asked if made.search(url)] == []
    menu.take("PNG")
    assert [url for url in asked if "plotly.min.js" in url]


def test_code_and_link_are_there(open_page):
    menu = Menu(open_page(query(SMALL))).tab("code")
    name, content = menu.take("NumPy")
    assert name == "rnnviz_numpy.py"
    assert b"import numpy as np" in content
    for label, line in {"Keras": b"import keras", "PyTorch": b"import torch"}.items():
        assert line in menu.take(label)[1]
    menu.tab("link")
    assert "v=1&timesteps=12&input_features=32&units=8" in menu.body.inner_text()
    assert "python -m rnnviz render states --out states.png --link" in menu.body.inner_text()


@pytest.mark.parametrize("format", ["JSON", "NPZ", "HTML"])
def test_what_was_taken_away_is_opened_again(open_page, format):
    experiment = Experiment(timesteps=17, units=5, seed=9, recurrent_initializer="orthogonal")
    menu = Menu(open_page(query(experiment, lang="ko")), "ko")
    name, content = menu.take(format) if format == "HTML" else menu.tab("data").take(format)
    page = open_page("?lang=ko")
    assert shown_experiment(page) == Experiment().to_query()
    menu = Menu(page, "ko").bring(name, content)
    menu.body.get_by_role("button", name=menu.say("take_away.open.go")).click()
    wait_until_painted(page, experiment)
    assert shown_experiment(page) == experiment.to_query()
    page.wait_for_url("**units=5&**")


def hostile_zip():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("experiment.npy", b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"[[[["),
        ("a.json", json.dumps({"rnnviz": 1, "units": -4}).encode()),
        ("a.npz", hostile_zip()),
        ("a.html", b"<script>alert(1)</script>"),
    ],
)
def test_a_file_of_somebody_else_is_refused_in_a_sentence(open_page, name, content):
    page = open_page()
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    menu = Menu(page).bring(name, content)
    menu.body.get_by_role("alert").wait_for()
    assert not menu.body.get_by_role("button", name=menu.say("take_away.open.go")).count()
    assert shown_experiment(page) == Experiment().to_query()
    assert not dialogs


@pytest.fixture(scope="module")
def server_without_chrome():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", "/nowhere/chrome")
        with running(ROOT / "app.py") as url:
            yield url


@pytest.mark.parametrize("language", ["en", "ko"])
def test_without_chrome_on_the_server_the_menu_says_what_to_do(
    chromium, server_without_chrome, language
):
    context = chromium.new_context(locale={"en": "en-US", "ko": "ko-KR"}[language])
    page = context.new_page()
    page.goto(server_without_chrome)
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]', timeout=60_000)
    menu = Menu(page, language)
    assert menu.body.get_by_role("button", name="PDF").is_disabled()
    assert menu.body.get_by_text("BROWSER_PATH").is_visible()
    for format in ("PNG", "SVG", "HTML"):
        assert len(menu.take(format)[1]) > 1000
    context.close()


def test_the_menu_takes_no_room_and_asks_nobody_outside(open_page, server_url):
    page = open_page()
    foreign = []
    page.on(
        "request",
        lambda request: (
            foreign.append(request.url)
            if request.url.startswith("http") and not request.url.startswith(server_url)
            else None
        ),
    )
    top = page.locator('[data-testid="state-viewer"]').bounding_box()["y"]
    menu = Menu(page)
    assert page.locator('[data-testid="state-viewer"]').bounding_box()["y"] == top
    menu.take("PNG")
    assert foreign == []
    box = menu.body.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1366

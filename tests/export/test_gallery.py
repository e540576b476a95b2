import html.parser
import os

import pytest

from rnnviz import Experiment, simulate
from rnnviz.export.failures import ExportFailure
from rnnviz.export.gallery import GALLERY_FORMATS, write_gallery
from rnnviz.export.looks import Look
from rnnviz.export.reopen import reopened
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import views

EXPERIMENT = Experiment(timesteps=5, units=3, dense_units=2)
RUN = simulate(EXPERIMENT)


def sheets(language="ko"):
    for name, view in views().items():
        yield name, sheet_of(RUN, Perspective(), view, Look(), language)


class _Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.files = []

    def handle_starttag(self, tag, attributes):
        self.files += [value for name, value in attributes if name in ("src", "href")]


def refused(key, work):
    with pytest.raises(ExportFailure) as caught:
        work()
    assert caught.value.problem.key == key


@pytest.mark.live
@pytest.mark.parametrize("format", GALLERY_FORMATS)
def test_a_gallery_holds_every_view_and_an_index_that_finds_them(tmp_path, format, request):
    if format != "html":
        request.getfixturevalue("studio")
    folder = tmp_path / "gallery"
    write_gallery(sheets(), folder, format)
    expected = {f"{name}.{format}" for name in views()} | {"index.html", "experiment.json"}
    assert set(os.listdir(folder)) - {"plotly.min.js"} == expected
    assert os.listdir(tmp_path) == ["gallery"]
    links = _Links()
    links.feed((folder / "index.html").read_text(encoding="utf-8"))
    linked = {file for file in links.files if not file.startswith("?")}
    assert linked == {f"{name}.{format}" for name in views()}
    for name in ("index.html", "experiment.json"):
        with (folder / name).open("rb") as file:
            assert reopened(file, os.path.getsize(folder / name)).source == EXPERIMENT


def test_pages_of_a_gallery_share_one_plotly(tmp_path):
    write_gallery(sheets(), tmp_path / "g", "html")
    for name in views():
        page = (tmp_path / "g" / f"{name}.html").read_text(encoding="utf-8")
        assert '<script src="plotly.min.js">' in page
        assert len(page) < 3_000_000
    assert (tmp_path / "g" / "plotly.min.js").stat().st_size > 1_000_000


@pytest.mark.live
def test_a_folder_in_use_is_left_alone(tmp_path):
    folder = tmp_path / "g"
    folder.mkdir()
    write_gallery(sheets(), folder, "html")
    (folder / "mine.txt").write_text("mine")
    (folder / "index.html").write_text("old")
    refused("folder_not_empty", lambda: write_gallery(sheets(), folder, "html"))
    assert (folder / "index.html").read_text() == "old"
    write_gallery(sheets(), folder, "html", force=True)
    assert (folder / "mine.txt").read_text() == "mine"
    assert (folder / "index.html").read_text(encoding="utf-8") != "old"
    assert os.listdir(tmp_path) == ["g"]


def test_what_fails_half_way_leaves_nothing(tmp_path):
    def failing():
        yield from sheets()
        raise OSError(28, "No space left on device")

    refused("disk_full", lambda: write_gallery(failing(), tmp_path / "g", "html"))
    assert os.listdir(tmp_path) == []


def test_places_that_cannot_be_are_named(tmp_path):
    (tmp_path / "file").write_text("")
    refused("is_a_file", lambda: write_gallery(sheets(), tmp_path / "file", "html"))
    refused("no_folder", lambda: write_gallery(sheets(), tmp_path / "a" / "b", "html"))


def test_without_a_browser_only_pages_are_made(tmp_path, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere")
    refused("no_browser", lambda: write_gallery(sheets(), tmp_path / "g", "png"))
    assert os.listdir(tmp_path) == []
    write_gallery(sheets(), tmp_path / "g", "html")

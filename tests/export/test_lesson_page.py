"""A lesson as one file, as text: what it holds is what rnnviz measures, and what cannot be one."""

import base64
import gzip
import re

import pytest

from rnnviz.cli import main
from rnnviz.export.failures import ExportFailure
from rnnviz.export.lesson_page import SIZE_LIMIT, lesson_page
from rnnviz.export.lesson_settings import LessonSettings
from rnnviz.i18n import words
from rnnviz.lessons.lesson import Do
from rnnviz.lessons.reading import read_lesson
from rnnviz.lessons.registry import lessons
from rnnviz.spec.simulate import simulate
from tests.viewer.payloads import read

LONG = b"""title = "Too many"
summary = "s"
start = "?units=2&timesteps=2"
[[card]]
kind = "try"
text = "Two sliders and a list."
controls = ["timesteps", "input_features", "weight_scale"]
goal = "saturated < 1%"
solution = { weight_scale = 0.001, timesteps = 10000, input_features = 1024 }
"""


def told(page):
    packed = re.search(rb'id="rnnviz-data">([^<]*)<', page)[1]
    return read(gzip.decompress(base64.b64decode(packed)))


@pytest.mark.parametrize("name", ["loop", "initialisers", "masking", "precision", "stateful"])
def test_what_the_file_says_is_what_is_measured(name):
    lesson = lessons()[name]
    page = lesson_page(lesson, "en")
    assert len(page) <= SIZE_LIMIT
    header, _ = told(page)
    reached = LessonSettings(lesson).reached
    every = list(dict.fromkeys(one for card in reached for one in card))
    assert [one["name"] for one in header["settings"]] == [one.to_query() for one in every]
    say = lesson.words(words("ko"))
    for index, (card, shown) in enumerate(zip(lesson.cards, header["cards"], strict=True)):
        if not isinstance(card, Do):
            continue
        start = lesson.experiment_at(index)
        solved = start.replace(**card.solution)
        for experiment, met in ((start, False), (solved, True)):
            progress = card.check(simulate(experiment))
            found = shown["progress"][str(every.index(experiment))]
            assert (found["met"], progress.met) == (met, met)
            assert found["closeness"] == progress.closeness
            measured = say(f"lesson.{name}.{card.name}.measure", **progress.numbers)
            assert re.sub("<[^>]*>", "", found["ko"]) == re.sub(r"[*$]", "", measured)


def test_experiments_that_differ_in_size_alone_share_their_weights():
    header, _ = told(lesson_page(lessons()["scaling"], "ko"))
    assert len(header["settings"]) > 50
    assert len(header["variants"]) == 1
    assert header["variants"][0]["engine"]
    assert {one["variant"] for one in header["settings"]} == {0}
    first = header["settings"][0]
    assert first["factors"]["kernel"] == first["values"]["weight_scale"]


def test_what_no_engine_of_a_file_computes_brings_its_states_along():
    for name in ("precision", "masking"):
        header, _ = told(lesson_page(lessons()[name], "ko"))
        alone = [one for one in header["variants"] if not one["engine"]]
        assert alone, name
        for one in alone:
            assert "values" in one["pictures"]["en"]["tiles"][0]


def test_what_cannot_be_a_file_says_so():
    with pytest.raises(ExportFailure, match="trains"):
        lesson_page(lessons()["clipping"], "en")
    with pytest.raises(ExportFailure, match="opens files"):
        lesson_page(lessons()["bring"], "en")
    with pytest.raises(ExportFailure, match="too many"):
        lesson_page(read_lesson(LONG, "long"), "en")


def test_the_command_line_writes_it_and_says_what_is_missing(tmp_path, capsys):
    path = tmp_path / "loop.html"
    assert main(["lesson", "export", "loop", "--out", str(path), "--language", "ko"]) == 0
    assert '<html lang="ko">' in path.read_text(encoding="utf-8")
    assert main(["lesson", "export", "loop"]) == 2
    assert "--out FILE.html" in capsys.readouterr().err
    assert main(["lesson", "export", "clipping", "--out", str(tmp_path / "c.html")]) == 1
    assert "trains" in capsys.readouterr().err

"""The teacher's link: its dialog, its QR code, and the note that it carries."""

import random
import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from rnnviz import Experiment
from rnnviz.app.panels.note import inert
from rnnviz.app.sidebar.qr import qr_svg
from rnnviz.lessons.registry import lessons
from rnnviz.link import Link
from rnnviz.spec import packed_pairs
from rnnviz.spec.perspective import Perspective

APP = Path(__file__).parents[2] / "app.py"


def pixels_of(svg):
    """Paint a code from its drawing: horizontal strokes, one row of modules after the other."""
    size = int(re.search(r'fill="#fff" d="M0 0h(\d+)v', svg)[1])
    strokes = re.search(r'stroke="#000" d="([^"]*)"', svg)
    grid = np.full((size, size), 255, np.uint8)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmhz])([^Mmhz]*)", strokes[1]):
        values = [float(number) for number in re.findall(r"-?[0-9.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        elif command == "h":
            grid[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return grid.repeat(4, axis=0).repeat(4, axis=1)


def situations():
    yield Link(Experiment(), Perspective())
    yield Link(
        Experiment(units=(8, 4), weight_scale=0.03),
        Perspective(language="ko", note="**안녕** $x^2$", locked=("units",), presentation=True),
    )
    yield Link(Experiment(), Perspective(page="compare"), second=Experiment(cell="LSTM"))
    for lesson in lessons().values():
        if not isinstance(lesson.start, Experiment):
            continue  # its link holds a training beside the network
        yield Link(lesson.start, lesson.begin(Perspective()))
        # The very defaults in a lesson that begins elsewhere: not to be mistaken for its start.
        yield Link(Experiment(), lesson.begin(Perspective()))


@pytest.mark.parametrize("situation", list(situations()))
def test_the_short_link_opens_the_very_same(situation):
    short = situation.short_pairs
    assert Link.parse(short) == Link.parse(situation.pairs) == situation
    assert len(short) <= len(situation.pairs)


def test_the_short_link_of_the_lecture_is_short():
    assert Link().short_pairs == ()


@pytest.mark.parametrize(
    "link", ["http://10.0.0.5:8501/?lesson=loop&lang=ko", "x" * 1000, "?note=한글"]
)
def test_the_code_says_what_the_link_says(link):
    found = zxingcpp.read_barcodes(Image.fromarray(pixels_of(qr_svg(link))))
    assert [one.text for one in found] == [link]


@given(st.text("![]()a<\\ \n", max_size=30))
def test_a_note_never_holds_a_picture(text):
    assert "![" not in inert(text)


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("![x](http://evil.example/a.png)", r"!\[x](http://evil.example/a.png)"),
        ("1 < 2 and $a<b$", "1 < 2 and $a<b$"),
        ("**bold** [a](https://example.org)", "**bold** [a](https://example.org)"),
        ("<https://example.org> [a]: mailto:a@b.c", "<https://example.org> [a]: mailto:a@b.c"),
        ("[x](javascript:alert(1))", r"[x]\(javascript:alert(1))"),
        ("[x](/?units=1)", r"[x]\(/?units=1)"),
        ("[x]: data:text/html,a", r"[x]\: data:text/html,a"),
        ("<file:///etc/passwd>", r"\<file:///etc/passwd>"),
        (r"\<file:a> \\<file:a>", r"\<file:a> \\\<file:a>"),
    ],
)
def test_notes_keep_their_words(note, shown):
    assert inert(note) == shown


def test_who_was_given_a_note_can_write_one():
    at = AppTest.from_file(str(APP), default_timeout=30)
    at.query_params["note"] = "look **here**"
    at.run().button(key="teach").click().run()
    assert not at.error
    assert not at.exception
    assert at.text_area(key="teach.note").value == "look **here**"
    assert [one.value for one in at.markdown].count("look **here**") == 2


def test_a_code_too_long_is_none():
    assert qr_svg("x" * 3000) is None


def read_from(link):
    found = zxingcpp.read_barcodes(Image.fromarray(pixels_of(qr_svg(link))))
    return [one.text for one in found]


@pytest.mark.parametrize("kind", ["prose", "any syllables"])
def test_a_note_of_1200_syllables_is_scanned_back(kind):
    """What a class reads in the code is the note, whole, and the locks beside it."""
    chance = random.Random(3)
    rows = [(high, low) for high in range(0xB0, 0xC9) for low in range(0xA1, 0xFF)]
    syllables = [bytes(pair).decode("euc-kr") for pair in rows]
    prose = "가중치를 반으로 줄이면 은닉 상태가 어떻게 달라질지 예측하고 조절기를 움직이세요. "
    if kind == "prose":
        note = (prose * 30)[:1200].strip()
    else:
        note = "".join(chance.choices(syllables, k=1200))
    made = Link(Experiment(weight_scale=0.05), Perspective(note=note, locked=("units",)))
    link = f"http://192.168.0.10:8501/?{urlencode(made.packed_pairs)}"
    assert qr_svg(f"http://192.168.0.10:8501/?{made.text}") is None, "as it stands it is too long"
    (read,) = read_from(link)
    assert read == link
    opened = Link.parse(read)
    assert opened == made
    assert opened.perspective.note == note


@pytest.mark.parametrize("text", ["", "8", "8AAAA", "x" * 50, "8" + "A" * 20_000, "k4p", "6____"])
def test_a_packed_link_that_holds_nothing_says_so(text):
    assert [one.key for one in Link.parse([("z", text)]).problems] in (
        ["no_link"],
        ["link_too_long"],
        ["unknown_name"],
    )


@given(st.lists(st.tuples(st.text("abc", min_size=1), st.text()), max_size=5))
def test_packed_pairs_come_back(pairs):
    kept = [(n, v) for n, v in pairs if not set(v) & {"\x1e", "\x1f"} and v.isprintable()]
    assert packed_pairs.unpack(packed_pairs.pack(kept or [("a", "b")])) == (kept or [("a", "b")])

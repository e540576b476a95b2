import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont

from rnnviz.export import fonts
from rnnviz.export.failures import ExportFailure
from rnnviz.export.fonts import (
    FACES,
    FOLDER,
    check_letters,
    faces_css,
    hangul_font,
    has_hangul,
    syllables,
    width,
)
from rnnviz.i18n import LANGUAGES, words

NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>"""


@pytest.fixture
def no_fonts(tmp_path, monkeypatch):
    """A machine whose fontconfig knows an empty folder only."""
    (tmp_path / "fonts.conf").write_text(NO_FONTS.format(folder=tmp_path / "fonts"))
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("states ±1 − √", False), ("상태", True), ("h ㅎ", True), ("漢字", False)],
)
def test_hangul_is_recognised(text, expected):
    assert has_hangul(text) == expected


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="fontconfig is Linux's")
def test_a_machine_without_fonts_is_noticed(no_fonts):
    assert not hangul_font()
    check_letters("only Latin letters")
    check_letters("흔한 한글과 ㄱㄴㄷ")
    with pytest.raises(ExportFailure, match=r"갂.*fonts-nanum"):
        check_letters("드문 글자 갂")


def test_this_machine_is_asked_by_its_own_tool():
    installed = subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=True).stdout
    assert hangul_font() == bool(installed)


def test_without_fontconfig_nothing_is_assumed(monkeypatch):
    monkeypatch.setattr(fonts.sys, "platform", "linux")
    monkeypatch.setenv("PATH", "")
    assert not hangul_font()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_systems_that_bring_hangul_are_believed(monkeypatch, platform):
    monkeypatch.setattr(fonts.sys, "platform", platform)
    assert hangul_font()


def font(name):
    return TTFont(FOLDER / name)


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.file)
def test_every_face_is_truetype_and_may_be_embedded(face):
    """Other outlines become Type 3 in a PDF."""
    opened = font(face.file)
    assert "glyf" in opened
    assert "fvar" not in opened
    assert opened["OS/2"].fsType == 0


@pytest.mark.parametrize("bold", [False, True])
def test_every_shown_letter_is_in_a_face(bold):
    have = set()
    for face in FACES:
        if face.bold == bold:
            have |= set(font(face.file).getBestCmap())
    shown = set("0123456789−+.,%eE×·“”…—°∞√ρλσ²³⁻¹₀")
    for language in LANGUAGES:
        shown |= set("".join(words(language).sentences.values()))
    lacking = {letter for letter in shown if ord(letter) not in have and letter.isprintable()}
    assert lacking <= set("⌘"), "a key of the keyboard, never in a figure"


@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_of_the_face_that_is_drawn(bold):
    """The first face that has a letter draws it."""
    seen = set()
    for face in FACES:
        if face.bold != bold:
            continue
        opened = font(face.file)
        sizes, em = opened["hmtx"], opened["head"].unitsPerEm
        for code, glyph in opened.getBestCmap().items():
            if code not in seen:
                seen.add(code)
                wide = width(chr(code), 1000, bold=bold) / 1000
                assert wide == pytest.approx(sizes[glyph][0] / em, abs=6e-4)
    assert len(seen) > 4000


def test_the_syllables_are_those_of_the_face():
    codes = font("Pretendard-Regular.subset.woff2").getBestCmap()
    assert {chr(code) for code in codes if has_hangul(chr(code))} == syllables()
    assert len([letter for letter in syllables() if "가" <= letter <= "힣"]) == 2780


@pytest.mark.parametrize(
    ("text", "count"), [("", 2), ("h = 1", 2), ("상태", 4), (None, 4), ("ㄱ", 4), ("漢", 2)]
)
def test_a_style_sheet_holds_what_a_text_needs(text, count):
    css = faces_css(text)
    assert css.count("@font-face") == css.count("data:font/woff2;base64,") == count
    assert "http" not in css


def test_what_is_not_drawn_has_no_width():
    assert width("a\u2060b", 11) == width("ab", 11)
    assert width("가\u2060나", 11, bold=True) == width("가나", 11, bold=True)

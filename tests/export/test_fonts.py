import subprocess
import sys

import pytest

from rnnviz.export import fonts
from rnnviz.export.failures import ExportFailure
from rnnviz.export.fonts import check_letters, hangul_font, has_hangul

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
    with pytest.raises(ExportFailure, match="fonts-nanum"):
        check_letters("한글")


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

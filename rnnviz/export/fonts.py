"""The faces that pictures and pages are set in, carried along with them.

They are those of the page, so that a picture has the same letters on every machine. What a text
needs is embedded in SVG, PDF and HTML, and measured before anything is laid out.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rnnviz.export.failures import ExportFailure

FOLDER = Path(__file__).with_name("faces")


@dataclass(frozen=True)
class Face:
    """One file of letters, as style sheets know it.

    Parameters
    ----------
    family : str
        The name that figures ask for; see ``FONT`` in ``views/_plot/style.py``.
    weight : str
        The weights that it is drawn for.
    file : str
        Name in :data:`FOLDER`.
    hangul : bool
        Whether it is needed for Hangul only.
    bold : bool
        Whether it is needed for bold letters only.
    """

    family: str
    weight: str
    file: str
    hangul: bool = False
    bold: bool = False


FACES = (
    Face("Source Sans", "100 599", "rnnvizLatin-Regular.woff2"),
    Face("Source Sans", "600 900", "rnnvizLatin-Bold.woff2", bold=True),
    Face("Pretendard", "100 599", "Pretendard-Regular.subset.woff2", hangul=True),
    Face("Pretendard", "600 900", "Pretendard-SemiBold.subset.woff2", hangul=True, bold=True),
)


def faces_css(text: str | None = None) -> str:
    """Return a style sheet that holds the faces that a text needs; without a text, all of them."""
    korean = text is None or has_hangul(text)
    return "\n".join(face_rule(face) for face in FACES if korean or not face.hangul)


@cache
def face_rule(face: Face) -> str:
    """Return the @font-face rule of a face, the file in it."""
    content = b64encode((FOLDER / face.file).read_bytes()).decode()
    return (
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};'
        f'src:url("data:font/woff2;base64,{content}") format("woff2")}}'
    )


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is drawn at most, in pixels, with letters of a size in pixels.

    A letter that is in neither face counts as wide as it is high. Some browsers round the width of
    each letter to whole pixels, others do not.
    """
    letters, hangul = _widths()["bold" if bold else "regular"]
    advances = [size * _advance(letter, letters, hangul) / 1000 for letter in text]
    return max(sum(advances), sum(math.floor(one + 0.5) for one in advances))


def _advance(letter: str, letters: dict[str, int], hangul: int) -> int:
    if letter in letters:
        return letters[letter]
    if unicodedata.category(letter) == "Cf":
        return 0  # a word joiner and its like are not drawn
    return hangul if has_hangul(letter) else 1000


@cache
def _widths() -> dict[str, tuple[dict[str, int], int]]:
    """Return, for each weight, the advance of each letter and of a syllable, in thousandths."""
    table = json.loads((FOLDER / "widths.json").read_text(encoding="utf-8"))
    return {
        weight: (
            {letter: int(size) for size, row in one["letters"].items() for letter in row},
            one["hangul"],
        )
        for weight, one in table.items()
    }


def check_letters(text: str) -> None:
    """Raise ExportFailure if a text holds Hangul that nothing on this machine can draw.

    The faces hold the syllables of everyday Korean; a rarer one needs a font of the machine.
    """
    rare = set(_rare_hangul(text))
    if rare and not hangul_font():
        raise ExportFailure("no_hangul_font", letters="".join(sorted(rare)[:10]))


def has_hangul(text: str) -> bool:
    """Return whether a text holds a Korean letter or syllable."""
    return any("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㆎ" for letter in text)


def _rare_hangul(text: str) -> Iterator[str]:
    known = syllables()
    return (letter for letter in text if has_hangul(letter) and letter not in known)


@cache
def syllables() -> frozenset[str]:
    """Return the Korean letters and syllables that the faces have."""
    table = json.loads((FOLDER / "widths.json").read_text(encoding="utf-8"))["regular"]
    others = (letter for row in table["letters"].values() for letter in row)
    return frozenset(table["syllables"]) | {letter for letter in others if has_hangul(letter)}


def hangul_font() -> bool:
    """Return whether a font with Hangul is installed; macOS and Windows bring one along.

    Elsewhere fontconfig is asked, which is what the browser asks too.
    """
    if sys.platform in ("darwin", "win32"):
        return True
    command = shutil.which("fc-list")
    if command is None:
        return False
    answer = subprocess.run(
        [command, ":lang=ko", "family"], capture_output=True, check=False, timeout=60
    )
    return bool(answer.stdout.strip())

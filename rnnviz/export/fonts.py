"""Is there a font for these letters? A browser without one draws empty boxes and says nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys

from rnnviz.export.failures import ExportFailure


def check_letters(text: str) -> None:
    """Raise ExportFailure if a text holds Hangul and this machine cannot draw it."""
    if has_hangul(text) and not hangul_font():
        raise ExportFailure("no_hangul_font")


def has_hangul(text: str) -> bool:
    """Return whether a text holds a Korean letter or syllable."""
    return any("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㆎ" for letter in text)


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

"""Files that came back: JSON, NPZ and HTML give the experiment they were exported from.

A file may come from anybody. Its size is capped before it is read, nothing in it is executed or
unpickled, and what is not understood is refused in a sentence.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from html.parser import HTMLParser
from typing import BinaryIO

from rnnviz.export.failures import ExportFailure
from rnnviz.export.sheets import META
from rnnviz.export.standalone import EXPERIMENT_ID
from rnnviz.spec.experiment import Experiment

FILE_LIMIT = 64 * 2**20
"""Largest file that is opened, in bytes."""
_HEAD_LIMIT = 256 * 2**10
_ENTRIES_LIMIT = 10_000
_ENTRY = "experiment.npy"
_TEXT_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<>])U(\d{1,5})', "
    rb"'fortran_order': False, 'shape': \(\), \} *\n",
    re.DOTALL,
)


def reopened(stream: BinaryIO, size: int) -> Experiment:
    """Return the experiment of an exported file.

    Parameters
    ----------
    stream : binary file
        At its start; NPZ needs one that can seek.
    size : int
        How long it is, in bytes.

    Raises
    ------
    ExportFailure
        If the file is too large, damaged, or none of ours.
    ExperimentError
        If it is ours, and its experiment is not allowed here.
    """
    if size > FILE_LIMIT:
        raise ExportFailure("file_too_large", limit=f"{FILE_LIMIT // 2**20} MB")
    start = stream.read(4)
    stream.seek(0)
    try:
        if start.startswith(b"PK"):
            return Experiment.from_json(_from_npz(stream))
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return Experiment.from_json(_from_json(stream.read(FILE_LIMIT)))
        return Experiment.from_json(_from_html(stream.read(_HEAD_LIMIT)))
    except _Damaged as error:
        raise ExportFailure("not_ours") from error


class _Damaged(Exception):  # noqa: N818 - never leaves this file
    """A file that is not what we write."""


def _from_json(content: bytes) -> str:
    """Return the experiment in a JSON file: the experiment itself, or a figure that holds it."""
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _Damaged from error
    if isinstance(values, dict) and "layout" in values:
        layout = values["layout"]
        meta = layout.get("meta") if isinstance(layout, dict) else None
        values = meta.get(META) if isinstance(meta, dict) else None
    if not isinstance(values, dict):
        raise _Damaged
    return json.dumps(values)


def _from_html(head: bytes) -> str:
    """Return the text of the element that holds the experiment, looking at the head only."""
    finder = _Finder()
    try:
        finder.feed(head.decode("utf-8", errors="replace"))
    except (AssertionError, ValueError, RecursionError) as error:
        raise _Damaged from error
    if finder.found is None:
        raise _Damaged
    return finder.found


class _Finder(HTMLParser):
    """Collects the text of the first script element of our name; runs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: str | None = None
        self._inside: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Notice where the element begins."""
        if tag == "script" and ("id", EXPERIMENT_ID) in attributes and self.found is None:
            self._inside = []

    def handle_data(self, data: str) -> None:
        """Keep what stands inside."""
        if self._inside is not None:
            self._inside.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Notice where it ends."""
        if tag == "script" and self._inside is not None:
            self.found, self._inside = "".join(self._inside), None


def _from_npz(stream: BinaryIO) -> str:
    """Return the text in the one entry of an NPZ that matters; the others are not unpacked."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            ours = [entry for entry in entries if entry.filename == _ENTRY]
            if len(entries) > _ENTRIES_LIMIT or len(ours) != 1 or not _bearable(ours[0]):
                raise _Damaged
            with archive.open(ours[0]) as entry:
                return _text_array(entry.read(_HEAD_LIMIT + 1))
    except _ZIP_ERRORS as error:
        raise _Damaged from error


_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,  # an encrypted entry
    ValueError,
)


def _bearable(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is stored plainly or deflated, and small when unpacked."""
    known = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return known and not entry.flag_bits & 1 and entry.file_size <= _HEAD_LIMIT


def _text_array(content: bytes) -> str:
    """Return the text of an NPY file that holds one text and nothing else.

    Read by hand: NumPy evaluates the header as Python's literals, and sets as much memory aside
    as it claims.
    """
    header = _TEXT_HEADER.match(content)
    if header is None:
        raise _Damaged
    letters = content[header.end() :]
    if len(letters) != 4 * int(header[2]):
        raise _Damaged
    return letters.decode("utf-32-le" if header[1] == b"<" else "utf-32-be").rstrip("\0")

"""Files that came back: JSON, NPZ and HTML give the experiment or the arrays they were made from.

A file may come from anybody. Its size is capped before it is read, nothing in it is executed or
unpickled, and what is not understood is refused in a sentence.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Network
from rnnviz.engine.source import Given
from rnnviz.export import whole_run
from rnnviz.export.failures import ExportFailure
from rnnviz.export.html_page import EXPERIMENT_ID
from rnnviz.export.sheets import META
from rnnviz.export.source import source_of
from rnnviz.spec.experiment import Experiment

FILE_LIMIT = 64 * 2**20
"""Largest file that is opened, in bytes."""
UNPACKED_LIMIT = 4 * FILE_LIMIT
"""Most bytes that the entries of an NPZ may take when unpacked."""
_RUN_FIELDS = (whole_run.DESCRIPTION, "arrays")
_HEAD_LIMIT = 256 * 2**10
_ENTRIES_LIMIT = 2_500
_DIRECTORY_LIMIT = 256 * 2**10
_END, _END_64, _END_SIZE, _END_LIMIT = b"PK\5\6", b"PK\6\7", 22, 22 + 2**16
"""The record at the end of a zip file, and that of one of more than 4 GB: ours are smaller."""
_PARTS_LIMIT = 200_000
"""Values in a JSON file that is parsed as a whole; as objects of Python they take some 20 MB."""
_RECIPE = re.compile(rb'"' + META.encode() + rb'" ?: ?\{')
_RECIPE_LIMIT = 64 * 2**10
_ELEMENT = re.compile(
    rb"<script\b[^<>]{0,200}\bid=[\"']?" + EXPERIMENT_ID.encode() + rb"[\"' ][^<>]{0,200}>"
    rb"|<script\b[^<>]{0,200}\bid=[\"']?" + EXPERIMENT_ID.encode() + rb">"
)
_ENTRY = "experiment.npy"


@dataclass(frozen=True)
class Reopened:
    """What an exported file shows.

    Parameters
    ----------
    source : Experiment or Given
        The recipe; or, where the arrays are not what it gives, the arrays by their hashes.
    network, inputs : Network, Inputs or None
        The arrays of the file, where they are needed.
    differs : bool
        Whether the file names a recipe that gives other arrays than those in it.
    """

    source: Experiment | Given
    network: Network | None = None
    inputs: Inputs | None = None
    differs: bool = False


def reopened(stream: BinaryIO, size: int) -> Reopened:
    """Return what an exported file shows.

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
            return _from_npz(stream)
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _from_json(stream.read(FILE_LIMIT))
        return Reopened(source_of(_object(_from_html(stream))))
    except _Damaged as error:
        raise ExportFailure("not_ours") from error


def _with_arrays(source: Experiment | Given, network: Network, inputs: Inputs) -> Reopened:
    """Return a source with its arrays, unless it is a recipe that gives the very same ones."""
    if isinstance(source, Given):
        claimed = source.network in ("", network.sha256) and source.inputs in ("", inputs.sha256)
        names = (source.network_name, source.inputs_name)
        given = Given(network.sha256, inputs.sha256, *names, source.recipe)
        return Reopened(given, network, inputs, differs=not claimed)
    drawn, read = source.build()
    if drawn.sha256 == network.sha256 and read.sha256 == inputs.sha256:
        return Reopened(source)
    # What-if knobs have already acted on the arrays: the recipe beside them is the plain one.
    given = Given(network.sha256, inputs.sha256, network.name, inputs.name, Experiment())
    return Reopened(given, network, inputs, differs=True)


class _Damaged(Exception):  # noqa: N818 - never leaves this file
    """A file that is not what we write."""


def _object(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that a text holds."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Damaged from error
    if not isinstance(values, dict):
        raise _Damaged
    return values


def _from_json(content: bytes) -> Reopened:
    """Return what a JSON file shows: a source, a whole run, or a figure that holds its source."""
    if _parts(content) > _PARTS_LIMIT:
        return Reopened(source_of(_object(_recipe_in(content))))
    values = _object(content)
    if "layout" in values:
        layout = values["layout"]
        meta = layout.get("meta") if isinstance(layout, dict) else None
        held = meta.get(META) if isinstance(meta, dict) else None
        if not isinstance(held, dict):
            raise _Damaged
        values = held
    if whole_run.DESCRIPTION not in values:
        return Reopened(source_of(values))
    told = {name: value for name, value in values.items() if name not in _RUN_FIELDS}
    try:
        return _with_arrays(source_of(told), *whole_run.read_json(values))
    except whole_run.NoRunError as error:
        raise _Damaged from error


def _parts(content: bytes) -> int:
    """Return about how many values JSON holds, from its punctuation: each costs memory as such."""
    return sum(map(content.count, (b",", b"[", b"{")))


def _recipe_in(content: bytes) -> bytes:
    """Return the recipe of a figure whose data are too many to be parsed, found by its name.

    What stands after the name is parsed up to the end of its object, which lies within a few
    thousand bytes in a file of ours.
    """
    begin = _RECIPE.search(content)
    if begin is None:
        raise _Damaged
    text = content[begin.end() - 1 : begin.end() + _RECIPE_LIMIT].decode("utf-8", errors="replace")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise _Damaged from error
    return text[:end].encode()


def _from_html(stream: BinaryIO) -> str:
    """Return the text of the element that holds the experiment, looking at the head only."""
    head = _without_comments(stream.read(_HEAD_LIMIT))
    begin = _ELEMENT.search(head)
    if begin is None:
        raise _Damaged
    end = head.find(b"</script", begin.end())
    if end < 0:
        raise _Damaged
    return head[begin.end() : end].decode("utf-8", errors="replace")


def _from_npz(stream: BinaryIO) -> Reopened:
    """Return what an NPZ shows; of an older one without a description, the recipe alone."""
    _check_directory(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            text, arrays = _unpacked(archive)
    except _ZIP_ERRORS as error:
        raise _Damaged from error
    source = source_of(_object(text))
    return Reopened(source) if arrays is None else _with_arrays(source, *arrays)


def _without_comments(page: bytes) -> bytes:
    """Return the head of a page without what a browser passes over, in one pass."""
    kept, at = [], 0
    while (begin := page.find(b"<!--", at)) >= 0:
        kept.append(page[at:begin])
        end = page.find(b"-->", begin)
        if end < 0:
            return b"".join(kept)
        at = end + 3
    return b"".join([*kept, page[at:]])


def _check_directory(stream: BinaryIO) -> None:
    """Look at the end of a zip file before its directory, of which Python reads all at once."""
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - _END_LIMIT))
    tail = stream.read(_END_LIMIT)
    stream.seek(0)
    # Python takes a record at the very end first, and else the last that it finds.
    at = len(tail) - _END_SIZE
    if at < 0 or tail[at : at + 4] != _END or tail[-2:] != b"\0\0":
        at = tail.rfind(_END)
    record = tail[at : at + _END_SIZE]
    if at < 0 or len(record) < _END_SIZE:
        raise _Damaged
    entries, directory = struct.unpack("<10xHI6x", record)
    larger = tail[max(0, at - 20) : at].startswith(_END_64)
    if larger or entries > _ENTRIES_LIMIT or directory > _DIRECTORY_LIMIT:
        raise _Damaged


def _unpacked(archive: zipfile.ZipFile) -> tuple[str, tuple[Network, Inputs] | None]:
    """Return the text of the recipe and, where the file has them, network and inputs."""
    entries = archive.infolist()
    ours = [entry for entry in entries if entry.filename == _ENTRY]
    if len(entries) > _ENTRIES_LIMIT or len(ours) != 1 or not _bearable(ours[0]):
        raise _Damaged
    try:
        with archive.open(ours[0]) as entry:
            text = whole_run.text_of(entry.read(_HEAD_LIMIT + 1))
        if f"{whole_run.DESCRIPTION}.npy" not in archive.namelist():
            return text, None
        if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
            raise _Damaged
        return text, whole_run.read_npz(archive)
    except whole_run.NoRunError as error:
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

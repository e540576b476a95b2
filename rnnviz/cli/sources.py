"""Which experiments are meant: links, files of links, and exported files."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rnnviz.cli.files import Files, given_files, with_files
from rnnviz.cli.shown import Misunderstood, Shown
from rnnviz.engine.source import Given
from rnnviz.export.failures import ExportFailure
from rnnviz.export.reopen import reopened
from rnnviz.i18n import Words
from rnnviz.link import Link, address_of
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.wishes import unmet_wishes

_LINKS_FILE_LIMIT = 16 * 2**20


def sources(request: argparse.Namespace, say: Words) -> list[Shown]:
    """Return what the arguments ask for, in their order; the lecture's experiment if nothing.

    All of it is checked before any work begins; wishes that no draw can meet are told.
    """
    links = [(say("cli.link", link=_short(link)), link) for link in request.link]
    if request.links:
        links += _lines(request.links, say)
    files = given_files(request, say)
    shown = [_read(link, where, say, files) for where, link in links]
    shown += [_open(path, say) for path in request.json]
    shown = shown or [with_files(Shown(Link()), files)]
    if request.language:
        shown = [_in_language(one, request.language) for one in shown]
    for one in shown:
        if isinstance(one.source, Experiment):
            for problem in unmet_wishes(one.source):
                print(problem.sentence(say.language), file=sys.stderr)
    return shown


def _in_language(shown: Shown, language: str) -> Shown:
    perspective = shown.perspective.replace(language=language)
    link = dataclasses.replace(shown.link, perspective=perspective)
    return dataclasses.replace(shown, link=link)


def _read(link: str, where: str, say: Words, files: Files) -> Shown:
    """Return what a full address or its query shows; anything wrong in it is named."""
    read = Link.parse(link)
    if read.problems:
        raise Misunderstood(_sentence(where, read.problems, say))
    shown = Shown(read, address_of(link))
    if isinstance(read.source, Given):
        _check_files(read.source, files, where, say)
    return with_files(shown, files)


def _check_files(source: Given, files: Files, where: str, say: Words) -> None:
    """Check that the files are the ones that a link names."""
    for wanted, file in ((source.network, files.network), (source.inputs, files.inputs)):
        if not wanted:
            continue
        if file is None:
            raise Misunderstood(say("cli.needs_file", where=where))
        if file.sha256 != wanted:
            values = {"wanted": wanted, "found": file.sha256, "name": file.name}
            raise Misunderstood(say("cli.other_file", where=where, **values))


def _lines(path: Path, say: Words) -> Iterator[tuple[str, str]]:
    """Yield (where it stands, link) of a file with one link a line; ``#`` begins a remark."""
    try:
        with path.open("rb") as file:
            content = file.read(_LINKS_FILE_LIMIT + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise Misunderstood(
            say("cli.cannot_read", path=path, reason=error.strerror or error)
        ) from error
    except UnicodeDecodeError as error:
        raise Misunderstood(say("cli.no_text", path=path)) from error
    if len(content) > _LINKS_FILE_LIMIT:
        raise Misunderstood(say("cli.too_many_links", path=path))
    found = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found = True
            yield say("cli.line", path=path, line=number), line
    if not found:
        raise Misunderstood(say("cli.no_links", path=path))


def _open(path: Path, say: Words) -> Shown:
    """Return the experiment of a JSON, NPZ or HTML file that rnnviz wrote."""
    try:
        with path.open("rb") as file:
            return _reopened(file, path.stat().st_size)
    except OSError as error:
        raise Misunderstood(
            say("cli.cannot_read", path=path, reason=error.strerror or error)
        ) from error
    except ExportFailure as failure:
        raise Misunderstood(_sentence(str(path), [failure.problem], say)) from failure
    except ExperimentError as error:
        raise Misunderstood(_sentence(str(path), error.problems, say)) from error


def _reopened(file: BinaryIO, size: int) -> Shown:
    """Return what an exported file shows: its recipe, or its arrays where those are others."""
    found = reopened(file, size)
    return Shown(Link(found.source), "", found.network, found.inputs)


def _sentence(where: str, problems, say: Words) -> str:
    return f"{where}: {' '.join(problem.sentence(say.language) for problem in problems)}"


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

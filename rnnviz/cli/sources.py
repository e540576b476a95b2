"""Which experiments are meant: links, files of links, and exported files."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Network
from rnnviz.engine.run import Progress, Run
from rnnviz.engine.source import Given, Source
from rnnviz.export.failures import ExportFailure
from rnnviz.export.reopen import reopened
from rnnviz.i18n import Words
from rnnviz.link import Link, address_of
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.given import simulate_given
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate

_LINKS_FILE_LIMIT = 16 * 2**20


class Misunderstood(Exception):  # noqa: N818 - it becomes a line for whoever typed
    """The command, a link or a file of links cannot be read; its text says why, in one line."""


@dataclass(frozen=True)
class Shown:
    """One thing that is meant, and how to look at it.

    Parameters
    ----------
    link : Link
        Its source and perspective.
    address : str
        Where the link leads, without its query; "" for a query alone.
    network, inputs : Network, Inputs or None
        What was read from files.
    """

    link: Link
    address: str = ""
    network: Network | None = None
    inputs: Inputs | None = None

    @property
    def source(self) -> Source:
        """What is computed; equal sources have equal numbers."""
        return self.link.source

    @property
    def experiment(self) -> Experiment:
        """The recipe."""
        return self.link.experiment

    @property
    def perspective(self) -> Perspective:
        """How it is looked at."""
        return self.link.perspective

    def run(self, progress: Progress | None = None) -> Run:
        """Compute it; ExperimentError or ValueError where the files do not fit together."""
        if self.network is None and self.inputs is None:
            return simulate(self.experiment, progress)
        return simulate_given(self.experiment, self.network, self.inputs, progress)


def sources(request: argparse.Namespace, say: Words) -> list[Shown]:
    """Return what the arguments ask for, in their order; the lecture's experiment if nothing.

    All of it is checked before any work begins.
    """
    links = [(say("cli.link", link=_short(link)), link) for link in request.link]
    if request.links:
        links += _lines(request.links, say)
    shown = [_read(link, where, say) for where, link in links]
    shown += [_open(path, say) for path in request.json]
    shown = shown or [Shown(Link())]
    if request.language:
        shown = [_in_language(one, request.language) for one in shown]
    return shown


def _in_language(shown: Shown, language: str) -> Shown:
    perspective = shown.perspective.replace(language=language)
    link = dataclasses.replace(shown.link, perspective=perspective)
    return dataclasses.replace(shown, link=link)


def _read(link: str, where: str, say: Words) -> Shown:
    """Return what a full address or its query shows; anything wrong in it is named."""
    read = Link.parse(link)
    if read.problems:
        raise Misunderstood(_sentence(where, read.problems, say))
    if isinstance(read.source, Given):
        raise Misunderstood(say("cli.needs_file", where=where))
    return Shown(read, address_of(link))


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

"""Which experiments are meant: links, files of links, and exported files."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from rnnviz.export.failures import ExportFailure
from rnnviz.export.reopen import reopened
from rnnviz.i18n import Words
from rnnviz.knobs import LINK_LIMIT, Problem
from rnnviz.spec.experiment import TABLE as EXPERIMENT
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.perspective import Perspective

_LINKS_FILE_LIMIT = 16 * 2**20


class Misunderstood(Exception):  # noqa: N818 - it becomes a line for whoever typed
    """The command, a link or a file of links cannot be read; its text says why, in one line."""


@dataclass(frozen=True)
class Shown:
    """One experiment that is meant, and how to look at it.

    Parameters
    ----------
    experiment, perspective : Experiment, Perspective
        The content of a link.
    address : str
        Where the link leads, without its query; "" for a query alone.
    """

    experiment: Experiment
    perspective: Perspective = field(default_factory=Perspective)
    address: str = ""


def sources(request: argparse.Namespace, say: Words) -> list[Shown]:
    """Return what the arguments ask for, in their order; the lecture's experiment if nothing.

    All of it is checked before any work begins.
    """
    links = [(say("cli.link", link=_short(link)), link) for link in request.link]
    if request.links:
        links += _lines(request.links, say)
    shown = [_read(link, where, say) for where, link in links]
    shown += [_open(path, say) for path in request.json]
    shown = shown or [Shown(Experiment())]
    if request.language:
        shown = [_in_language(one, request.language) for one in shown]
    return shown


def _in_language(shown: Shown, language: str) -> Shown:
    perspective = dataclasses.replace(shown.perspective, language=language)
    return dataclasses.replace(shown, perspective=perspective)


def _read(link: str, where: str, say: Words) -> Shown:
    """Return what a full address or its query shows; anything wrong in it is named."""
    link = link.strip().partition("#")[0]
    address, mark, query = link.partition("?")
    if not mark and "://" not in link:
        address, query = "", link
    if len(link) > LINK_LIMIT:
        problems = [Problem("link_too_long", (("limit", f"{LINK_LIMIT:,}"),))]
        raise Misunderstood(_sentence(where, problems, say))
    pairs = parse_qsl(query, keep_blank_values=True)
    if query and not pairs:
        problems = [Problem("no_link", ())]
        raise Misunderstood(_sentence(where, problems, say))
    experiment, problems = Experiment.from_pairs(pairs)
    perspective, more = Perspective.from_pairs(
        pairs, {row.link for row in EXPERIMENT.values()} | {name for name, _ in pairs}
    )
    if problems or more:
        raise Misunderstood(_sentence(where, [*problems, *more], say))
    return Shown(experiment, perspective, address)


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
            return Shown(reopened(file, path.stat().st_size))
    except OSError as error:
        raise Misunderstood(
            say("cli.cannot_read", path=path, reason=error.strerror or error)
        ) from error
    except ExportFailure as failure:
        raise Misunderstood(_sentence(str(path), [failure.problem], say)) from failure
    except ExperimentError as error:
        raise Misunderstood(_sentence(str(path), error.problems, say)) from error


def _sentence(where: str, problems, say: Words) -> str:
    return f"{where}: {' '.join(problem.sentence(say.language) for problem in problems)}"


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

"""``rnnviz find`` and ``rnnviz units``: moments like a range, and what units follow, as tables."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rnnviz.cli.commands import done, format_of, paths_of, runs_of
from rnnviz.cli.progress import Bar
from rnnviz.cli.sources import Misunderstood, Shown, sources
from rnnviz.cli.terminal import visible
from rnnviz.engine.run import Run
from rnnviz.export.files import writing
from rnnviz.export.results import RESULTS
from rnnviz.export.source import source_json
from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.moments import UnitFindings, explain_units
from rnnviz.moments import find as find_moments
from rnnviz.readers import Refused
from rnnviz.readers.data.labels import ENDINGS, read_labels
from rnnviz.sentences.units import followed

MOST_LABELS = 256 * 2**20
"""Bytes of a file with labels."""


def find(request: argparse.Namespace, say: Words) -> None:
    """Write the moments like a range of each experiment into a file each."""
    first, end = _range(request.range, say)
    units = None if request.units is None else _numbers(request.units, say)
    asked = {
        "units": units,
        "measure": request.measure,
        "trial": request.trial,
        "layer": request.layer,
        "most": request.most,
    }
    shown = sources(request, say)
    write = RESULTS[format_of(request.out, tuple(RESULTS), say)]
    paths = paths_of(request, len(shown))
    with Bar(len(shown)) as bar:
        for path, one, run in zip(paths, shown, runs_of(shown), strict=True):
            try:
                found = find_moments(run, (first, end), **asked)
            except ValueError as error:
                raise Misunderstood(str(error)) from error
            told = _about("find", {"range": [first, end], **asked}, one)
            with writing(path, force=request.force) as file:
                write(found, told, file)
            done(path, bar)


def units(request: argparse.Namespace, say: Words) -> None:
    """Print what units follow, and write all scores of each experiment into a file each."""
    shown = sources(request, say)
    labels = None if request.labels is None else _labels(request.labels, say)
    write = None
    paths: list[Path | None] = [None] * len(shown)
    if request.out is not None:
        write = RESULTS[format_of(request.out, tuple(RESULTS), say)]
        paths = [*paths_of(request, len(shown))]
    with Bar(len(shown)) as bar:
        for path, one, run in zip(paths, shown, runs_of(shown), strict=True):
            found = _asked(run, labels, request, bar)
            bar.clear()
            _print(found, words(one.perspective.language or DEFAULT_LANGUAGE))
            if write is not None and path is not None:
                told = _about("units", {"level": request.level, "layer": request.layer}, one)
                with writing(path, force=request.force) as file:
                    write(found, told, file)
                done(path, bar)


def _asked(run: Run, labels: Any, request: argparse.Namespace, bar: Bar) -> UnitFindings:
    try:
        return explain_units(
            run, labels, layer=request.layer, level=request.level, progress=bar.part
        )
    except ValueError as error:
        raise Misunderstood(str(error)) from error


def _print(found: UnitFindings, say: Words) -> None:
    for one in found.findings:
        print(visible(followed(one, say)))
    if not found.findings:
        print(visible(say("moments.nothing_followed", units=found.units)))


def _about(what: str, asked: dict[str, Any], shown: Shown) -> dict[str, Any]:
    return {"asked": what, "parameters": asked, "source": json.loads(source_json(shown.source))}


def _range(text: str, say: Words) -> tuple[int, int]:
    first, mark, end = text.partition(":")
    if not mark or not (first.isdecimal() and end.isdecimal()) or len(text) > 40:
        raise Misunderstood(say("cli.find.no_range", value=text))
    return int(first), int(end)


def _numbers(text: str, say: Words) -> list[int]:
    parts = text.split(",")
    if not all(one.isdecimal() and len(one) < 10 for one in parts):
        raise Misunderstood(say("cli.find.no_units", value=text))
    return [int(one) for one in parts]


def _labels(path: Path, say: Words) -> Any:
    """Read a table of labels, a row for each timestep."""
    if path.suffix.lower().lstrip(".") not in ENDINGS:
        options = ", ".join(f".{one}" for one in ENDINGS)
        raise Misunderstood(say("cli.no_format", path=path, options=options))
    try:
        if path.stat().st_size > MOST_LABELS:
            raise OSError(f"> {MOST_LABELS // 2**20} MB")
        return read_labels(path.read_bytes(), path.name)
    except OSError as error:
        reason = error.strerror or error
        raise Misunderstood(say("cli.cannot_read", path=path, reason=reason)) from error
    except Refused as refused:
        reason = refused.sentence(say.language)
        raise Misunderstood(say("cli.cannot_read", path=path, reason=reason)) from refused

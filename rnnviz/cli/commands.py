"""What the commands do. Each takes the parsed arguments; nothing is begun before all is checked."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rnnviz.cli.atlas import ATLAS, render_atlas
from rnnviz.cli.files import report_of
from rnnviz.cli.options import look_of
from rnnviz.cli.progress import Bar
from rnnviz.cli.sources import Misunderstood, Shown, sources
from rnnviz.cli.sweep import sweep
from rnnviz.cli.terminal import visible
from rnnviz.cli.train import train
from rnnviz.codegen import NUMBERINGS, SUMMARY_STYLES, built_before
from rnnviz.codegen import summary as keras_summary
from rnnviz.codegen.notes_notebook import notebook
from rnnviz.codegen.programs import FRAMEWORKS as PROGRAMS
from rnnviz.codegen.programs import Program, program
from rnnviz.engine.run import Run
from rnnviz.engine.source import Given, Source
from rnnviz.export.browser import PICTURES, missing
from rnnviz.export.data import DATA
from rnnviz.export.files import check_free, writing
from rnnviz.export.formats import TEXTS, developing
from rnnviz.export.gallery import GALLERY_FORMATS, write_gallery
from rnnviz.export.looks import Look
from rnnviz.export.sheets import Sheet, sheet_of
from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.views.registry import View, views

__all__ = [
    "FRAMEWORKS",
    "GALLERY_FORMATS",
    "NUMBERINGS",
    "SUMMARY_STYLES",
    "code",
    "data",
    "gallery",
    "inspect",
    "render",
    "summary",
    "sweep",
    "train",
]

FRAMEWORKS = (*PROGRAMS, "notebook")
"""What code is written for: a library, or Jupyter."""


def render(request: argparse.Namespace, say: Words) -> None:
    """Draw one view of each experiment into a file each; ``atlas`` draws the map of a sweep."""
    if request.view == ATLAS:
        render_atlas(request, say)
        return
    if request.store is not None:
        raise Misunderstood(say("cli.atlas.store_alone"))
    view = _view(request.view, say)
    linked = tuple(_view(name, say).name for name in request.linked)
    shown = sources(request, say)
    look = dataclasses.replace(look_of(request), linked=linked)
    format = format_of(request.out, (*PICTURES, *TEXTS), say)
    paths = paths_of(request, len(shown))
    with Bar(len(shown)) as bar:
        sheets = _sheets(shown, view, look, bar)
        for path, content in zip(paths, developing(sheets, format), strict=True):
            _write(path, content, request, bar)


def data(request: argparse.Namespace, say: Words) -> None:
    """Write the numbers of each experiment into a file each."""
    shown = sources(request, say)
    write = DATA[format_of(request.out, tuple(DATA), say)]
    paths = paths_of(request, len(shown))
    with Bar(len(shown)) as bar:
        for path, run in zip(paths, runs_of(shown), strict=True):
            with writing(path, force=request.force) as file:
                write(run, file, bar.part)
            done(path, bar)


def gallery(request: argparse.Namespace, say: Words) -> None:
    """Draw every view of one experiment into a folder with an index page."""
    (shown,) = _only_one(sources(request, say), say)
    run, look = shown.run(), look_of(request)
    language = shown.perspective.language or DEFAULT_LANGUAGE
    with Bar(len(views())) as bar:

        def sheets() -> Iterator[tuple[str, Sheet]]:
            for view in views().values():
                if view.why_not(run) is None:
                    yield view.name, _sheet(run, shown, view, look, language, bar)
                bar.piece()

        write_gallery(sheets(), request.out, request.format, force=request.force)
        bar.clear()
    print(visible(str(request.out / "index.html")))


def summary(request: argparse.Namespace, say: Words) -> None:
    """Print Keras's summary of each experiment, in the style that its link names."""
    texts = []
    for shown in sources(request, say):
        model, look = shown.network or shown.experiment, shown.perspective
        before = built_before(model, request.numbering or look.numbering)
        texts.append(keras_summary(model, request.style or look.summary_style, before))
    print("\n".join(texts))


def inspect(request: argparse.Namespace, say: Words) -> None:
    """Print what is in a file with a network, and what would be asked to open it."""
    print("\n".join(report_of(request, say)))


def code(request: argparse.Namespace, say: Words) -> None:
    """Print, or write, a program that computes the same; and the files that it reads."""
    programs = [_program(one, request.framework, say) for one in sources(request, say)]
    if request.out is None:
        if any(one.files for one in programs):
            raise Misunderstood(say("cli.needs_out"))
        if request.framework == "notebook" and len(programs) > 1:
            raise Misunderstood(say("cli.one_notebook"))
        print("\n".join(one.text for one in programs))
        return
    paths = paths_of(request, len(programs))
    beside = {  # two links to one experiment read one file
        path.with_name(name): content
        for one, path in zip(programs, paths, strict=True)
        for name, content in one.files
    }
    for path in beside:
        check_free(path, force=request.force)
    with Bar(len(programs)) as bar:
        for path, content in beside.items():
            _write(path, content, request)
        for path, one in zip(paths, programs, strict=True):
            _write(path, one.text.encode(), request, bar)


def _program(shown: Shown, framework: str, say: Words) -> Program:
    """Return the program, or the notebook, of one thing that is shown."""
    if framework == "notebook":
        spoken = words(shown.perspective.language or say.language)
        return Program(framework, notebook(shown.run(), spoken))
    given = isinstance(shown.source, Given)
    return program(shown.run() if given else shown.experiment, framework)


def _sheets(shown: Sequence[Shown], view: View, look: Look, bar: Bar) -> Iterator[Sheet]:
    for one, run in zip(shown, runs_of(shown), strict=True):
        language = one.perspective.language or DEFAULT_LANGUAGE
        if reason := view.why_not(run):
            raise Misunderstood(words(language)(reason))
        yield _sheet(run, one, view, look, language, bar)


def _sheet(run: Run, shown: Shown, view: View, look: Look, language: str, bar: Bar) -> Sheet:
    return sheet_of(
        run,
        shown.perspective,
        view,
        look,
        language,
        address=shown.address,
        progress=bar.part,
    )


def runs_of(shown: Sequence[Shown]) -> Iterator[Run]:
    """Yield the run of each; neighbours with one experiment share it."""
    source: Source | None = None
    for one in shown:
        if one.source != source:
            source, run = one.source, one.run()
        yield run


def _write(path: Path, content: bytes, request: argparse.Namespace, bar: Bar | None = None) -> None:
    with writing(path, force=request.force) as file:
        file.write(content)
    if bar:
        done(path, bar)


def done(path: Path, bar: Bar) -> None:
    bar.clear()
    print(visible(str(path)), flush=True)
    bar.piece()


def paths_of(request: argparse.Namespace, count: int) -> list[Path]:
    """Return a free path for each output: the one that was named, or numbered ones."""
    out: Path = request.out
    if count == 1:
        paths = [out]
    else:
        digits = len(str(count))
        paths = [out.with_stem(f"{out.stem}-{n:0{digits}}") for n in range(1, count + 1)]
    for path in paths:
        check_free(path, force=request.force)
    return paths


def format_of(path: Path, formats: Sequence[str], say: Words) -> str:
    """Return the format that a file's ending asks for, if there can be one."""
    ending = path.suffix.lstrip(".").lower()
    if ending not in formats:
        options = ", ".join(f".{name}" for name in formats)
        raise Misunderstood(say("cli.no_format", path=path, options=options))
    failure = missing() if ending in PICTURES else None
    if failure:
        raise failure
    return ending


def _view(name: str, say: Words) -> View:
    known: Mapping[str, View] = views()
    if name not in known:
        raise Misunderstood(say("cli.no_view", view=name, options=", ".join(known)))
    return known[name]


def _only_one(shown: list[Shown], say: Words) -> list[Shown]:
    if len(shown) != 1:
        raise Misunderstood(say("cli.only_one"))
    return shown

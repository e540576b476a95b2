"""What can be typed: commands, options, help and examples, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rnnviz
from rnnviz.cli import commands
from rnnviz.cli.analyse import analyse, flags
from rnnviz.cli.find import find, units
from rnnviz.cli.lesson import lesson
from rnnviz.cli.options import (
    Parser,
    add_files,
    add_force,
    add_language,
    add_look,
    add_source,
    listed,
    one_of,
    port,
)
from rnnviz.cli.serve import serve
from rnnviz.cli.sources import Misunderstood
from rnnviz.cli.sweep import EXECUTORS
from rnnviz.cli.training_files import ALSO
from rnnviz.export.handout import KINDS as HANDOUTS
from rnnviz.i18n import DEFAULT_LANGUAGE, LANGUAGES, Words
from rnnviz.learn import TASKS
from rnnviz.moments import MEASURES
from rnnviz.sweeps import measures

__all__ = ["Misunderstood", "language_of", "parser", "read"]

_SETTING = re.compile(r"--[a-z]+\.[A-Za-z.]+(=|$)")
"""One of Streamlit's settings, such as ``--server.allowedHosts``; its value may follow."""


def language_of(arguments: Sequence[str]) -> str:
    """Return the language that the arguments ask for, English if none or an unknown one."""
    finder = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    finder.add_argument("--language", nargs="?")
    try:
        language = finder.parse_known_args(arguments)[0].language
    except argparse.ArgumentError:
        return DEFAULT_LANGUAGE
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def read(arguments: Sequence[str], say: Words) -> argparse.Namespace:
    """Return the request: its ``run`` does it. Without a command, the page is opened.

    Raises
    ------
    Misunderstood
        If the arguments are not understood.
    """
    whole = parser(say)
    request, rest = whole.parse_known_args(arguments)
    if request.run is None and not rest:
        request, rest = whole.parse_known_args([*arguments, "serve"])
    if request.run is serve and rest and _SETTING.match(rest[0]):
        request.settings = rest
    elif rest or request.run is None:
        whole.error(say("cli.unknown_arguments", arguments=" ".join(rest)))
    return request


def parser(say: Words) -> Parser:
    """Return the parser of the command line; it raises Misunderstood where argparse would exit."""
    whole = Parser(say, prog="rnnviz", description=say("cli.about"), epilog=say("cli.examples"))
    version = f"rnnviz {rnnviz.__version__}"
    whole.options.add_argument(
        "--version", action="version", version=version, help=say("cli.option.version")
    )
    add_language(whole, say, "spoken")
    names = whole.add_subparsers(title=say("cli.commands"), metavar="", parser_class=Parser)
    whole.set_defaults(run=None)
    for name, add in _COMMANDS.items():
        command = names.add_parser(
            name,
            say=say,
            help=say(f"cli.{name}.help"),
            description=say(f"cli.{name}.help"),
            epilog=say(f"cli.{name}.examples"),
        )
        add(command, say)
        if add not in (_add_serve, _add_inspect, _add_train, _add_lesson):
            add_source(command, say)
        elif add is _add_inspect:
            add_files(command, say)
        add_language(command, say, "language")
        command.set_defaults(run=_RUN.get(name) or getattr(commands, name))
    return whole


def _add_serve(command: Parser, say: Words) -> None:
    command.options.add_argument(
        "--port", type=port(say), metavar="PORT", help=say("cli.option.port")
    )
    command.options.add_argument("--address", metavar="ADDRESS", help=say("cli.option.address"))
    command.options.add_argument(
        "--no-browser", action="store_true", help=say("cli.option.no_browser")
    )
    command.options.add_argument(
        "--lessons", type=Path, metavar="FOLDER", help=say("cli.lesson.lessons")
    )
    command.set_defaults(settings=[])


def _add_render(command: Parser, say: Words) -> None:
    command.options.add_argument("view", metavar="VIEW", help=say("cli.option.view"))
    command.options.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=say("cli.option.out_picture")
    )
    command.options.add_argument("--store", metavar="FOLDER", help=say("cli.atlas.store"))
    command.options.add_argument("--measure", metavar="NAME", help=say("cli.atlas.measure"))
    command.options.add_argument(
        "--with",
        dest="linked",
        action="append",
        default=[],
        metavar="VIEW",
        help=say("cli.option.linked"),
    )
    add_look(command, say)
    add_force(command, say)


def _add_data(command: Parser, say: Words) -> None:
    command.options.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=say("cli.option.out_data")
    )
    add_force(command, say)


def _add_analyse(command: Parser, say: Words) -> None:
    command.options.add_argument("view", metavar="VIEW", help=say("cli.option.analysis"))
    command.options.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=say("cli.option.out_result")
    )
    parameters = command.add_argument_group(say("cli.parameters"))
    for flag, (row, owners) in flags().items():
        label = say(f"parameter.{row.name}.label")
        text = f"{label} ({', '.join(owners)})".replace("%", "%%")
        metavar = row.name.rpartition("_")[2].upper()
        parameters.add_argument(flag, dest=f"set_{row.name}", metavar=metavar, help=text)
    add_force(command, say)


def _add_find(command: Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--range", required=True, metavar="FIRST:END", help=say("cli.find.range"))
    add("--units", metavar="NUMBERS", help=say("cli.find.units"))
    kinds = f"{say('cli.find.measure')}: {', '.join(MEASURES)}"
    add("--measure", type=one_of(MEASURES, say), default="pattern", help=kinds)
    add("--trial", type=int, default=0, metavar="N", help=say("cli.find.trial"))
    add("--layer", type=int, metavar="N", help=say("cli.find.layer"))
    add("--most", type=int, default=50, metavar="N", help=say("cli.find.most"))
    add("--out", required=True, type=Path, metavar="FILE", help=say("cli.option.out_result"))
    add_force(command, say)


def _add_units(command: Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--labels", type=Path, metavar="FILE", help=say("cli.units.labels"))
    add("--level", type=float, default=0.05, metavar="SHARE", help=say("cli.units.level"))
    add("--layer", type=int, metavar="N", help=say("cli.find.layer"))
    add("--out", type=Path, metavar="FILE", help=say("cli.option.out_result"))
    add_force(command, say)


def _add_gallery(command: Parser, say: Words) -> None:
    command.options.add_argument(
        "--out", required=True, type=Path, metavar="FOLDER", help=say("cli.option.out_folder")
    )
    formats = commands.GALLERY_FORMATS
    command.options.add_argument(
        "--format", type=one_of(formats, say), default="html", help=listed(say, "format", formats)
    )
    add_look(command, say)
    add_force(command, say)


def _add_summary(command: Parser, say: Words) -> None:
    styles = commands.SUMMARY_STYLES
    command.options.add_argument(
        "--style", type=one_of(styles, say), help=listed(say, "style", styles)
    )
    numberings = commands.NUMBERINGS
    command.options.add_argument(
        "--numbering", type=one_of(numberings, say), help=listed(say, "numbering", numberings)
    )


def _add_code(command: Parser, say: Words) -> None:
    frameworks = commands.FRAMEWORKS
    command.options.add_argument(
        "--framework",
        required=True,
        type=one_of(frameworks, say),
        help=listed(say, "framework", frameworks),
    )
    command.options.add_argument(
        "--out", type=Path, metavar="FILE", help=say("cli.option.out_code")
    )
    add_force(command, say)


def _add_sweep(command: Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--axis", action="append", default=[], metavar="KNOB=VALUES", help=say("cli.sweep.axis"))
    add("--seeds", type=int, default=0, metavar="N", help=say("cli.sweep.seeds"))
    names = ", ".join(measures())
    add("--measure", default="saturated", help=f"{say('cli.sweep.measure')}: {names}")
    add("--store", metavar="FOLDER", help=say("cli.sweep.store"))
    add("--resume", action="store_true", help=say("cli.sweep.resume"))
    add("--out", type=Path, metavar="FILE", help=say("cli.sweep.out"))
    add("--log", type=Path, metavar="FILE", help=say("cli.sweep.log"))
    kinds = listed(say, "executor", EXECUTORS)
    add("--executor", type=one_of(EXECUTORS, say), default="processes", help=kinds)
    add("--scheduler", metavar="ADDRESS", help=say("cli.sweep.scheduler"))
    add("--workers", type=int, metavar="N", help=say("cli.sweep.workers"))


def _add_train(command: Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--link", default="", help=say("cli.train.link"))
    add("--task", type=one_of(tuple(TASKS), say), help=listed(say, "task", tuple(TASKS)))
    add("--out", required=True, type=Path, metavar="FILE", help=say("cli.train.out"))
    add("--resume", action="store_true", help=say("cli.train.resume"))
    add(
        "--also",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help=say("cli.train.also", endings=" ".join(ALSO)),
    )
    add_force(command, say)


def _add_lesson(command: Parser, say: Words) -> None:
    add = command.options.add_argument
    actions = ("check", "print", "export")
    help = say("cli.lesson.action")
    add("action", type=one_of(actions, say), metavar="|".join(actions), help=help)
    add("files", nargs="+", type=Path, metavar="FILE", help=say("cli.lesson.file"))
    kinds = f"{say('cli.lesson.kind')}: {', '.join(HANDOUTS)}"
    add("--kind", type=one_of(HANDOUTS, say), default="handout", help=kinds)
    add("--out", type=Path, metavar="FILE", help=say("cli.lesson.out"))
    add_force(command, say)


def _add_inspect(command: Parser, say: Words) -> None:
    command.options.add_argument("file", type=Path, metavar="FILE", help=say("cli.option.inspect"))


_RUN: dict[str, Callable[[argparse.Namespace, Words], Any]] = {
    "serve": serve,
    "analyse": analyse,
    "lesson": lesson,
    "find": find,
    "units": units,
}
"""Commands that have a file of their own."""

_COMMANDS: dict[str, Callable[[Parser, Words], None]] = {
    "serve": _add_serve,
    "render": _add_render,
    "data": _add_data,
    "analyse": _add_analyse,
    "find": _add_find,
    "units": _add_units,
    "gallery": _add_gallery,
    "summary": _add_summary,
    "code": _add_code,
    "sweep": _add_sweep,
    "train": _add_train,
    "inspect": _add_inspect,
    "lesson": _add_lesson,
}

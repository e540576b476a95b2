"""What can be typed: commands, options, help and examples, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import rnnviz
from rnnviz.cli import commands
from rnnviz.cli.analyse import analyse, flags
from rnnviz.cli.files import DATA_OPTIONS
from rnnviz.cli.find import find, units
from rnnviz.cli.lesson import lesson
from rnnviz.cli.serve import serve
from rnnviz.cli.sources import Misunderstood
from rnnviz.cli.sweep import EXECUTORS
from rnnviz.cli.training_files import ALSO
from rnnviz.export.handout import KINDS as HANDOUTS
from rnnviz.export.looks import SCALES, SIZES
from rnnviz.i18n import DEFAULT_LANGUAGE, LANGUAGES, Words
from rnnviz.learn import TASKS
from rnnviz.moments import MEASURES
from rnnviz.readers import ANSWERS
from rnnviz.sweeps import measures
from rnnviz.views._plot.colours import THEMES

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


def parser(say: Words) -> _Parser:
    """Return the parser of the command line; it raises Misunderstood where argparse would exit."""
    whole = _Parser(say, prog="rnnviz", description=say("cli.about"), epilog=say("cli.examples"))
    version = f"rnnviz {rnnviz.__version__}"
    whole.options.add_argument(
        "--version", action="version", version=version, help=say("cli.option.version")
    )
    _add_language(whole, say, "spoken")
    names = whole.add_subparsers(title=say("cli.commands"), metavar="", parser_class=_Parser)
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
            _add_source(command, say)
        elif add is _add_inspect:
            _add_files(command, say)
        _add_language(command, say, "language")
        command.set_defaults(run=_RUN.get(name) or getattr(commands, name))
    return whole


class _Parser(argparse.ArgumentParser):
    """A parser that speaks both languages and leaves it to the caller to complain.

    ``options`` is the group for what belongs to no other.
    """

    def __init__(self, say: Words, **details: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **details)
        self.formatter_class = partial(_Formatter, say)
        self._say = say
        self.options = self.add_argument_group(say("cli.options"))
        self.options.add_argument("-h", "--help", action="help", help=say("cli.option.help"))

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting."""
        raise Misunderstood(self._say("cli.not_understood", message=message, command=self.prog))


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """The help page as it is written, its first word in the language too."""

    def __init__(self, say: Words, prog: str, **details: Any) -> None:
        super().__init__(prog, **details)
        self._say = say

    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        """Say "usage" in the language."""
        spoken = self._say("cli.usage") + " " if prefix is None else prefix
        super().add_usage(usage, actions, groups, spoken)


def _add_serve(command: _Parser, say: Words) -> None:
    command.options.add_argument(
        "--port", type=_port(say), metavar="PORT", help=say("cli.option.port")
    )
    command.options.add_argument("--address", metavar="ADDRESS", help=say("cli.option.address"))
    command.options.add_argument(
        "--no-browser", action="store_true", help=say("cli.option.no_browser")
    )
    command.options.add_argument(
        "--lessons", type=Path, metavar="FOLDER", help=say("cli.lesson.lessons")
    )
    command.set_defaults(settings=[])


def _add_render(command: _Parser, say: Words) -> None:
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
    _add_look(command, say)
    _add_force(command, say)


def _add_data(command: _Parser, say: Words) -> None:
    command.options.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=say("cli.option.out_data")
    )
    _add_force(command, say)


def _add_analyse(command: _Parser, say: Words) -> None:
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
    _add_force(command, say)


def _add_find(command: _Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--range", required=True, metavar="FIRST:END", help=say("cli.find.range"))
    add("--units", metavar="NUMBERS", help=say("cli.find.units"))
    kinds = f"{say('cli.find.measure')}: {', '.join(MEASURES)}"
    add("--measure", type=_one_of(MEASURES, say), default="pattern", help=kinds)
    add("--trial", type=int, default=0, metavar="N", help=say("cli.find.trial"))
    add("--layer", type=int, metavar="N", help=say("cli.find.layer"))
    add("--most", type=int, default=50, metavar="N", help=say("cli.find.most"))
    add("--out", required=True, type=Path, metavar="FILE", help=say("cli.option.out_result"))
    _add_force(command, say)


def _add_units(command: _Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--labels", type=Path, metavar="FILE", help=say("cli.units.labels"))
    add("--level", type=float, default=0.05, metavar="SHARE", help=say("cli.units.level"))
    add("--layer", type=int, metavar="N", help=say("cli.find.layer"))
    add("--out", type=Path, metavar="FILE", help=say("cli.option.out_result"))
    _add_force(command, say)


def _add_gallery(command: _Parser, say: Words) -> None:
    command.options.add_argument(
        "--out", required=True, type=Path, metavar="FOLDER", help=say("cli.option.out_folder")
    )
    formats = commands.GALLERY_FORMATS
    command.options.add_argument(
        "--format", type=_one_of(formats, say), default="html", help=_list(say, "format", formats)
    )
    _add_look(command, say)
    _add_force(command, say)


def _add_summary(command: _Parser, say: Words) -> None:
    styles = commands.SUMMARY_STYLES
    command.options.add_argument(
        "--style", type=_one_of(styles, say), help=_list(say, "style", styles)
    )
    numberings = commands.NUMBERINGS
    command.options.add_argument(
        "--numbering", type=_one_of(numberings, say), help=_list(say, "numbering", numberings)
    )


def _add_code(command: _Parser, say: Words) -> None:
    frameworks = commands.FRAMEWORKS
    command.options.add_argument(
        "--framework",
        required=True,
        type=_one_of(frameworks, say),
        help=_list(say, "framework", frameworks),
    )
    command.options.add_argument(
        "--out", type=Path, metavar="FILE", help=say("cli.option.out_code")
    )
    _add_force(command, say)


def _add_sweep(command: _Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--axis", action="append", default=[], metavar="KNOB=VALUES", help=say("cli.sweep.axis"))
    add("--seeds", type=int, default=0, metavar="N", help=say("cli.sweep.seeds"))
    names = ", ".join(measures())
    add("--measure", default="saturated", help=f"{say('cli.sweep.measure')}: {names}")
    add("--store", metavar="FOLDER", help=say("cli.sweep.store"))
    add("--resume", action="store_true", help=say("cli.sweep.resume"))
    add("--out", type=Path, metavar="FILE", help=say("cli.sweep.out"))
    add("--log", type=Path, metavar="FILE", help=say("cli.sweep.log"))
    kinds = _list(say, "executor", EXECUTORS)
    add("--executor", type=_one_of(EXECUTORS, say), default="processes", help=kinds)
    add("--scheduler", metavar="ADDRESS", help=say("cli.sweep.scheduler"))
    add("--workers", type=int, metavar="N", help=say("cli.sweep.workers"))


def _add_train(command: _Parser, say: Words) -> None:
    add = command.options.add_argument
    add("--link", default="", help=say("cli.train.link"))
    add("--task", type=_one_of(tuple(TASKS), say), help=_list(say, "task", tuple(TASKS)))
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
    _add_force(command, say)


def _add_lesson(command: _Parser, say: Words) -> None:
    add = command.options.add_argument
    actions = ("check", "print", "export")
    help = say("cli.lesson.action")
    add("action", type=_one_of(actions, say), metavar="|".join(actions), help=help)
    add("files", nargs="+", type=Path, metavar="FILE", help=say("cli.lesson.file"))
    kinds = f"{say('cli.lesson.kind')}: {', '.join(HANDOUTS)}"
    add("--kind", type=_one_of(HANDOUTS, say), default="handout", help=kinds)
    add("--out", type=Path, metavar="FILE", help=say("cli.lesson.out"))
    _add_force(command, say)


def _add_source(command: _Parser, say: Words) -> None:
    """Add the options that say which experiments; without any, it is the lecture's."""
    source = command.add_argument_group(say("cli.which"))
    source.add_argument("--link", action="append", default=[], help=say("cli.option.link"))
    source.add_argument("--links", type=Path, metavar="FILE", help=say("cli.option.links"))
    source.add_argument(
        "--json",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help=say("cli.option.json"),
    )
    _add_files(command, say)


def _add_files(command: _Parser, say: Words) -> None:
    """Add the options that name a network and data, and those that answer what files leave open."""
    files = command.add_argument_group(say("cli.files"))
    for name in ("network", "inputs"):
        help = say(f"cli.option.{name}")
        files.add_argument(f"--{name}", type=Path, metavar="FILE", help=help)
    for key in ANSWERS:
        # Each answers the question of its name, and is a keyword of open_network in Python.
        option = {"name": "stack"}.get(key, key.replace("_", "-"))
        help = say("cli.option.answer", question=say(f"reader.answer.{key}"))
        files.add_argument(f"--{option}", dest=f"answer_{key}", metavar="ANSWER", help=help)
    for name, (metavar, words) in DATA_OPTIONS.items():
        files.add_argument(
            f"--inputs-{name}", dest=f"choice_{name}", metavar=metavar, help=say(words)
        )


def _add_inspect(command: _Parser, say: Words) -> None:
    command.options.add_argument("file", type=Path, metavar="FILE", help=say("cli.option.inspect"))


def _add_language(command: _Parser, say: Words, name: str) -> None:
    command.options.add_argument(
        "--language",
        dest=name,
        type=_one_of(LANGUAGES, say),
        metavar="LANGUAGE",
        help=_list(say, "language", LANGUAGES),
    )


def _add_look(command: _Parser, say: Words) -> None:
    look = command.add_argument_group(say("cli.look"))
    look.add_argument(
        "--theme", type=_one_of(THEMES, say), default="light", help=_list(say, "theme", THEMES)
    )
    look.add_argument(
        "--size", type=_one_of(SIZES, say), default="page", help=_list(say, "size", SIZES)
    )
    scales = [str(scale) for scale in SCALES]
    look.add_argument(
        "--scale", type=_one_of(scales, say), default="1", help=_list(say, "scale", scales)
    )
    look.add_argument("--no-caption", action="store_true", help=say("cli.option.no_caption"))
    look.add_argument("--no-cursor", action="store_true", help=say("cli.option.no_cursor"))


def _add_force(command: _Parser, say: Words) -> None:
    command.options.add_argument("--force", action="store_true", help=say("cli.option.force"))


def _one_of(names: Collection[str], say: Words) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(
                say("cli.not_a_choice", value=text, options=", ".join(names))
            )
        return text

    return check


def _port(say: Words) -> Callable[[str], int]:
    def check(text: str) -> int:
        if not text.isdecimal() or not 0 < int(text) < 2**16:
            raise argparse.ArgumentTypeError(say("cli.no_port", value=text))
        return int(text)

    return check


def _list(say: Words, option: str, names: Collection[str]) -> str:
    return f"{say(f'cli.option.{option}')}: {', '.join(names)}".replace("%", "%%")


_RUN: dict[str, Callable[[argparse.Namespace, Words], Any]] = {
    "serve": serve,
    "analyse": analyse,
    "lesson": lesson,
    "find": find,
    "units": units,
}
"""Commands that have a file of their own."""

_COMMANDS: dict[str, Callable[[_Parser, Words], None]] = {
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

"""The options that several commands share, and the parser that says its errors as sentences."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from rnnviz.cli.files import DATA_OPTIONS
from rnnviz.cli.shown import Misunderstood
from rnnviz.export.looks import SCALES, SIZES, Look
from rnnviz.i18n import LANGUAGES, Words
from rnnviz.readers import ANSWERS
from rnnviz.views._plot.colours import THEMES


class Parser(argparse.ArgumentParser):
    """A parser that speaks both languages and leaves it to the caller to complain.

    ``options`` is the group for what belongs to no other.
    """

    def __init__(self, say: Words, **details: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **details)
        self.formatter_class = partial(Formatter, say)
        self._say = say
        self.options = self.add_argument_group(say("cli.options"))
        self.options.add_argument("-h", "--help", action="help", help=say("cli.option.help"))

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting."""
        raise Misunderstood(self._say("cli.not_understood", message=message, command=self.prog))


class Formatter(argparse.RawDescriptionHelpFormatter):
    """The help page as it is written, its first word in the language too."""

    def __init__(self, say: Words, prog: str, **details: Any) -> None:
        super().__init__(prog, **details)
        self._say = say

    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        """Say "usage" in the language."""
        spoken = self._say("cli.usage") + " " if prefix is None else prefix
        super().add_usage(usage, actions, groups, spoken)


def add_source(command: Parser, say: Words) -> None:
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
    add_files(command, say)


def add_files(command: Parser, say: Words) -> None:
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


def add_language(command: Parser, say: Words, name: str) -> None:
    """Add ``--language``, kept under a name."""
    command.options.add_argument(
        "--language",
        dest=name,
        type=one_of(LANGUAGES, say),
        metavar="LANGUAGE",
        help=listed(say, "language", LANGUAGES),
    )


def add_look(command: Parser, say: Words) -> None:
    """Add the options that say how a picture looks; :func:`look_of` reads them."""
    look = command.add_argument_group(say("cli.look"))
    look.add_argument(
        "--theme", type=one_of(THEMES, say), default="light", help=listed(say, "theme", THEMES)
    )
    look.add_argument(
        "--size", type=one_of(SIZES, say), default="page", help=listed(say, "size", SIZES)
    )
    scales = [str(scale) for scale in SCALES]
    look.add_argument(
        "--scale", type=one_of(scales, say), default="1", help=listed(say, "scale", scales)
    )
    look.add_argument("--no-caption", action="store_true", help=say("cli.option.no_caption"))
    look.add_argument("--no-cursor", action="store_true", help=say("cli.option.no_cursor"))


def look_of(request: argparse.Namespace) -> Look:
    """Return how a picture is to look, as :func:`add_look` asked for it."""
    return Look(
        request.theme,
        request.size,
        int(request.scale),
        caption=not request.no_caption,
        cursor=not request.no_cursor,
    )


def add_force(command: Parser, say: Words) -> None:
    """Add ``--force``: files that are there are written over."""
    command.options.add_argument("--force", action="store_true", help=say("cli.option.force"))


def one_of(names: Collection[str], say: Words) -> Callable[[str], str]:
    """Return a type of argument that is one of some names."""

    def check(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(
                say("cli.not_a_choice", value=text, options=", ".join(names))
            )
        return text

    return check


def port(say: Words) -> Callable[[str], int]:
    """Return a type of argument that is the number of a port."""

    def check(text: str) -> int:
        if not text.isdecimal() or not 0 < int(text) < 2**16:
            raise argparse.ArgumentTypeError(say("cli.no_port", value=text))
        return int(text)

    return check


def listed(say: Words, option: str, names: Collection[str]) -> str:
    """Return an option's help with what it can be; the parser wants % written twice."""
    return f"{say(f'cli.option.{option}')}: {', '.join(names)}".replace("%", "%%")

"""An experiment as a link and as JSON, and back: versioned, and nothing dropped in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Self
from urllib.parse import parse_qsl, urlencode

from rnnviz.knobs import LINK_LIMIT, Knob, Problem, read, shown, table, write
from rnnviz.spec import perspective

VERSION = 1
FILE_NAMES = ("network", "network_name", "inputs", "inputs_name")
"""Names in a link that speak of files; :mod:`rnnviz.link` reads them."""
_rows: Callable[[type], Mapping[str, Knob]] = cache(table)


class ExperimentError(ValueError):
    """An experiment that cannot be; ``.problems`` says what is wrong, one sentence each."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.sentence() for problem in problems))


class Written:
    """A frozen table of knobs that can be written down, in a link or as JSON, and read again.

    Made with wrong values it must raise :class:`ExperimentError`.
    """

    def to_query(self) -> str:
        """Return the link's query text, which never changes meaning; see :meth:`pairs`."""
        return self._query

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (link name, text) pairs of the link: the version and every knob.

        Only quiet knobs are left out while they mean "nothing": see `rnnviz.knobs.Knob`.
        """
        return list(self._pairs)

    @classmethod
    def from_query(cls, text: str) -> Self:
        """Return the experiment of a link's query text (with or without the leading ``?``).

        Raises
        ------
        ExperimentError
            If anything in the link cannot be read; ``.problems`` says what.
        """
        experiment, problems = cls.read_query(text)
        if problems:
            raise ExperimentError(problems)
        return experiment

    @classmethod
    def read_query(cls, text: str) -> tuple[Self, list[Problem]]:
        """Return the experiment of a link, bad values as their defaults, and what was wrong.

        Never raises for a text, however hostile. Parts that speak of how the run is looked at
        (:class:`rnnviz.spec.perspective.Perspective`) are passed over.
        """
        if len(text) > LINK_LIMIT:
            return cls(), [Problem("link_too_long", (("limit", f"{LINK_LIMIT:,}"),))]
        return cls.from_pairs(parse_qsl(text.lstrip("?"), keep_blank_values=True))

    @classmethod
    def from_pairs(cls, pairs: list[tuple[str, str]]) -> tuple[Self, list[Problem]]:
        """Return the experiment of (link name, text) pairs; see :meth:`read_query`."""
        version = dict(pairs).get("v", str(VERSION))
        if version != str(VERSION):
            return cls(), [Problem("other_version", (("version", shown(version)),))]
        others = {row.link for row in perspective.TABLE.values()} | {"v", *FILE_NAMES}
        settings, problems = read(_rows(cls), perspective.of_the_first(pairs), others)
        try:
            return cls(**settings), problems
        except ExperimentError as error:
            return cls(), problems + [problem.asking(settings) for problem in error.problems]

    def to_json(self) -> str:
        """Return the experiment as a JSON object: the version and every knob by its field name."""
        values = {name: getattr(self, name) for name in _rows(type(self))}
        return json.dumps({"rnnviz": VERSION, **values}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the experiment of :meth:`to_json`; ExperimentError if it cannot be read."""
        problem = Problem("not_json")
        if len(text) > 4 * LINK_LIMIT:
            raise ExperimentError([problem])
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ExperimentError([problem]) from error
        if not isinstance(values, dict):
            raise ExperimentError([problem])
        version = values.pop("rnnviz", VERSION)
        if version != VERSION or isinstance(version, bool):
            raise ExperimentError([Problem("other_version", (("version", shown(version)),))])
        unknown = [name for name in values if name not in _rows(cls)]
        if unknown:
            raise ExperimentError([Problem("unknown_name", (("name", shown(n)),)) for n in unknown])
        return cls(**values)

    @cached_property
    def _pairs(self) -> tuple[tuple[str, str], ...]:
        return (("v", str(VERSION)), *write(_rows(type(self)), self))

    @cached_property
    def _query(self) -> str:
        return urlencode(self._pairs, safe=",")

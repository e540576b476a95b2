"""Which line of a TOML text a value stands on: tomllib tells what a file says, but not where."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Names of tables and numbers within arrays, from the outermost in."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\- \t]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)$", re.DOTALL)


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table and key that stands on a line of its own.

    Keys within a value on one line (``{ units = 16 }``) are not told apart: ask :func:`line_at`,
    which answers with the line of the value that they stand in.
    """
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _opened(header, counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table
            for name in re.split(r"\s*\.\s*", key[1]):
                path = (*path, name)
                found.setdefault(path, number)
            closing = _left_open(key[2])
    return found


def line_at(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a value, or of the innermost thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _opened(header: re.Match[str], counts: dict[Path, int]) -> Path:
    """Return the path of the table that a header opens; within arrays it is the newest entry."""
    names = re.split(r"\s*\.\s*", header[2])
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, names[-1])
    if header[1] == "[[":
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


def _left_open(value: str) -> str:
    """Return the quotes that close a string of several lines which begins here; else ""."""
    for quotes in ('"""', "'''"):
        if value.count(quotes) == 1:
            return quotes
    return ""

"""``.csv``: rows of numbers, with or without a line of names, whichever the separator."""

from __future__ import annotations

import csv
import io
from array import array

import numpy as np

from rnnviz.readers.data.table import MOST_NUMBERS, Choices, Data, Table, data_of_table
from rnnviz.readers.messages import Refused

_SEPARATORS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000
_MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "?"}


def read(content: bytes, name: str, choices: Choices) -> Data:
    """Read a table."""
    return data_of_table(table_of(content), name, choices)


def table_of(content: bytes) -> Table:
    """Return the columns; a column is numbers where every value is one, or is missing.

    Raises
    ------
    Refused
        Where it is no text, rows differ in length, or there are too many columns.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if "\0" in text:
        raise Refused("no_text")
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    comma = separator == ";"
    try:
        rows = csv.reader(io.StringIO(text), delimiter=separator)
        return _columns(rows, comma)
    except csv.Error as error:
        raise Refused("no_table", reason=str(error)) from error


def _columns(rows, comma: bool) -> Table:
    head = next((row for row in rows if row), None)
    if head is None:
        raise Refused("no_numbers")
    if len(head) > _MOST_COLUMNS:
        raise Refused("too_many_columns", found=len(head), limit=f"{_MOST_COLUMNS:,}")
    named = not any(number(one, comma) is not None and one.strip() for one in head)
    names = _names(head) if named else [f"column {n + 1}" for n in range(len(head))]
    numbers = [array("d") for _ in head]
    texts: dict[int, list[str]] = {}
    count = 0

    def add(row: list[str], line: int) -> None:
        nonlocal count
        if len(row) != len(head):
            raise Refused("row_length", line=line, found=len(row), wanted=len(head))
        count += len(row)
        if count > MOST_NUMBERS:
            raise Refused("too_many_numbers", limit=f"{MOST_NUMBERS:,}")
        for place, one in enumerate(row):
            if place in texts:
                texts[place].append(one)
                continue
            value = number(one, comma)
            if value is None:
                # Not a column of numbers after all: what was read of it becomes text.
                texts[place] = ["" if v != v else _plain(v) for v in numbers[place]]
                texts[place].append(one)
                numbers[place] = array("d")
            else:
                numbers[place].append(value)

    if not named:
        add(head, 1)
    for row in rows:
        if row:
            add(row, rows.line_num)
    if not count:
        raise Refused("no_numbers")
    table = Table()
    for place, name in enumerate(names):
        if place in texts:
            table.texts[name] = texts[place]
        else:
            table.numbers[name] = np.frombuffer(numbers[place], np.float64)
    return table


def number(text: str, comma: bool = False) -> float | None:
    """Return the number that a cell holds, nan where it is missing, None where it is text."""
    text = text.strip()
    if text.lower() in _MISSING:
        return float("nan")
    if comma and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _names(head: list[str]) -> list[str]:
    """Return the names, each once: a second one of a name gets a number."""
    names: list[str] = []
    for place, one in enumerate(head):
        name = one.strip()[:60] or f"column {place + 1}"
        while name in names:
            name = f"{name} ({place + 1})"
        names.append(name)
    return names

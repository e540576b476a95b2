"""``.csv``: rows of numbers, with or without a line of names, whichever the separator."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from rnnviz.readers.data.table import MOST_NUMBERS, Choices, Data, Table, data_of_table
from rnnviz.readers.messages import Refused

_SEPARATORS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000
_CHUNK = 2_000
"""Rows that become numbers together."""
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
    if b"\0" in content:
        raise Refused("no_text")
    try:
        return _table(content, "utf-8-sig")
    except UnicodeDecodeError:
        return _table(content, "latin-1")


def _table(content: bytes, encoding: str) -> Table:
    end = content.find(b"\n")
    first = content[: end if end >= 0 else None].decode(encoding)
    separator = max(_SEPARATORS, key=first.count)
    # Decoded on the way: the whole text at once would take several times the file in memory.
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    try:
        return _columns(csv.reader(text, delimiter=separator), content, separator)
    except csv.Error as error:
        raise Refused("no_table", reason=str(error)) from error


def _columns(rows: Any, content: bytes, separator: str) -> Table:
    comma = separator == ";"
    head = next((row for row in rows if row), None)
    if head is None:
        raise Refused("no_numbers")
    if len(head) > _MOST_COLUMNS:
        raise Refused("too_many_columns", found=len(head), limit=f"{_MOST_COLUMNS:,}")
    named = not any(number(one, comma) is not None and one.strip() for one in head)
    names = _names(head) if named else [f"column {n + 1}" for n in range(len(head))]
    quick = None if comma else _numbers_alone(content, named, len(head), separator.encode())
    if quick is not None:
        return Table(dict(zip(names, quick, strict=True)))
    columns = [_Column(comma) for _ in head]
    count = 0
    for chunk in _chunks(rows, [] if named else [head], len(head)):
        count += len(chunk) * len(head)
        if count > MOST_NUMBERS:
            raise Refused("too_many_numbers", limit=f"{MOST_NUMBERS:,}")
        for column, cells in zip(columns, zip(*chunk, strict=True), strict=True):
            column.add(cells)
    if not count:
        raise Refused("no_numbers")
    table = Table()
    for name, column in zip(names, columns, strict=True):
        if column.texts is not None:
            table.texts[name] = column.texts
        else:
            table.numbers[name] = np.frombuffer(column.numbers, np.float64)
    return table


def _numbers_alone(content: bytes, named: bool, width: int, separator: bytes) -> np.ndarray | None:
    """Return (columns, rows) of a table of nothing but numbers, read by Arrow, which is fast.

    None where a cell is missing, quoted, or no number, or a row has another length: then every
    cell is looked at.
    """
    at = content.find(b"\n") + 1 if named else 0
    if named and (at == 0 or content[:at].count(separator) != width - 1):
        return None
    try:
        from pyarrow import ArrowInvalid, BufferReader, csv, float64, py_buffer
    except ImportError:  # it comes with the page and with the export extra
        return None
    most = content.count(b"\n", at) + 1
    if most * width > MOST_NUMBERS or b"(" in content:  # "nan(0)" is a number to it
        return None
    names = [str(place) for place in range(width)]
    wanted = dict.fromkeys(names, float64())
    numbers, rows = np.empty((width, most)), 0
    try:
        with csv.open_csv(
            BufferReader(py_buffer(content).slice(at)),
            csv.ReadOptions(use_threads=False, column_names=names),
            csv.ParseOptions(delimiter=separator.decode(), quote_char=False),
            csv.ConvertOptions(column_types=wanted, null_values=[], strings_can_be_null=False),
        ) as batches:
            for batch in batches:
                for column, read in zip(numbers, batch.columns, strict=True):
                    column[rows : rows + batch.num_rows] = read
                rows += batch.num_rows
    except (ArrowInvalid, ValueError):  # the latter where lines end in another way
        return None
    return numbers[:, :rows] if rows else None


def _chunks(rows: Any, begun: list[list[str]], width: int) -> Iterator[list[list[str]]]:
    """Yield the rows that are not empty, some at a time; each must be as wide as the first."""
    chunk = begun
    for row in rows:
        if not row:
            continue
        if len(row) != width:
            raise Refused("row_length", line=rows.line_num, found=len(row), wanted=width)
        chunk.append(row)
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Column:
    """One column on the way: numbers, until a cell is none.

    Attributes
    ----------
    numbers : array of double
    texts : list of str or None
        Every cell as text, once it is no column of numbers.
    """

    def __init__(self, comma: bool) -> None:
        self.numbers = array("d")
        self.texts: list[str] | None = None
        self._comma = comma

    def add(self, cells: Sequence[str]) -> None:
        """Add the next cells."""
        if self.texts is not None:
            self.texts += cells
            return
        # Python takes 1_000 for a number; a table that says so means a name.
        if "_" not in "".join(cells):
            try:
                self.numbers.extend(array("d", map(float, cells)))
            except ValueError:
                pass  # some are missing, have a comma, or are text: one by one
            else:
                return
        found = [number(one, self._comma) for one in cells]
        if None in found:
            # Not a column of numbers after all: what was read of it becomes text.
            self.texts = ["" if v != v else _plain(v) for v in self.numbers]
            self.texts += cells
            self.numbers = array("d")
            return
        self.numbers.extend(one for one in found if one is not None)


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

"""Labels for the timesteps of a run: a table whose columns units can be asked about."""

from __future__ import annotations

import numpy as np

from rnnviz.readers.data import csv_table, parquet_table
from rnnviz.readers.data.any_file import damage_refused, reader_for

_READERS = {
    "csv": csv_table.table_of,
    "tsv": csv_table.table_of,
    "parquet": parquet_table.table_of,
}
ENDINGS = tuple(_READERS)


def read_labels(content: bytes, file_name: str) -> dict[str, np.ndarray]:
    """Return the columns of a table by name, a value for each row.

    Columns of whole numbers are of int, so that few values of them are classes, and those of "true"
    and "false" of bool; see
    `rnnviz.moments.features.features_of`.

    Raises
    ------
    Refused
        Where the file cannot be opened.
    """
    read = reader_for(content, file_name, _READERS)
    with damage_refused():
        table = read(content)
    columns = {name: _whole(values) for name, values in table.numbers.items()}
    return columns | {name: _yes_or_no(texts) for name, texts in table.texts.items()}


def _yes_or_no(texts: list[str]) -> np.ndarray:
    """Return texts as they are; as bool where each is "true" or "false"."""
    small = [one.lower() for one in texts]
    return np.array([one == "true" for one in small] if {*small} <= {"true", "false"} else texts)


def _whole(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, np.float64)
    whole = np.isfinite(values).all() and (np.abs(values) < 2**53).all()
    return values.astype(np.int64) if whole and (values == np.rint(values)).all() else values

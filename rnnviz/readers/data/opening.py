"""Opening a file of data: which format it is, and what is chosen of it."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rnnviz.engine import Inputs
from rnnviz.readers.data import arrays, csv_table, parquet_table, sound, text
from rnnviz.readers.data.any_file import damage_refused, reader_for
from rnnviz.readers.data.table import Choices, Data
from rnnviz.readers.json_text import value_of
from rnnviz.readers.messages import Refused
from rnnviz.readers.opening import ReadingWarning, content_of

Read = Callable[[bytes, str, Choices], Data]

_READERS: dict[str, Read] = {
    "npy": arrays.read_npy,
    "npz": arrays.read_npz,
    "csv": csv_table.read,
    "tsv": csv_table.read,
    "parquet": parquet_table.read,
    "txt": text.read,
    "wav": sound.read,
}
ENDINGS = tuple(_READERS)


def open_inputs(path: str | os.PathLike[str], **choices: Any) -> Inputs:
    """Read sequences for a network from a file.

    ``.npy`` and ``.npz`` arrays, ``.csv`` and ``.parquet`` tables, ``.txt`` as tokens, ``.wav``.
    What was done to the numbers is said in a `ReadingWarning`.

    Parameters
    ----------
    path : str or path
        The file.
    **choices
        What is read of it; see `Choices`. A ``vocabulary`` may also be a dictionary of token to
        number, or the path of a JSON file that holds one or the other.

    Returns
    -------
    Inputs
        Numbers ``(timesteps, features)`` or ``(trials, timesteps, features)``, or tokens.

    Raises
    ------
    Refused, Unanswered
        Where it cannot be opened, or it is not clear what is meant.
    """
    if "vocabulary" in choices:
        choices["vocabulary"] = vocabulary_of(choices["vocabulary"])
    for name in ("features", "target"):
        if isinstance(choices.get(name), str):
            choices[name] = (choices[name],)
    data = read_inputs(content_of(path), Path(path).name, Choices(**choices))
    if data.notes:
        text = " ".join(one.sentence() for one in data.notes)
        warnings.warn(text, ReadingWarning, stacklevel=2)
    return data.inputs


def read_inputs(content: bytes, file_name: str, choices: Choices | None = None) -> Data:
    """Read inputs from the bytes of a file; see `open_inputs`."""
    read = reader_for(content, file_name, _READERS)
    with damage_refused():
        return read(content, file_name, choices or Choices())


def vocabulary_in(content: bytes) -> tuple[str, ...]:
    """Return the tokens in the bytes of a JSON file, in the order of their numbers.

    Raises
    ------
    Refused
        Where it holds neither a list of tokens nor an object of token to number.
    """
    given = value_of(content, "vocabulary")
    # A text would be the path of another file.
    if not isinstance(given, list | dict):
        raise Refused("json_damaged", where="vocabulary")
    return tuple(vocabulary_of(given) or ())


def vocabulary_of(given: Any) -> Sequence[str] | None:
    """Return tokens in the order of their numbers: of a list, a dictionary, or a JSON file.

    Raises
    ------
    Refused
        Where it is none of these; numbers that no token has stand empty.
    """
    if isinstance(given, (str, os.PathLike)):
        try:
            given = json.loads(content_of(given, 2**24))
        except ValueError as error:
            raise Refused("json_damaged", where="vocabulary") from error
    if isinstance(given, dict):
        numbers = list(given.values())
        if not numbers or not all(type(n) is int and 0 <= n < 1_000_000 for n in numbers):
            raise Refused("json_damaged", where="vocabulary")
        tokens = [""] * (max(numbers) + 1)
        for token, number in given.items():
            tokens[number] = token
        return tokens
    if given is None or (
        isinstance(given, Sequence) and all(isinstance(one, str) for one in given)
    ):
        return given
    raise Refused("json_damaged", where="vocabulary")

"""Opening a file with a network: which format it is, and the limits that hold for all of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnviz.engine import Network
from rnnviz.readers import keras_archive, keras_hdf5, npz, onnx_file, safetensors, torch_file
from rnnviz.readers.answers import Answers
from rnnviz.readers.archive import Archive
from rnnviz.readers.hdf5.file import SIGNATURE
from rnnviz.readers.messages import Question, Refused, Unanswered
from rnnviz.readers.reading import Reading, not_finite

MOST_BYTES = 2**30
"""Largest file that is opened: a recurrent network that can be looked at is far smaller."""
ENDINGS = ("keras", "h5", "hdf5", "pt", "pth", "safetensors", "onnx", "npz")

Read = Callable[[bytes, str, Answers], Reading]


class ReadingWarning(UserWarning):
    """Something was left out, told by shapes or taken for granted when a file was read."""


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is in a file and what it leaves open.

    Parameters
    ----------
    reading : Reading
        As it is with the answers that were given, and the first option of each other question.
    questions : tuple of Question
        Everything that would be asked.
    """

    reading: Reading
    questions: tuple[Question, ...]


def open_network(
    path: str | os.PathLike[str], name: str | None = None, **answers: str | None
) -> Network:
    """Read a trained network from a file, without the framework that wrote it.

    ``.keras``, ``.h5`` and ``.weights.h5`` of Keras 2 and 3, ``.pt`` and ``.pth`` with a
    state_dict, ``.safetensors``, ``.onnx``, and ``.npz`` of weights. What is in the file is never
    executed. What was left out or taken for granted is said in a `ReadingWarning`.

    Parameters
    ----------
    path : str or path
        The file.
    name : str, optional
        Which of several recurrent stacks is meant.
    **answers : str
        What else a file may leave open, e.g. ``nonlinearity="relu"``; see `ANSWERS`.

    Returns
    -------
    Network
        Its states of every layer are those of the framework, for any input.

    Raises
    ------
    Unanswered
        Where the file leaves something open; the text names the argument and its options.
    Refused
        Where the file cannot be opened; the text says why.
    """
    reading = read_network(content_of(path), Path(path).name, {"name": name, **answers})
    if reading.notes:
        text = " ".join(note.sentence() for note in reading.notes)
        warnings.warn(text, ReadingWarning, stacklevel=2)
    return reading.network


def read_network(
    content: bytes, file_name: str, answers: Mapping[str, str | None] | None = None
) -> Reading:
    """Read a network from the bytes of a file; see `open_network`."""
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", limit=f"{MOST_BYTES:,}")
    given = Answers({key: value for key, value in (answers or {}).items() if value is not None})
    try:
        # Weights that are infinite or no numbers are a note, and no warning of NumPy's.
        with np.errstate(all="ignore"):
            reading = reader_of(content, file_name)(content, file_name, given)
        notes = (*dict.fromkeys(reading.notes), *not_finite(reading.network))
    except (Refused, Unanswered):
        raise
    except _DAMAGE as error:
        raise Refused("damaged") from error
    answered = tuple((one, given.given[one.key]) for one in given.asked)
    return Reading(reading.network, reading.format, notes, answered)


_DAMAGE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    AssertionError,
)
"""What damage may still raise behind the checks: said in one sentence, never as a traceback."""


def inspect(
    content: bytes, file_name: str, answers: Mapping[str, str | None] | None = None
) -> Inspection:
    """Say what is in a file and all that would be asked; see `open_network`."""
    given = {key: value for key, value in (answers or {}).items() if value is not None}
    assumed = dict(given)
    questions: list[Question] = []
    while True:
        try:
            reading = read_network(content, file_name, assumed)
            return Inspection(reading, tuple(questions))
        except Unanswered as open_question:
            question = open_question.question
            if question.key in assumed or not question.options:
                raise Refused("damaged") from open_question
            questions.append(question)
            assumed[question.key] = question.options[0]


def content_of(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    Refused
        Where it is a folder, or larger than ``most``.
    OSError
        Where it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        saved = (path / "saved_model.pb").exists()
        raise Refused("saved_model" if saved else "folder", name=path.name)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > most:
            raise Refused("file_too_large", limit=f"{most:,}")
        return file.read(most + 1)


def reader_of(content: bytes, file_name: str) -> Read:
    """Return the reader of a file: by what is in it, and by its name where that does not say.

    Raises
    ------
    Refused
        Where it is of no known kind; known kinds of other sorts are named.
    """
    ending = file_name.rpartition(".")[2].lower()
    if not content:
        raise Refused("empty")
    if content[:4] == b"PK\3\4":
        return _in_zip(content)
    if content[:8] == SIGNATURE:
        return keras_hdf5.read
    if content[8:9] == b"{" and int.from_bytes(content[:8], "little") < len(content):
        return safetensors.read
    by_ending: dict[str, Read] = {
        "onnx": onnx_file.read,
        "safetensors": safetensors.read,
        "pt": torch_file.read,
        "pth": torch_file.read,
    }
    if ending in by_ending:
        return by_ending[ending]
    if ending == "pb":
        raise Refused("saved_model", name=file_name)
    if content[:2] in (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5") or ending in ("pkl", "pickle"):
        raise Refused("bare_pickle")
    raise Refused("unknown_kind", endings=", ".join(f".{one}" for one in ENDINGS))


def _in_zip(content: bytes) -> Read:
    names = Archive(content).names
    if "config.json" in names and any(one.startswith("model.weights") for one in names):
        return keras_archive.read
    if any(one.endswith(("/data.pkl", "/constants.pkl")) for one in names):
        return torch_file.read
    if any(one.endswith(".npy") for one in names):
        return npz.read
    raise Refused("unknown_zip", names=", ".join(names[:6]))

"""What holds for every file of data, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from rnnviz.readers.messages import Refused, Unanswered

Reader = TypeVar("Reader", bound=Callable[..., object])


def reader_for(content: bytes, file_name: str, readers: Mapping[str, Reader]) -> Reader:
    """Return the reader of a file by the ending of its name.

    Raises
    ------
    Refused
        Where there is none, or nothing in the file.
    """
    read = readers.get(file_name.rpartition(".")[2].lower())
    if read is None:
        raise Refused("unknown_data", endings=", ".join(f".{one}" for one in readers))
    if not content:
        raise Refused("empty")
    return read


@contextmanager
def damage_refused() -> Iterator[None]:
    """Turn what a damaged file makes its reader raise into a refusal; warnings are not shown."""
    try:
        with np.errstate(all="ignore"):
            yield
    except (Refused, Unanswered):
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError) as error:
        raise Refused("damaged") from error

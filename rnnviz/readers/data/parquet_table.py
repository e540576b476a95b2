"""``.parquet``: read by pyarrow in a process of its own, bounded in memory and time.

A small file of this format may claim billions of rows, and its reader is C++ that has no limits of
its own: what goes wrong there ends that process and not the server's. It may take three times the
file and 64 MB, as every reader, and what the cells need that the file says it has: no more numbers
than a file of text may hold.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys

import numpy as np

from rnnviz.readers.data import parquet_process
from rnnviz.readers.data.table import MOST_NUMBERS, Choices, Data, Table, data_of_table
from rnnviz.readers.messages import Refused


def read(content: bytes, name: str, choices: Choices) -> Data:
    """Read a table."""
    return data_of_table(table_of(content), name, choices)


def table_of(content: bytes) -> Table:
    """Return the columns of a table.

    Raises
    ------
    Refused
        Where pyarrow is not installed, or the file is damaged or too large.
    """
    if content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise Refused("parquet_damaged")
    command = [sys.executable, "-I", parquet_process.__file__, str(MOST_NUMBERS)]
    try:
        answer = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=parquet_process.SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("parquet_damaged") from error
    if answer.returncode == parquet_process.NO_PYARROW:
        raise Refused("needs_pyarrow")
    if answer.returncode == parquet_process.TOO_MANY:
        raise Refused("too_many_numbers", limit=f"{MOST_NUMBERS:,}")
    if answer.returncode:
        raise Refused("parquet_damaged")
    # What comes back is our own: written by the lines above, without a pickle.
    with np.load(io.BytesIO(answer.stdout), allow_pickle=False) as found:
        table = Table()
        for place, name in enumerate(found["names"].tolist()):
            if f"n{place}" in found:
                table.numbers[name] = found[f"n{place}"]
            else:
                words = [*json.loads(found[f"t{place}"].tobytes()), ""]  # the last for none
                table.texts[name] = [words[code] for code in found[f"c{place}"].tolist()]
    return table

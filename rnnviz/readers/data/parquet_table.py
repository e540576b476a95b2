"""``.parquet``: read by pyarrow in a process of its own, bounded in memory and time.

A small file of this format may claim billions of rows, and its reader is C++ that has no limits of
its own: what goes wrong there ends that process and not the server's.
"""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np

from rnnviz.readers.data.table import MOST_NUMBERS, Choices, Data, Table, data_of_table
from rnnviz.readers.messages import Refused

_SECONDS = 20
_MEMORY = 2 * 2**30

_CHILD = """
import io, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
except ImportError:
    pass
try:
    import numpy as np
    import pyarrow as pa, pyarrow.parquet as pq
except ImportError:
    sys.exit(3)
pa.set_cpu_count(1)
content = sys.stdin.buffer.read()
file = pq.ParquetFile(io.BytesIO(content))
rows, names = file.metadata.num_rows, file.schema_arrow.names
if rows * max(1, len(names)) > int(sys.argv[3]) or len(names) > 2000:
    sys.exit(4)
arrays = {}
for place, name in enumerate(names):
    column = file.read([name], use_threads=False).column(0)
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        arrays[f"n{place}"] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    else:
        texts = ["" if one is None else str(one)[:80] for one in column.to_pylist()]
        arrays[f"t{place}"] = np.array(texts or [""], dtype=str)
np.savez(sys.stdout.buffer, names=np.array(names, dtype=str), **arrays)
"""


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
    command = [sys.executable, "-I", "-c", _CHILD, str(_MEMORY), str(_SECONDS), str(MOST_NUMBERS)]
    try:
        answer = subprocess.run(
            command, input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("parquet_damaged") from error
    if answer.returncode == 3:
        raise Refused("needs_pyarrow")
    if answer.returncode == 4:
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
                table.texts[name] = found[f"t{place}"].tolist()
    return table

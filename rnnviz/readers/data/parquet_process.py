"""The process that reads a Parquet file from its standard input: see ``parquet_table.py``.

It is run by its path, apart from the package. What it writes to its standard output is an ``.npz``
with the columns' ``names``; of the column at place 0, ``n0`` its numbers, or ``t0`` its different
texts as JSON and ``c0`` which of them stands in each row, −1 for none.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any

NO_PYARROW, TOO_MANY = 3, 4
"""Exit codes; any other but 0 is a damaged file, or one that takes more than it may."""
SECONDS = 20
SPARE = 64 * 2**20
A_NUMBER, A_TEXT = 40, 240
"""Bytes that a cell takes at most while it is read, cast, and handed over."""
MOST_BYTES = 2 * 2**30
"""Bytes that cells may take in all."""
MOST_COLUMNS = 2000
MOST_LETTERS = 80


def _limiter() -> Callable[[int], None]:
    """Return what sets how many bytes of memory may be taken beyond those that are held now."""
    try:
        import resource

        with open("/proc/self/statm") as pages:
            held = int(pages.read().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    except (ImportError, OSError):  # not Linux: the parent's clock is the limit
        return lambda size: None
    return lambda size: resource.setrlimit(
        resource.RLIMIT_DATA, (held + size, resource.RLIM_INFINITY)
    )


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)
    )


def _texts(column: Any) -> tuple[list[str], Any]:
    """Return the different texts of a column, and which stands in each row, −1 for none."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        try:
            column = column.dictionary_encode()
        except pa.ArrowNotImplementedError:  # lists and the like
            written = [None if one is None else str(one) for one in column.to_pylist()]
            column = pa.chunked_array([pa.array(written, pa.string())]).dictionary_encode()
    column = column.unify_dictionaries()
    words = column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
    codes = [part.indices.cast(pa.int32()).fill_null(-1) for part in column.chunks]
    shown = ["" if word is None else str(word)[:MOST_LETTERS] for word in words]
    return shown, pa.chunked_array(codes, pa.int32()).to_numpy()


def main(most_numbers: int) -> int:
    """Read, write, and return the exit code."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # its own asks for a gigabyte at the start
    try:
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return NO_PYARROW
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limit = _limiter()
    content = sys.stdin.buffer.read()
    plain = SPARE + 3 * len(content)
    limit(plain)
    file = pq.ParquetFile(io.BytesIO(content))
    rows, schema = file.metadata.num_rows, file.schema_arrow
    if not 0 <= rows * max(1, len(schema.names)) <= most_numbers:
        return TOO_MANY
    if len(schema.names) > MOST_COLUMNS:
        return TOO_MANY
    cells = sum(A_NUMBER if _is_number(kind) else A_TEXT for kind in schema.types)
    limit(plain + min(MOST_BYTES, rows * cells))
    arrays: dict[str, Any] = {}
    for place, name in enumerate(schema.names):
        column = file.read([name], use_threads=False).column(0)
        if _is_number(column.type):
            numbers = column.cast(pa.float64())
            arrays[f"n{place}"] = numbers.to_numpy(zero_copy_only=False)
        else:
            words, arrays[f"c{place}"] = _texts(column)
            arrays[f"t{place}"] = np.frombuffer(json.dumps(words).encode(), np.uint8)
    np.savez(sys.stdout.buffer, names=np.array(schema.names, dtype=str), **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

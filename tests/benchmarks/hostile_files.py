"""Ten thousand damaged and hostile files over all readers, from a seed.

    python -m tests.benchmarks.hostile_files [COUNT] [SEED]

Each must end in a network, a question or one sentence, in two seconds, within three times its size
and 64 MB, without opening a file, running or unpickling anything; the first that does not raises.
For each hundred there is a Parquet file more, which a process of its own reads: its time is that
of the processor, and its memory what it takes beyond a process that reads a good file.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.readers import files
from tests.readers.damage import damaged_files, damaged_tables
from tests.readers.guarded import outcome, table_outcome, warm_up


def main(count: int = 10_000, seed: int = 0) -> None:
    """Read all of them and print how they ended."""
    warm_up(files.whole_files() | files.whole_data())
    ends: Counter[str] = Counter()
    begin, slowest = time.perf_counter(), ("", 0.0)
    for name, content in damaged_files(seed, count):
        started = time.thread_time()
        ends[outcome(content, name)] += 1
        slowest = max(slowest, (name, time.thread_time() - started), key=lambda pair: pair[1])
    print(f"{count:,} files, seed {seed}: {time.perf_counter() - begin:.0f} s")
    print(f"slowest {slowest[1]:.3f} s, measured memory included: {slowest[0]}")
    for end, times in ends.most_common():
        print(f"{times:>7,}  {end}")
    tables = Counter(table_outcome(content) for content in damaged_tables(seed, count // 100))
    print(f"Parquet: {dict(tables.most_common())}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""How long ``import rnnviz`` takes against ``import numpy``: python -m tests.benchmarks.import_time

Both in fresh processes, alternating, so that a noisy machine is noisy for both.
"""

import statistics
import subprocess
import sys

LIMIT = 2.0
ROUNDS = 15


def seconds(statement: str) -> float:
    """Return the time of one import in a fresh process."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True).stdout)


def main() -> int:
    """Print the ratio; return 1 if rnnviz takes more than LIMIT times as long as numpy."""
    seconds("import rnnviz")  # compiles the byte code
    rounds = [(seconds("import numpy"), seconds("import rnnviz")) for _ in range(ROUNDS)]
    ratio = statistics.median(ours / peer for peer, ours in rounds)
    print(f"import rnnviz / import numpy = {ratio:.2f} (at most {LIMIT})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

"""An index of 1,000,000 timesteps of 256 units: its size, how long it takes, and queries.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.moments

Seconds are those of the processor, so that others on the machine count less.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from rnnviz.moments import MEASURES, find, index_states, open_index
from rnnviz.moments.explain import BLOCKS, SEGMENTS, SHORTEST
from rnnviz.moments.scores import Folds, areas, binned, explained

STEPS, UNITS = 1_000_000, 256
GOALS = {"index": 40.0, "build": 60.0, "query": 200.0}


def seconds(work, times=3):
    """The least processor seconds of a few times."""
    took = []
    for _ in range(times):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return min(took)


def states():
    """Units that switch now and then, at rates of their own, with noise on top."""
    random = np.random.default_rng(0)
    found = np.empty((STEPS, UNITS), np.float32)
    for unit in range(UNITS):
        switches = random.random(STEPS) < random.uniform(0.01, 0.2)
        found[:, unit] = (np.cumsum(switches) % 2) * 1.6 - 0.8
        found[:, unit] += random.normal(0, 0.05, STEPS)
    return found


def main():
    """Print every figure beside its goal."""
    there = states()
    begin = time.process_time()
    index = index_states(there)
    build = time.process_time() - begin
    print(f"index: {index.nbytes / 1e6:.1f} MB, {index.bytes_per_step} bytes a step", end="")
    print(f" (at most {GOALS['index']:.0f} MB)")
    print(f"build: {build:.2f} s (at most {GOALS['build']:.0f} s)")
    ranges = {
        "20 steps, units that stay on": ((5000, 5020), None),
        "20 steps, all units": ((5000, 5020), range(UNITS)),
        "200 steps, all units": ((5000, 5200), range(UNITS)),
    }
    for name, (span, units) in ranges.items():
        took = [1000 * seconds(lambda: find(index, span, units, measure=m)) for m in MEASURES]  # noqa: B023
        parts = ", ".join(f"{m} {ms:.0f} ms" for m, ms in zip(MEASURES, took, strict=True))
        print(f"query, {name}: {parts} (at most {GOALS['query']:.0f} ms)")
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder) / "index.npz")
        mapped = open_index(Path(folder) / "index.npz")
        took = 1000 * seconds(lambda: find(mapped, (5000, 5020)))
        print(f"query, mapped from a file: pattern {took:.0f} ms")
    values = there[:20_000].astype(np.float64)
    random = np.random.default_rng(0)
    orders = np.stack([random.permutation(len(values)) for _ in range(50)]).astype(np.int32)
    folds = Folds.of(values, BLOCKS)
    event, size = random.random(len(values)) < 0.3, random.normal(size=len(values))
    auc = seconds(lambda: areas(folds, event, orders), 1) * 200 / 50
    r2 = seconds(lambda: explained(folds, *binned(size), orders), 1) * 200 / 50
    print(f"ask {UNITS} units at {len(values)} steps, {SEGMENTS} segments of {SHORTEST} and more:")
    print(f"  a feature of yes and no {auc:.1f} s, one with a size {r2:.1f} s (199 shuffles)")


if __name__ == "__main__":
    main()

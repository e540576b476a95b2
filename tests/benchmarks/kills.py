"""Kill -9 of a sweep at ten random moments, of its parent and of its workers: what is left of it.

    python -m tests.benchmarks.kills [KILLS] [SEED]

Says for each kill what was ended, and then whether the table is that of an undisturbed run, what
the log says was done again, and how long workers outlived their parents. Linux only.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from rnnviz import Experiment, Sweep, sweep
from rnnviz.sweeps.sweep import spaced
from tests.sweeps import kills

SCALES, SEEDS = 60, 30


def main(count: int = 10, seed: int = 0) -> None:
    """Print every figure of one sweep that is ended so often."""
    typed = [f"weight_scale=0.001:10:{SCALES}", f"seed=0:{SEEDS * count - 1}"]
    axes = {"weight_scale": tuple(spaced(0.001, 10.0, SCALES)), "seed": range(SEEDS * count)}
    with tempfile.TemporaryDirectory() as folder:
        store, log, table = (Path(folder) / name for name in ("atlas", "log", "table.parquet"))
        seen = kills.kill(store, log, typed, count, seed)
        there = len(seen.finished)
        kills.finish(store, log, typed, table)
        found = pd.read_parquet(table)
        again, changed = kills.done_again(log), kills.changed(store, seen)
        files = len(list(store.glob("chunk-*.parquet")))
    whole = sweep(
        Sweep(Experiment(units=24, timesteps=80), axes, ("lyapunov",)), "processes", workers=2
    ).frame
    equal = all(kills.same(found[one].to_numpy(), whole[one].to_numpy()) for one in whole.columns)
    print(
        f"{len(whole):,} networks in {files} chunks; ended {count} times: {', '.join(seen.kinds)}"
    )
    print(f"  {there} chunks were finished by the last kill; done again: {again or 'none'}")
    print(f"  files of finished chunks that changed: {changed or 'none'}")
    print(f"  table the same to the bit as undisturbed: {equal}")
    outlived = ", ".join(f"{one:.2f}" for one in seen.outlived)
    print(f"  the last process was gone so many seconds after its parent: {outlived} (at most 1)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

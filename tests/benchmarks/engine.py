"""The engine against its peers, one thread each: python -m tests.benchmarks.engine [part of a name]

Prints, for each problem, how many times as long each peer takes as the engine (median processor
times, measured alternately in this one process), and the largest difference of the states. Ends
with 1 if a required ratio is missed, or a difference exceeds 1e-12 in float64. Absent peers are
reported missing. Where NumPy's bare calls alone take longer than a peer, no engine written in NumPy
can reach it: the engine then has to stay near those calls instead.
"""

# ruff: noqa: E402 - the environment is set before the imports that read it

import os

# Before NumPy, PyTorch and JAX are loaded: they read these once.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import gc
import statistics
import sys
import time

import numpy as np

from tests.benchmarks.engine_peers import PEERS, Problem, Run, bare_calls, rnnviz

SECONDS_A_PROBLEM = 6.0
SECONDS_A_TURN = 0.01
LEAST_TURNS = 5
LARGEST_DIFFERENCE = 1e-12
FLOOR = "bare calls"
LEAST_OF_FLOOR = 1 / 1.5
"""What the engine must reach of the bare calls' speed where they are slower than a peer."""

SINGLE = [(100, 32, 64), (10_000, 32, 64), (1_000, 128, 512)]
PROBLEMS = [
    *(
        Problem("SimpleRNN", *shape, None, dtype)
        for dtype in ("float64", "float32")
        for shape in SINGLE
    ),
    *(Problem("SimpleRNN", 100, 32, 64, 256, dtype) for dtype in ("float64", "float32")),
    *(
        Problem(cell, *shape, None, dtype)
        for cell in ("LSTM", "GRU")
        for dtype in ("float64", "float32")
        for shape in [(100, 32, 64), (1_000, 128, 256)]
    ),
]


def required(problem: Problem, peer: str) -> float | None:
    """The ratio that must be reached, None where there is only something to tell."""
    small = (problem.timesteps, problem.features, problem.units) == (100, 32, 64)
    if problem.cell != "SimpleRNN":
        return 1.0 if small else 1 / 1.2
    if peer == "lecture loop" and problem.batch is not None:
        return 6.0 if problem.dtype == "float64" else 12.0
    if peer == "lecture loop" and small:
        return 1.8
    if peer == "reservoirpy" and small and problem.batch is None:
        return 2.5
    if peer == "torch":
        return 2.0 if small and problem.batch is None else 1.0
    return None


def contenders(problem: Problem) -> tuple[dict[str, Run], list[str]]:
    """What can be run here, ours first, and the names of the peers that are absent."""
    runs, absent = {"rnnviz": rnnviz(problem)}, []
    for name, contender in PEERS.items():
        try:
            runs[name] = contender(problem)
        except ImportError:
            absent.append(name)
        except NotImplementedError:
            continue
    return runs, absent


def median_seconds(runs: dict[str, Run]) -> dict[str, float]:
    """Median time of each run, all of them taking turns.

    A turn lasts some milliseconds: what is over sooner is run several times in a row, so that no
    contender is measured while the caches still hold the one before it.
    """
    once = {name: _seconds(run, 1) for name, run in runs.items()}
    repeats = {name: max(1, round(SECONDS_A_TURN / seconds)) for name, seconds in once.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    end = time.perf_counter() + SECONDS_A_PROBLEM
    while len(times["rnnviz"]) < LEAST_TURNS or time.perf_counter() < end:
        for name, run in runs.items():
            times[name].append(_seconds(run, repeats[name]))
    return {name: statistics.median(values) for name, values in times.items()}


def _seconds(run: Run, repeats: int) -> float:
    # Processor time, all threads of this process: what else the machine does is not ours.
    start = time.process_time()
    for _ in range(repeats):
        run()
    return (time.process_time() - start) / repeats


def report(problem: Problem) -> bool:
    """Measure and print one problem; whether everything required is met."""
    runs, absent = contenders(problem)
    states = {name: run() for name, run in runs.items()}
    floor = _floor(problem)
    seconds = median_seconds(runs | floor)
    print(f"\n{problem.name}: rnnviz {seconds['rnnviz'] * 1e3:.3f} ms")
    met = True
    for name in runs:
        if name == "rnnviz":
            continue
        ratio, wanted = seconds[name] / seconds["rnnviz"], required(problem, name)
        if wanted and floor and seconds[FLOOR] > seconds[name] / wanted:
            met = _near_the_floor(seconds, name) and met
            wanted = None
        enough = wanted is None or ratio >= wanted
        line = f"  {name:<13} {ratio:6.2f} × our time"
        if wanted is not None:
            line += f" (required {wanted:.3g}: {'met' if enough else 'MISSED'})"
        difference = float(np.abs(states[name] - states["rnnviz"]).max())
        line += f", states differ by at most {difference:.1e}"
        close = problem.dtype != "float64" or difference <= LARGEST_DIFFERENCE
        print(line + ("" if close else " TOO MUCH"))
        met = met and enough and close
    for name in absent:
        print(f"  {name:<13} missing")
    return met


def _floor(problem: Problem) -> dict[str, Run]:
    try:
        return {FLOOR: bare_calls(problem)}
    except NotImplementedError:
        return {}


def _near_the_floor(seconds: dict[str, float], peer: str) -> bool:
    """Say that a peer is out of NumPy's reach; whether the engine is near what can be reached."""
    reach, ratio = seconds[FLOOR] / seconds[peer], seconds[FLOOR] / seconds["rnnviz"]
    enough = ratio >= LEAST_OF_FLOOR
    print(f"  {FLOOR:<13} {ratio:6.2f} × our time, {reach:.2f} × that of {peer}, out of reach")
    print(f"  {'':<13} (required {LEAST_OF_FLOOR:.3g}: {'met' if enough else 'MISSED'})")
    return enough


def main() -> int:
    """Run all problems, or those whose name holds the first argument; 0 if all is met."""
    problems = [problem for problem in PROBLEMS if "".join(sys.argv[1:2]) in problem.name]
    if hasattr(os, "sched_setaffinity"):
        # One core for all: nobody gains by a thread that its library starts all the same.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    gc.disable()
    met = [report(problem) for problem in problems]
    print("\nall required ratios met" if all(met) else "\na required ratio was MISSED")
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())

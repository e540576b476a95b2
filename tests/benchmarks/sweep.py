"""What a sweep costs: the lecture's map, beside JAX, on two workers, and for ten thousand of them.

    python -m tests.benchmarks.sweep [map] [jax] [workers] [cluster]

Every figure stands beside a peer or a floor of the same run; all of them without a name. One thread
of BLAS each. JAX is compared where it is installed.
"""

# ruff: noqa: E402 - the environment is set before the imports that read it

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
_XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("XLA_FLAGS", _XLA)

import resource
import sys
import threading
import time
import tracemalloc
from collections import deque
from concurrent.futures import Executor, Future

import numpy as np

from rnnviz import Experiment, Sweep, simulate, sweep
from rnnviz.analysis.batch_measures import leading_exponent
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.saturation import saturation
from rnnviz.engine import unroll
from rnnviz.sweeps.batch import Batch
from rnnviz.sweeps.chunks import ChunkResult, chunk_count
from rnnviz.sweeps.refining import refine
from rnnviz.sweeps.sweep import spaced

MEASURES = ("saturated", "gradient", "lyapunov")


def lecture_map(side: int = 100) -> Sweep:
    """The lecture's networks over weight scale and gain."""
    axes = {
        "recurrent_gain": tuple(spaced(0.1, 10.0, side)),
        "weight_scale": tuple(spaced(0.001, 10.0, side)),
    }
    return Sweep(Experiment(), axes, MEASURES)


def whole_map() -> None:
    """100 × 100 networks with three measures on two workers, beside a plain loop over some."""
    one = lecture_map()
    began = time.perf_counter()
    refine(one, 0)
    first = time.perf_counter() - began
    began = time.perf_counter()
    result = sweep(one, "processes", workers=2)
    took = time.perf_counter() - began
    rng, differences = np.random.default_rng(0), []
    began = time.perf_counter()
    for row, column in rng.integers(0, 100, (200, 2)):
        trace = simulate(one.experiment_at((row, column))).layers[-1].trace
        found = saturation(trace)
        gradient, exponents = diagnose(trace, found).gradient, lyapunov(trace, count=1).exponents
        alone = (found.share, gradient, exponents[0])
        for name, value in zip(MEASURES, alone, strict=True):
            got = result.array(name)[row, column]
            same = got == value or (np.isnan(got) and np.isnan(value))
            differences.append(0.0 if same else abs(got - value) / max(1.0, abs(value)))
    loop = (time.perf_counter() - began) / 200 * one.networks / 2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"map of {one.networks:,} networks, {', '.join(MEASURES)}")
    print(f"  first whole picture {first:6.2f} s (here)")
    print(f"  two workers         {took:6.2f} s")
    print(f"  a plain loop in two {loop:6.2f} s: {took / loop:.2f} of it")
    print(f"  peak memory         {peak:.0f} MB here, {workers:.0f} MB the largest worker")
    print(f"  largest difference from 200 networks alone {max(differences):.1e}")


def beside_jax() -> None:
    """States and largest exponent of stacks of networks, beside jitted and vmapped JAX."""
    try:
        import jax
        from jax import numpy as jnp
    except ModuleNotFoundError:
        print("jax: not installed")
        return
    jax.config.update("jax_enable_x64", True)

    def states(W, U, b, x):
        def step(h, x_t):
            h = jnp.tanh(x_t @ W + h @ U + b)
            return h, h

        return jax.lax.scan(step, jnp.zeros(U.shape[0]), x)[1]

    def exponent(W, U, b, x):
        def step(carry, x_t):
            h, v = carry
            h = jnp.tanh(x_t @ W + h @ U + b)
            v = (v @ U) * (1 - h * h)
            norm = jnp.linalg.norm(v)
            return (h, v / norm), jnp.log(norm)

        units = U.shape[0]
        start = (jnp.zeros(units), jnp.ones(units) / jnp.sqrt(units))
        return jax.lax.scan(step, start, x)[1].mean()

    fast = {name: jax.jit(jax.vmap(one, (0, 0, 0, None))) for name, one in
            (("states", states), ("exponent", exponent))}  # fmt: skip
    print("units  networks  what      ours ÷ JAX   bare products ÷ JAX")
    for units in (16, 64, 256):
        for networks in (64, 1024):
            if units * units * networks > 2**24:
                networks = 256
            _compare(fast, units, networks)


def _compare(fast: dict, units: int, networks: int) -> None:
    """One row for the states and one for the exponent."""
    drawn = {"kernel_initializer": "glorot_uniform", "recurrent_initializer": "glorot_uniform"}
    batch = Batch([Experiment(units=units, seed=seed, **drawn) for seed in range(networks)])
    layer, inputs = batch._layers(0, 32), np.ascontiguousarray(batch._inputs()[0])
    weights = (layer.kernel, layer.recurrent_kernel, layer.bias)
    arrays = tuple(np.ascontiguousarray(one) for one in weights)
    h = np.random.default_rng(0).normal(size=(networks, 1, units))
    bare = _best(lambda: [np.matmul(h, arrays[1]) for _ in range(len(inputs))])
    ours = {
        "states": lambda: unroll(layer, inputs),
        "exponent": lambda: leading_exponent(unroll(layer, inputs)),
    }
    for (name, own), products in zip(ours.items(), (bare, 2 * bare), strict=True):
        theirs = _best(lambda name=name: fast[name](*arrays, inputs).block_until_ready())
        ratios = f"{_best(own) / theirs:10.2f}   {products / theirs:10.2f}"
        print(f"{units:5}  {networks:8}  {name:8}  {ratios}", flush=True)


def two_workers() -> None:
    """Two worker processes beside one."""
    one, times = lecture_map(60), {}
    for workers in (1, 2, 1, 2):
        began = time.perf_counter()
        sweep(one, "processes", workers=workers)
        times.setdefault(workers, []).append(time.perf_counter() - began)
    print(f"two workers: {min(times[1]) / min(times[2]):.2f} × one, starting them included")


class Cluster(Executor):
    """Ten thousand workers that answer after a while, with nothing computed."""

    _max_workers = 10_000

    def __init__(self) -> None:
        self.waiting: deque = deque()
        self.most, self.ended = 0, False
        threading.Thread(target=self._answer, daemon=True).start()

    def submit(self, fn, /, query, chunk):
        """Put a chunk beside the others."""
        future: Future = Future()
        self.waiting.append((future, chunk))
        self.most = max(self.most, len(self.waiting))
        return future

    def _answer(self) -> None:
        while not self.ended:
            time.sleep(0.05)
            for _ in range(len(self.waiting) // 2 + 1):
                if self.waiting:
                    future, chunk = self.waiting.popleft()
                    nothing = np.zeros(len(chunk.places))
                    future.set_result(ChunkResult(chunk, {"saturated": nothing}, {}))


def ten_thousand_workers() -> None:
    """What a chunk costs the parent, in time and memory, as the networks become more."""
    for networks in (10_000, 100_000, 1_000_000):
        scales, seeds = tuple(spaced(0.001, 1, 100)), range(networks // 100)
        one = Sweep(Experiment(timesteps=1000), {"weight_scale": scales, "seed": seeds})
        cluster, chunks = Cluster(), chunk_count(one)
        began = time.process_time()
        sweep(one, cluster)
        seconds = time.process_time() - began
        tracemalloc.start()
        sweep(one, cluster)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        cluster.ended = True
        print(
            f"{networks:9,} networks, {chunks:7,} chunks: {1e6 * seconds / chunks:3.0f} µs each; "
            f"{peak / 2**20:6.1f} MB held, {peak / networks:4.0f} bytes a network; "
            f"{cluster.most:,} under way at most",
            flush=True,
        )


def _best(call, seconds: float = 1.0) -> float:
    call()
    best, until = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < until or best == np.inf:
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


PARTS = {
    "map": whole_map,
    "jax": beside_jax,
    "workers": two_workers,
    "cluster": ten_thousand_workers,
}

if __name__ == "__main__":
    for _part in sys.argv[1:] or PARTS:
        PARTS[_part]()

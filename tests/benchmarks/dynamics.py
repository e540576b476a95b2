"""What the dynamics cost: python -m tests.benchmarks.dynamics [part of a view's name]

Everything is measured alternately in this one process, on one thread, in processor time; the
least of several turns counts. For each view:

- its time against the linear algebra it cannot do without, the same calls on the same matrices
  and nothing else (LAPACK's calls are recorded from the view itself and played back, products
  of BLAS are written down here), required to be at most 2;
- the gradient against a forward pass, required to be at most 10, where a few directions are
  followed, and against its linear algebra, where all are;
- how the time grows with the timesteps (at most linear) and with the units (at most cubic).

Views that cannot keep the 2 are named with the reason in ``EXCEPTIONS`` and held to a forward
pass (`unroll`) of as many steps instead. Ends with 1 if anything required is missed.
"""

# ruff: noqa: E402 - the environment is set before the imports that read it

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import contextlib
import gc
import sys
import time
from collections.abc import Callable

import numpy as np

from rnnviz.analysis.backward_products import EXACT_UP_TO
from rnnviz.analysis.bifurcation import bifurcation
from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.memory import memory
from rnnviz.analysis.spectrum import spectrum
from rnnviz.analysis.trajectory import projection
from rnnviz.analysis.twins import twins
from rnnviz.engine import CELLS, Trace, unroll

SECONDS = 3.0
TURNS = 5
LAPACK = ("eigh", "eigvals", "eigvalsh", "svd", "qr", "solve")
FACTORS = np.geomspace(0.1, 10, 64)

EXCEPTIONS = {
    "memory": "forward passes of eight sequences; 48 read-outs take twice that again",
    "twins": "three forward passes; their tanh and loop cost as much as their products",
    "bifurcation": "tanh of every state costs more than the products, made for 64 scales at once",
}
"""Views that are held to a forward pass, and why."""

VIEWS: dict[str, Callable[[Trace], object]] = {
    "spectrum": lambda trace: spectrum(trace, trace.timesteps // 2),
    "lyapunov": lyapunov,
    "twins": twins,
    "projection": lambda trace: projection(trace.states),
    "fixed_points": lambda trace: fixed_points(trace.layer, None, trace.states, starts=64),
    "memory": lambda trace: memory(trace.layer),
    "bifurcation": lambda trace: bifurcation(trace.layer, FACTORS),
}


def trace_of(timesteps: int, units: int, cell: str = "SimpleRNN") -> Trace:
    """A network beyond the edge of chaos, driven a little: nothing about it is degenerate."""
    random, kind = np.random.default_rng(0), CELLS[cell]
    gates = kind.gate_count()
    bias = np.zeros((2, gates * units) if cell == "GRU" else gates * units)
    kernel = random.normal(0, 0.1, (32, gates * units))
    recurrent = random.normal(0, 1.5 / np.sqrt(units), (units, gates * units))
    layer = kind(kernel, bias) if cell == "MinGRU" else kind(kernel, recurrent, bias)
    return unroll(layer, random.normal(size=(timesteps, 32)))


def least_seconds(*calls: Callable[[], object]) -> list[float]:
    """Least processor time of each call, taking turns."""
    least = [np.inf] * len(calls)
    end, turn = time.perf_counter() + SECONDS, 0
    while turn < TURNS or time.perf_counter() < end:
        for index, call in enumerate(calls):
            start = time.process_time()
            call()
            least[index] = min(least[index], time.process_time() - start)
        turn += 1
    return least


@contextlib.contextmanager
def recorded(calls: list):
    """Record the calls of LAPACK."""
    kept = {name: getattr(np.linalg, name) for name in LAPACK}

    def recorder(function):
        def call(*arguments, **settings):
            copies = tuple(np.array(argument) for argument in arguments)
            calls.append((function, copies, settings))
            return function(*arguments, **settings)

        return call

    for name, function in kept.items():
        setattr(np.linalg, name, recorder(function))
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(np.linalg, name, function)


def products(name: str, trace: Trace, lapack: list) -> list[tuple[np.ndarray, np.ndarray]]:
    """The products of BLAS that a view cannot do without, as pairs of factors."""
    random, units = np.random.default_rng(1), trace.layer.units
    matrix = trace.layer.arrays.get("recurrent_kernel")

    def rows(count: int) -> np.ndarray:
        return random.normal(size=(count, units))

    if name == "lyapunov":
        return [(rows(units), matrix)] * trace.timesteps
    if name == "gradients":  # back through U and W, and the squares whose eigenvalues are asked
        cell = trace.layer
        blocks = random.normal(size=(units, cell.gate_count() * units))
        states, inputs = rows(cell.state_size), random.normal(size=(units, cell.features))
        kernels = [cell.kernel] if matrix is None else [cell.kernel, matrix]
        back = [(blocks, np.ascontiguousarray(kernel.T)) for kernel in kernels]
        return [*back, (states.T, states), (inputs.T, inputs)] * trace.timesteps
    if name == "projection":
        return [(rows(trace.timesteps), rows(3).T)]
    if name == "fixed_points":
        stacks = [arguments[0] for function, arguments, _ in lapack if "solve" in str(function)]
        squares = [(stack.swapaxes(1, 2), stack) for stack in stacks]
        steps = [(rows(len(stack)), matrix) for stack in stacks]
        return [*squares, *steps, *steps]  # F at the point for its Jacobian, F at the trial
    return []


def against_linear_algebra(name: str, trace: Trace) -> bool:
    """Print a view's time over that of its linear algebra alone; whether it keeps 2."""
    lapack: list = []
    view = VIEWS.get(name, gradients)
    with recorded(lapack):
        view(trace)
    blas = products(name, trace, lapack)

    def alone() -> None:
        for function, arguments, settings in lapack:
            function(*arguments, **settings)
        for one, other in blas:
            one @ other

    ours, theirs = least_seconds(lambda: view(trace), alone)
    calls = f"{len(lapack)} LAPACK calls, {len(blas)} products"
    title = f"{name} {type(trace.layer).__name__} {size(trace)}"
    return verdict(title, ours, theirs, 2, f"its linear algebra ({calls})")


def against_forward_pass(name: str, trace: Trace) -> bool:
    """Print the time of an excepted view over that of as many forward steps."""
    passes, most = {"twins": (3, 2), "memory": (1, 4)}.get(name, (1, 2.5))
    layer, inputs = trace.layer, trace.inputs
    if name == "bifurcation":  # 64 scales together, 600 steps to settle and 200 to measure
        inputs = np.zeros((64, 800, 32))
    if name == "memory":  # each run for two periods; seven of them are fitted
        inputs = np.zeros((8, 2 * memory(layer).steps // 7, 32))

    def forward() -> None:
        for _ in range(passes):
            unroll(layer, inputs)

    ours, theirs = least_seconds(lambda: VIEWS[name](trace), forward)
    print(f"  ({name}: {EXCEPTIONS[name]})")
    return verdict(f"{name} {size(trace)}", ours, theirs, most, "forward passes")


def gradient(trace: Trace) -> bool:
    """Print the time of the gradient over that of what it is held to; whether it keeps that."""
    is_gated = trace.layer.structure != "elementwise"
    if is_gated and trace.layer.units <= EXACT_UP_TO:
        return against_linear_algebra("gradients", trace)
    ours, theirs = least_seconds(
        lambda: gradients(trace), lambda: unroll(trace.layer, trace.inputs)
    )
    name = f"gradients {type(trace.layer).__name__} {size(trace)}"
    return verdict(name, ours, theirs, 10, "a forward pass")


def growth(name: str, view: Callable[[Trace], object]) -> bool:
    """Print how time grows with timesteps and units; whether at most linear and cubic."""
    small, long, wide = trace_of(400, 96), trace_of(800, 96), trace_of(400, 192)
    base, longer, wider = least_seconds(*(lambda t=t: view(t) for t in (small, long, wide)))
    # A quarter more than 2 and 8: caches, and the sizes at which LAPACK changes its ways.
    kept = longer <= 2.5 * base and wider <= 10 * base
    print(
        f"{name}: twice the timesteps {longer / base:.2f} ×, twice the units {wider / base:.2f} × "
        f"the time ({'met' if kept else 'MISSED'})"
    )
    return kept


def size(trace: Trace) -> str:
    """Timesteps × units."""
    return f"{trace.timesteps} × {trace.layer.units}"


def verdict(name: str, ours: float, theirs: float, most: float, what: str) -> bool:
    """Print a ratio and whether it is kept."""
    ratio = ours / theirs
    print(
        f"{name}: {ours * 1e3:.2f} ms, {ratio:.2f} × the time of {what} "
        f"(at most {most}: {'met' if ratio <= most else 'MISSED'})"
    )
    return ratio <= most


def main() -> int:
    """Measure all views, or those whose name holds the first argument; 0 if all is met."""
    part = "".join(sys.argv[1:2])
    gc.disable()
    met = []
    for name in VIEWS:
        if part in name:
            check = against_forward_pass if name in EXCEPTIONS else against_linear_algebra
            met += [check(name, trace_of(100, 64)), check(name, trace_of(200, 128))]
            met.append(growth(name, VIEWS[name]))
    if part in "gradients":
        for cell in CELLS:
            for timesteps, units in ((100, 64), (1000, 64), (100, 256), (100, 512)):
                met.append(gradient(trace_of(timesteps, units, cell)))
        met.append(growth("gradients", gradients))
    print("\nall that is required is met" if all(met) else "\nsomething required was MISSED")
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())

"""Every number that rnnviz shows with a band, and how often the band holds the truth.

The truth is the same network measured for far longer, or far more networks of the same kind. Each
of ``BANDS`` takes how many seeds and returns, for each, whether the band held it.

    python -m tests.benchmarks.bands        all of them over 200 seeds
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz import Experiment
from rnnviz.analysis.bifurcation import bifurcation
from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.memory import memory
from rnnviz.analysis.twins import twins
from rnnviz.engine import SimpleRNN, unroll
from rnnviz.sweeps import Sweep, sweep

LONG = 20_000
"""Timesteps that are the truth of an exponent."""


@dataclass(frozen=True)
class Band:
    """One quantity.

    Parameters
    ----------
    shown : str
        Where: the result's class and the name of the band in it.
    held : callable (seeds) -> ndarray of bool
    bound : bool
        Whether it is a bound that is hardly ever wrong, and not a 95 % interval.
    """

    shown: str
    held: Callable[[int], np.ndarray]
    bound: bool = False


def kernels(seeds: int, units: int, gain: float) -> np.ndarray:
    """Gaussian kernels of that gain, (seeds, units, units)."""
    draws = [np.random.default_rng(seed) for seed in range(seeds)]
    return np.stack([one.normal(0, gain / np.sqrt(units), (units, units)) for one in draws])


def long_exponents(stack, drive, count, burn=500, states=None):
    """The leading exponents of tanh networks, all at once, (seeds, count).

    A plain loop with its own products. ``drive`` is the size of white noise into every unit.
    """
    random, (seeds, units, _) = np.random.default_rng(99), stack.shape
    h = random.normal(0, 0.5, (seeds, units)) if states is None else states
    basis = np.linalg.qr(random.normal(size=(seeds, units, count)))[0]
    back, total = np.ascontiguousarray(stack.swapaxes(1, 2)), np.zeros((seeds, count))
    for step in range(-burn, LONG):
        noise = drive * random.normal(size=(seeds, units)) if drive else 0.0
        h = np.tanh((h[:, None] @ stack)[:, 0] + noise)
        basis = (1 - h * h)[:, :, None] * (back @ basis)
        if count == 1:
            lengths = np.sqrt((basis * basis).sum(axis=1))
            basis, growth = basis / lengths[:, None], lengths
        else:
            basis, upper = np.linalg.qr(basis)
            growth = np.abs(np.einsum("nkk->nk", upper))
        if step >= 0:
            total += np.log(growth)
    return total / LONG


def run_of(kernel, drive, steps, seed):
    """A run of one of these networks from a random state."""
    units, random = len(kernel), np.random.default_rng(10_000 + seed)
    layer = SimpleRNN(np.eye(units), kernel, np.zeros(units))
    start = random.normal(0, 0.5, units)
    return unroll(layer, drive * random.normal(size=(steps, units)), start)


def exponents(units, gain, drive, steps, count=1):
    """Whether the bands of the leading exponents hold those of the long run."""

    def held(seeds):
        stack = kernels(seeds, units, gain)
        traces = [run_of(one, drive, steps, seed) for seed, one in enumerate(stack)]
        # Where several states attract, the run's own is meant: the long run goes on from its end.
        ends = np.stack([one.states[-1] for one in traces])
        truth = long_exponents(stack, drive, count, states=ends)
        found = [lyapunov(one, count) for one in traces]
        apart = np.array([one.exponents for one in found]) - truth
        return np.abs(apart) <= np.array([one.band for one in found])

    return held


def rates(units, gain, drive, steps):
    """Whether the band of the twins' rate holds the exponent of the long run."""

    def held(seeds):
        stack = kernels(seeds, units, gain)
        traces = [run_of(one, drive, steps, seed) for seed, one in enumerate(stack)]
        ends = np.stack([one.states[-1] for one in traces])
        truth = long_exponents(stack, drive, 1, states=ends)[:, 0]
        found = [twins(one) for one in traces]
        told = np.isfinite([one.rate_error for one in found])
        apart = np.array([one.rate for one in found]) - truth
        return (np.abs(apart) <= np.array([one.rate_error for one in found]))[told]

    return held


def strips(units, factors):
    """Whether the bands of a strip of weight scales hold the exponents of long runs."""

    def held(seeds):
        stack = kernels(seeds, units, 1.0)
        result = np.empty((seeds, len(factors)), bool)
        for seed, kernel in enumerate(stack):
            layer = SimpleRNN(np.zeros((1, units)), kernel, np.zeros(units))
            short = bifurcation(layer, factors)
            long = bifurcation(layer, factors, transient=1000, steps=LONG // 2)
            # At a fixed point nothing varies, and both differ by rounding.
            result[seed] = np.abs(short.exponents - long.exponents) <= short.band + 1e-9
        return result

    return held


def capacities(units, activation, single=False):
    """Whether the band of the memory capacity holds that of sixteen times as much noise."""

    def held(seeds):
        kept = []
        for seed in range(seeds):
            kernel = np.random.default_rng(seed).normal(size=(1, units))
            recurrent = np.random.default_rng(seed).normal(0, 0.9 / np.sqrt(units), (units, units))
            layer = SimpleRNN(kernel, recurrent, np.zeros(units), activation)
            truth = memory(layer, seed=1000 + seed, lags=60, steps=8192)
            found = memory(layer, seed=seed, lags=60)
            if single:
                apart = np.abs(found.capacity - truth.capacity)[:10]
                kept.append(apart <= found.error[:10])
            else:
                kept.append(abs(found.total - truth.total) <= found.total_error)
        return np.array(kept)

    return held


def means(measure, repeats, **knobs):
    """Whether the band of a mean over seeds holds the mean over very many."""

    def held(seeds):
        experiment = Experiment(**knobs)
        axes = {"weight_scale": [experiment.weight_scale], "seed": range(seeds * repeats)}
        found = sweep(Sweep(experiment, axes, (measure,)))
        values = found.array(measure)[0]
        truth, kept = values.mean(), []
        for group in values.reshape(seeds, repeats):
            one = type(found)(
                Sweep(experiment, axes | {"seed": range(repeats)}, (measure,)),
                {measure: group[None]},
                {},
            )
            kept.append(abs(one.mean(measure)[0] - truth) <= one.band(measure)[0])
        return np.array(kept)

    return held


def bounds(units, gain):
    """Whether the norm of the whole product lies between both ends."""

    def held(seeds):
        kept = []
        for seed, kernel in enumerate(kernels(seeds, units, gain)):
            trace = run_of(kernel, 0.3, 40, seed)
            found, product = gradients(trace), np.eye(units)
            for timestep in range(39, 0, -1):
                slopes = 1 - trace.states[timestep] ** 2
                product = product @ (slopes[:, None] * kernel.T)
                norm = np.log10(np.linalg.norm(product, 2))
                ends = found.norm[timestep - 1] - 1e-9, found.upper[timestep - 1] + 1e-9
                kept.append(ends[0] <= norm <= ends[1])
        return np.array(kept)

    return held


SMALL = {"timesteps": 60, "units": 16, "input_features": 4, "recurrent_initializer": "lecun_normal",
         "kernel_initializer": "lecun_normal", "bias_initializer": "zeros", "signal": "normal",
         "weight_scale": 1.5}  # fmt: skip

BANDS = {
    "exponent, chaos, 100 steps": Band("Lyapunov.band", exponents(60, 2.0, 0.0, 100)),
    "exponent, chaos, 1000 steps": Band("Lyapunov.band", exponents(60, 2.0, 0.0, 1000)),
    "exponent, any attractor, 300 steps": Band("Lyapunov.band", exponents(20, 2.0, 0.0, 300)),
    "exponent, driven, 100 steps": Band("Lyapunov.band", exponents(20, 1.5, 0.5, 100)),
    "exponent, driven chaos, 300 steps": Band("Lyapunov.band", exponents(20, 3.0, 1.0, 300)),
    "exponent, forgetting, 100 steps": Band("Lyapunov.band", exponents(20, 0.9, 0.5, 100)),
    "six exponents, 300 steps": Band("Lyapunov.band", exponents(20, 1.8, 0.3, 300, 6)),
    "exponent at each weight scale": Band(
        "Bifurcation.band", strips(20, np.geomspace(0.3, 10, 16))
    ),
    "rate of twins, chaos": Band("Twins.rate_error", rates(20, 2.5, 0.3, 200)),
    "rate of twins, forgetting": Band("Twins.rate_error", rates(20, 0.9, 0.3, 100)),
    "memory capacity, tanh": Band("Memory.total_error", capacities(20, "tanh")),
    "memory capacity, sigmoid": Band("Memory.total_error", capacities(12, "sigmoid")),
    "memory capacity, linear": Band("Memory.total_error", capacities(20, "linear")),
    "memory at one lag": Band("Memory.error", capacities(20, "tanh", single=True)),
    "mean exponent of 4 seeds": Band("SweepResult.band", means("lyapunov", 4, **SMALL)),
    "mean exponent of 8 seeds": Band("SweepResult.band", means("lyapunov", 8, **SMALL)),
    "mean dimension of 5 seeds": Band("SweepResult.band", means("dimension", 5, **SMALL)),
    "mean radius of 2 seeds": Band("SweepResult.band", means("spectral_radius", 2, **SMALL)),
    "gradient between its ends": Band("Gradients.upper", bounds(40, 1.3), bound=True),
}
"""By what is measured; `test_bands` holds that no band is missing here."""

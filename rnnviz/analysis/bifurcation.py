"""What does the weight scale change? Where states end up and whether they part, scale by scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine import ACTIVATIONS
from rnnviz.engine.cells.cell import RecurrentCell

_NETWORKS = 64
_STACK_NUMBERS = 2**18
_BLOCKS = 8
_ROUNDING = 1e-12
_STEPS_A_REPORT = 4


@dataclass(frozen=True, eq=False)
class Bifurcation:
    """Long-run behaviour under a held input for many weight scales. Read-only float64.

    Parameters
    ----------
    factors : ndarray (scales,)
        What all weights and biases were multiplied by.
    exponents : ndarray (scales,)
        Largest Lyapunov exponent, natural logarithm per step; −inf where differences vanish
        exactly, nan where the states are not finite.
    band : ndarray (scales,)
        Half width of a 95 % interval, from the spread over eight stretches.
    escaping : ndarray (scales,)
        Where the states still grow at the end or are no longer finite.
    units : ndarray (shown,)
        Indices of the units in ``visited``.
    visited : ndarray (scales, steps, shown)
        Their last states; nan where they are not finite.
    transient : int
        Steps that were left out before.
    """

    factors: np.ndarray
    exponents: np.ndarray
    band: np.ndarray
    escaping: np.ndarray
    units: np.ndarray
    visited: np.ndarray
    transient: int

    @property
    def chaotic(self) -> np.ndarray:
        """Scales with bounded states and an exponent positive beyond its band, (scales,) bool.

        Growth that never varies is that of one unstable direction, not chaos.
        """
        with np.errstate(invalid="ignore"):
            grows = self.exponents - self.band > 1e-3
        return grows & (self.band > 1e-9) & ~self.escaping

    @property
    def verdict(self) -> Verdict:
        """Where along the scales the behaviour changes."""
        numbers = {"low": float(self.factors[0]), "high": float(self.factors[-1])}
        if self.escaping.all():
            return verdict("bifurcation.escaping", **numbers)
        if self.chaotic.any():
            numbers["first"] = float(self.factors[self.chaotic][0])
            numbers["share"] = 100 * float(self.chaotic.mean())
            return verdict("bifurcation.chaos", **numbers)
        staying = np.where(self.escaping, -np.inf, self.exponents)
        largest = float(staying.max())
        numbers["largest"] = 0.0 if abs(largest) < _ROUNDING else largest
        numbers["at"] = float(self.factors[staying.argmax()])
        if self.escaping.any():
            first = float(self.factors[self.escaping][0])
            return verdict("bifurcation.calm_then_escaping", **numbers, first=first)
        kind = "lost" if np.isneginf(numbers["largest"]) else "calm"
        return verdict(f"bifurcation.{kind}", **numbers)


def bifurcation(
    layer: RecurrentCell,
    factors: np.ndarray,
    held_input: np.ndarray | None = None,
    units: tuple[int, ...] = (0, 1, 2),
    transient: int = 200,
    steps: int = 200,
    kept: int = 32,
    progress: Callable[[float], None] | None = None,
) -> Bifurcation:
    """Run the network at every scale at once, from one random state, and follow a small change.

    Parameters
    ----------
    layer : RecurrentCell
        A single network.
    factors : ndarray (scales,)
        Multiply all weights and biases; ascending.
    held_input : ndarray (features,), optional
        Zeros by default.
    units : tuple of int
        Whose states are kept.
    transient, steps, kept : int
        Steps left out, steps over which growth is averaged, last states kept.
    progress : callable, optional
        Called with 0…1, at least every few steps.
    """
    factors = np.array(factors, np.float64)
    held = np.zeros(layer.features) if held_input is None else np.asarray(held_input)
    units = np.array([unit for unit in units if unit < layer.units])
    scaled = _Elementwise if layer.structure == "elementwise" else _Stack
    parts, group = [], scaled.group(layer)
    for start in range(0, len(factors), group):
        network = scaled(layer, factors[start : start + group], held)
        report = _reporter(progress, start, len(network.factors), len(factors))
        parts.append(_follow(network, units, transient, steps, min(kept, steps), report))
    columns = zip(*parts, strict=True)
    growth, escaping, visited = (np.concatenate(column) for column in columns)
    exponents, band = _mean_and_band(growth)
    arrays = (factors, exponents, band, escaping, units, visited)
    for array in arrays:
        array.setflags(write=False)
    return Bifurcation(*arrays, transient)


def _reporter(progress, start, count, total):
    if progress is None:
        return lambda done: None
    return lambda done: progress((start + count * done) / total)


def _follow(network, units, transient, steps, kept, report):
    """Return log growth (scales, steps), who escapes, and kept states (scales, kept, units)."""
    count, size = len(network.factors), network.layer.state_size
    random = np.random.default_rng(0)
    states = np.tile(random.uniform(-0.5, 0.5, size), (count, 1))
    changes = np.tile(random.standard_normal(size), (count, 1))
    growth, visited = np.empty((count, steps)), np.empty((count, kept, len(units)))
    with np.errstate(all="ignore"):
        for step in range(transient + steps):
            states, changes = network.advance(states, changes)
            lengths = np.sqrt((changes * changes).sum(axis=1))
            changes /= np.where(lengths > 0, lengths, 1.0)[:, None]
            if step == transient:
                reach = np.abs(states).max(axis=1)
            if step >= transient:
                growth[:, step - transient] = np.log(lengths)
            if step >= transient + steps - kept:
                visited[:, step - transient - steps + kept] = states[:, units]
            if step % _STEPS_A_REPORT == 0:
                report((step + 1) / (transient + steps))
        # States that grow as fast as differences do, or at least double, are on their way out.
        grown = np.log(np.abs(states).max(axis=1) / reach)
        report(1.0)
        escaping = grown > np.maximum(0.7, 0.5 * growth.sum(axis=1))
    lost = ~np.isfinite(states).all(axis=1)
    escaping = lost if network.bounded else lost | escaping
    growth[lost], visited[lost] = np.nan, np.nan
    return growth, escaping, visited


def _mean_and_band(growth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    exponents = growth.mean(axis=1)
    means = np.stack([part.mean(axis=1) for part in np.array_split(growth, _BLOCKS, axis=1)])
    means[:, ~np.isfinite(exponents)] = 0.0
    return exponents, 2.365 * means.std(axis=0, ddof=1) / np.sqrt(_BLOCKS)


class _Elementwise:
    """kept·h + gain·act(s·(x·K + b + h·R)) for all scales s at once: one product with R."""

    def __init__(self, layer, factors, held):
        self.factors, self.scale = factors, factors[:, None]
        self.layer, self.bounded = layer, bool(np.isfinite(layer.state_range).all())
        self.slope = ACTIVATIONS[layer.activation].slope
        self.projected = self.scale * layer.project(held[None])[0]

    @staticmethod
    def group(layer):
        return _NETWORKS

    def advance(self, states, changes):
        activated = self.layer.activated(self.projected, self.scale * states)
        through = (self.scale * changes) @ self.layer.recurrent_kernel
        changes = self.layer.mixed(changes, through * self.slope(activated))
        return self.layer.mixed(states, activated), changes


class _Stack:
    """Any cell: a stack of networks, one for each scale, and their Jacobians."""

    def __init__(self, layer, factors, held):
        self.factors, self.bounded = factors, bool(np.isfinite(layer.state_range).all())
        self.layer = layer.with_arrays(lambda array: np.multiply.outer(factors, array))
        self.projected = self.layer.project(held[None])[:, 0]

    @staticmethod
    def group(layer):
        return max(1, min(_NETWORKS, _STACK_NUMBERS // layer.state_size**2))

    def advance(self, states, changes):
        jacobians = self.layer.jacobian(self.projected, states)
        return self.layer.step(self.projected, states), (jacobians @ changes[..., None])[..., 0]

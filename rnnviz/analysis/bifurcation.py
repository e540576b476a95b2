"""What does the weight scale change? Where states end up and whether they part, scale by scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.band import mean_along_a_run
from rnnviz.analysis.held import HELD, MOST_FEATURES, checked, fitted, held_input, said
from rnnviz.analysis.linearisation import one_sequence
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, also, verdict
from rnnviz.engine import ACTIVATIONS, Trace
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.knobs import Numbers, Whole, knob

_NETWORKS = 64
_STACK_NUMBERS = 2**18
_ROUNDING = 1e-12
_STEPS_A_REPORT = 4
_TO_ALIGN = 200
"""Steps in which a small change finds the direction that grows fastest."""


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
        Half width of a 95 % interval, from the spread over stretches and from the drift.
    escaping : ndarray (scales,)
        Where the states still grow at the end or are no longer finite.
    units : ndarray (shown,)
        Indices of the units in ``visited``.
    visited : ndarray (scales, steps, shown)
        Their last states; nan where they are not finite.
    transient : int
        Steps that were left out before.
    held_as : str
        What the held input is: "mean", "zero", "cursor", "values"; "" where that is not known.
    """

    factors: Annotated[np.ndarray, "scales"]
    exponents: Annotated[np.ndarray, "scales"]
    band: Annotated[np.ndarray, "scales"]
    escaping: Annotated[np.ndarray, "scales"]
    units: Annotated[np.ndarray, "shown"]
    visited: Annotated[np.ndarray, "scales steps shown"]
    transient: int
    held_as: str = ""

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
        """Where along the scales the behaviour changes, and which input is held."""
        return also(self._main(), *said(self.held_as))

    def _main(self) -> Verdict:
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

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row a scale."""
        import pandas as pd

        columns = {
            "weight_scale": self.factors,
            "exponent": self.exponents,
            "band": self.band,
            "chaotic": self.chaotic,
            "escaping": self.escaping,
        }
        return pd.DataFrame(columns)


def bifurcation(
    layer: RecurrentCell,
    factors: np.ndarray,
    held_input: np.ndarray | None = None,
    units: tuple[int, ...] = (0, 1, 2),
    transient: int = 600,
    steps: int = 200,
    kept: int = 32,
    progress: Callable[[float], None] | None = None,
    seed: int = 0,
    held_as: str = "",
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
        Steps left out, steps over which growth is averaged, last states kept. The small change is
        followed only for the last 200 that are left out: states take longer to find where they end
        up than a change to find its direction.
    progress : callable, optional
        Called with 0…1, at least every few steps.
    seed : int
        Of the state that it begins with and of the small change.
    held_as : str
        What the held input is, for the sentence.

    Raises
    ------
    ValueError
        Where the layer is a stack of networks, or a number does not fit.
    """
    factors = np.array(factors, np.float64)
    held = checked(layer, held_input)
    if not factors.size or not (np.isfinite(factors) & (factors >= 0)).all():
        raise ValueError("factors must be numbers from 0 on, at least one.")
    for name, value, least in (("transient", transient, 0), ("steps", steps, 1)):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, but it is {value}.")
    shown = np.array([unit for unit in units if unit < layer.units])
    scaled: type[_Elementwise | _Stack]
    scaled = _Elementwise if layer.structure == "elementwise" else _Stack
    parts, group = [], scaled.group(layer)
    for start in range(0, len(factors), group):
        network = scaled(layer, factors[start : start + group], held)
        report = _reporter(progress, start, len(network.factors), len(factors))
        parts.append(_follow(network, shown, transient, steps, min(kept, steps), report, seed))
    columns = zip(*parts, strict=True)
    growth, escaping, visited = (np.concatenate(column) for column in columns)
    exponents, band = mean_along_a_run(growth.T)
    arrays = (factors, exponents, band, escaping, shown, visited)
    for array in arrays:
        array.setflags(write=False)
    return Bifurcation(*arrays, transient, held_as)


def _reporter(progress, start, count, total):
    if progress is None:
        return lambda done: None
    return lambda done: progress((start + count * done) / total)


def _follow(network, units, transient, steps, kept, report, seed=0):
    """Return log growth (scales, steps), who escapes, and kept states (scales, kept, units)."""
    count, size = len(network.factors), network.layer.state_size
    random = np.random.default_rng(seed)
    states = np.tile(random.uniform(-0.5, 0.5, size), (count, 1))
    changes = np.tile(random.standard_normal(size), (count, 1))
    growth, visited = np.empty((count, steps)), np.empty((count, kept, len(units)))
    with np.errstate(all="ignore"):
        alone = max(0, transient - _TO_ALIGN)
        for step in range(alone):
            states = network.settle(states)
            if step % _STEPS_A_REPORT == 0:
                report((step + 1) / (transient + steps))
        for step in range(alone, transient + steps):
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

    def settle(self, states):
        return self.layer.mixed(states, self._activated(states))

    def _activated(self, states):
        return self.layer.activated(self.projected, self.scale * states)

    def advance(self, states, changes):
        activated = self._activated(states)
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

    def settle(self, states):
        return self.layer.step(self.projected, states)

    def advance(self, states, changes):
        jacobians = self.layer.jacobian(self.projected, states)
        return self.layer.step(self.projected, states), (jacobians @ changes[..., None])[..., 0]


@dataclass(frozen=True, kw_only=True)
class BifurcationParameters:
    """What can be set about the strip; see :func:`bifurcation`."""

    held_input: str | tuple[float, ...] = knob(
        "mean", Numbers(HELD, MOST_FEATURES, -1e6, 1e6), control="held", quiet=True
    )
    transient: int = knob(600, Whole(0, 100_000), control="number", quiet=True)
    steps: int = knob(200, Whole(8, 100_000), control="number", quiet=True)
    seed: int = knob(0, Whole(0, 2**31 - 1), control="number", quiet=True)


FACTORS = np.geomspace(1e-3, 10, 121)
"""Weight scales that are looked at: those of the scale's own control."""
FACTORS.setflags(write=False)


def strip(
    trace: Trace,
    layer: RecurrentCell,
    parameters: BifurcationParameters,
    cursor: Cursor,
    progress: Callable[[float], None] | None = None,
) -> Bifurcation:
    """Return the bifurcation of a layer under the input of a run, for the units at the cursor."""
    one_sequence(trace)
    held, held_as = held_input(trace, parameters.held_input, cursor.timestep)
    units = [(cursor.unit + offset) % layer.units for offset in range(min(3, layer.units))]
    # Formed Jacobians take long: half as many scales take half as long.
    factors = FACTORS if layer.structure == "elementwise" else FACTORS[::2]
    return bifurcation(
        layer,
        factors,
        held,
        tuple(units),
        parameters.transient,
        parameters.steps,
        progress=progress,
        seed=parameters.seed,
        held_as=held_as,
    )


def _of(trace: Trace, parameters: BifurcationParameters, cursor: Cursor, progress) -> Bifurcation:
    """The scales multiply the weights of the run as they are."""
    return strip(trace, trace.layer, parameters, cursor, progress)


ANALYSIS = Analysis("bifurcation", BifurcationParameters, _of, fitted)

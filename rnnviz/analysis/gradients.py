"""How much does an earlier step still matter to a later state? ∂h_T/∂h_t and ∂h_T/∂x_t."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.largest_singular_value import largest_singular_value
from rnnviz.analysis.linearisation import (
    Linearisation,
    finite_timesteps,
    linearise,
    linearise_steeper,
    on_kinks,
    one_sequence,
)
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, moment, power_of_ten, verdict
from rnnviz.engine import ACTIVATIONS, Trace
from rnnviz.knobs import Whole, knob

DIRECTIONS = 4
"""Directions of h_T that are followed backwards."""

_ALL_UP_TO = 32
"""Units of other cells up to which every direction is followed: a few of them can miss the only
units that are not saturated, and then an exact zero would be said that is none."""
EXACT_UP_TO = 256
"""Units up to which every direction of h_T of a gated cell is followed: no bounds are needed."""

PROBES = 4
"""Random directions across them that bound what they miss."""

_PROBE_FACTOR = 6 * np.sqrt(2 / np.pi)
"""‖A‖₂ ≤ 6·√(2/π)·max ‖A·ω‖ over four normal vectors ω, but for one draw in 6⁴ = 1296
(Halko, Martinsson and Tropp, SIAM Review 53, 2011, lemma 4.1)."""

_STEPS_TO_FIND = 32
_STEPS_BETWEEN_QR = 16
_BLOCK_NUMBERS = 2**14
_MATTERS = 1e-3


@dataclass(frozen=True, eq=False)
class Gradients:
    """Norms of the gradient of the state h_T with respect to what came before it.

    Norms are spectral (‖·‖₂: the most that a unit change can change h_T), as log10, −inf where
    the gradient is exactly zero. Each true norm lies between ``norm`` and ``upper``; the lower
    end is certain, the upper one but for 1 in 1,000. Arrays are read-only float64.

    Parameters
    ----------
    target : int
        The timestep T, −1 if no state is finite.
    norm, upper : ndarray (T + 1,)
        log10 ‖∂h_T/∂state_t‖₂ for t = 0…T; the state of an LSTM is h and c together.
    input_norm, input_upper : ndarray (T + 1,)
        log10 ‖∂h_T/∂x_t‖₂.
    initial : float
        log10 ‖∂h_T/∂(initial state)‖₂, from below.
    bound : ndarray (T + 1,) or None
        log10 (s·σ₁(U))^(T−t) with s the activation's greatest slope; None for gated cells.
    sensitivity : ndarray (T + 1, features)
        log10 length of ∂h_T/∂x_tj, as far as the followed directions see it.
    growth_bound : float
        s·σ₁(U); nan for gated cells.
    diverged_at : int or None
        First timestep without a finite state; T lies before it.
    kinks : int
        Timesteps up to T at which a unit stands exactly on a kink of the activation: the norms
        take the slope that frameworks take there, 0 for relu.
    steeper : float
        log10 ‖∂h_T/∂state_0‖₂ with the steeper slope at every kink; nan where there is none.
    """

    target: int
    norm: Annotated[np.ndarray, "steps"]
    upper: Annotated[np.ndarray, "steps"]
    input_norm: Annotated[np.ndarray, "steps"]
    input_upper: Annotated[np.ndarray, "steps"]
    initial: float
    bound: Annotated[np.ndarray, "steps"] | None
    sensitivity: Annotated[np.ndarray, "steps features"]
    growth_bound: float
    diverged_at: int | None
    kinks: int = 0
    steeper: float = float("nan")

    @cached_property
    def exact(self) -> np.ndarray:
        """Where both ends agree to 1e-6 relative, (T + 1,) bool."""
        same = self.norm == self.upper
        with np.errstate(invalid="ignore"):
            return same | (self.upper - self.norm < 1e-6 / np.log(10))

    @property
    def reach(self) -> int:
        """How many steps back the norm is still above a thousandth."""
        matters = self.norm >= np.log10(_MATTERS)
        return int(self.target - matters.argmax()) if matters.any() else 0

    @property
    def zero_before(self) -> int | None:
        """Last timestep whose gradient is exactly zero, None if there is none."""
        zero = np.flatnonzero(np.isneginf(self.norm))
        return int(zero[-1]) if zero.size else None

    @property
    def verdict(self) -> Verdict:
        """What the gradient means."""
        if self.target < 0:
            return verdict("gradients.diverged", **moment(0))
        numbers, back = moment(self.target), self.target
        if self.kinks and back and self.steeper > max(float(self.norm[0]), -1e300) + 0.01:
            least = float(self.norm[0])
            sizes = {"size": "0" if np.isneginf(least) else power_of_ten(least)}
            sizes["steeper"] = power_of_ten(self.steeper)
            return verdict("gradients.kink", **numbers, back=back, kinks=self.kinks, **sizes)
        if self.zero_before is not None:
            return verdict("gradients.zero", **numbers, before=self.zero_before)
        if back == 0:
            return verdict("gradients.first", **numbers)
        power = float(self.norm[0])
        kind = "vanishing" if power < -3 else "exploding" if power > 3 else "alive"
        return verdict(
            f"gradients.{kind}",
            **numbers,
            back=back,
            reach=self.reach,
            factor=10 ** (power / back),
            size=power_of_ten(power),
        )

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row a timestep, norms as log10."""
        import pandas as pd

        columns = {
            "timestep": np.arange(len(self.norm)),
            "log10_by_state": self.norm,
            "log10_by_state_upper": self.upper,
            "log10_by_input": self.input_norm,
            "log10_by_input_upper": self.input_upper,
        }
        return pd.DataFrame(columns)


def gradients(
    trace: Trace,
    timestep: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Gradients:
    """Follow the gradient of one state backwards through time.

    The full product ∏J costs a cubic matrix product a step. Here eight orthonormal directions of
    h_T are pulled back instead: those into which random changes have grown by the time they
    reach h_T, which are the leading left singular vectors of the long products. What those miss
    is bounded with four random directions orthogonal to them. The cost of one step is a few
    passes over the recurrent kernel, and exact zeros end the work.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    timestep : int, optional
        T; by default the last finite timestep, which also stands in for one that is not finite.
    progress : callable, optional
        Called with 0…1 every few steps.

    Raises
    ------
    ValueError
        Where the trace holds several sequences, or there is no such timestep.
    """
    one_sequence(trace)
    if timestep is not None and not 0 <= timestep < trace.timesteps:
        last = trace.timesteps - 1
        raise ValueError(f"timestep is {timestep}, but the run goes from 0 to {last}.")
    finite = finite_timesteps(trace)
    target = finite - 1 if timestep is None else min(timestep, finite - 1)
    growth = _growth_bound(trace)
    if target < 0:
        nothing, no_map = np.empty(0), np.empty((0, trace.layer.features))
        bound = None if np.isnan(growth) else nothing
        empty = (nothing,) * 4
        return Gradients(-1, *empty, 0.0, bound, no_map, growth, trace.diverged_at)
    linearisation = linearise(trace)
    rows, followed = _directions(linearisation, trace, target)
    pulled = _pull_back(linearisation, rows, followed, target, trace.layer.features, progress)
    bound = _log_bound(growth, target)
    norm, upper, input_norm, input_upper, sensitivity, initial = pulled
    norm[-1] = upper[-1] = 0.0  # ∂h_T/∂h_T = 1 needs no directions
    if bound is not None:
        upper = np.maximum(norm, np.minimum(upper, bound))
    arrays = (norm, upper, input_norm, input_upper, sensitivity)
    for array in arrays if bound is None else (*arrays, bound):
        array.setflags(write=False)
    kinks, steeper = _steeper(trace, target)
    return Gradients(
        target=target,
        norm=norm,
        upper=upper,
        input_norm=input_norm,
        input_upper=input_upper,
        initial=initial,
        bound=bound,
        sensitivity=sensitivity,
        growth_bound=growth,
        diverged_at=trace.diverged_at,
        kinks=kinks,
        steeper=steeper,
    )


def _steeper(trace: Trace, target: int) -> tuple[int, float]:
    """Return at how many timesteps a unit is on a kink, and the norm with the steeper slopes."""
    steeper = linearise_steeper(trace)
    if steeper is None:
        return 0, float("nan")
    kinks = int(on_kinks(trace)[: target + 1].any(axis=1).sum())
    if target == 0:
        return kinks, 0.0
    rows, followed = _directions(steeper, trace, target)
    return kinks, float(
        _pull_back(steeper, rows, followed, target, trace.layer.features, None)[0][0]
    )


def _growth_bound(trace: Trace) -> float:
    """The cell's kept + gain·s·σ₁(U): no step can lengthen a gradient by more."""
    layer = trace.layer
    if layer.structure != "elementwise":
        return float("nan")
    slope = ACTIVATIONS[layer.activation].greatest_slope
    matrix = np.asarray(layer.recurrent_kernel, np.float64)
    return layer.kept + layer.gain * slope * largest_singular_value(matrix, relative=1e-4)


def _log_bound(growth: float, target: int) -> np.ndarray | None:
    if np.isnan(growth):
        return None
    lags = np.arange(target, -1, -1)
    if growth == 0:
        return np.where(lags > 0, -np.inf, 0.0)
    return lags * np.log10(growth)


def _directions(linearisation: Linearisation, trace: Trace, target: int) -> tuple:
    """Return unit directions of h_T to follow, then probes across them; and how many of each."""
    units, size = trace.layer.units, trace.layer.state_size
    gated = trace.layer.structure != "elementwise"
    if units <= (EXACT_UP_TO if gated else _ALL_UP_TO):
        return np.eye(units, size), units
    random = np.random.default_rng(0)
    changes = random.standard_normal((DIRECTIONS, size))
    for timestep in range(max(0, target + 1 - _STEPS_TO_FIND), target + 1):
        changes = linearisation.push(timestep, changes)
        if timestep % linearisation.safe_steps == 0 and not _is_moderate(changes):
            if not changes.any():
                break
            changes = np.linalg.qr(changes.T)[0].T
        elif timestep % _STEPS_BETWEEN_QR == 0:
            changes = np.linalg.qr(changes.T)[0].T
    # Only h of the last state is looked at, not the cell state of an LSTM.
    changes = np.linalg.qr(changes[:, :units].T)[0].T
    probes = random.standard_normal((PROBES, units))
    probes -= (probes @ changes.T) @ changes
    rows = np.zeros((DIRECTIONS + PROBES, size))
    rows[:, :units] = np.concatenate([changes, probes])
    return rows, DIRECTIONS


def _pull_back(linearisation, rows, followed, target, features, progress):
    """Pull the rows back from ``target`` to the initial state; norms of each step as log10."""
    norms = np.full((4, target + 1), -np.inf)
    sensitivity = np.full((target + 1, features), -np.inf)
    exponent, stop = 0, target + 1
    longest = int(np.clip(_BLOCK_NUMBERS // rows.size, 16, 128))
    longest = -(-stop // -(-stop // longest))  # blocks of one length, not a short last one
    # Made once: fresh memory costs as much as the products. Row 0 is the state before the block.
    workspace = np.empty((longest + 1, *rows.shape))
    through = np.empty((longest, len(rows), linearisation.through_size))
    while stop > 0 and rows.any():
        start = max(0, stop - longest)
        block, exponents = workspace[: stop - start + 1], np.zeros(stop - start)
        block[-1] = rows
        for timestep in range(stop - 1, start - 1, -1):
            rows = block[timestep - start + 1]
            if timestep % linearisation.safe_steps == 0 and not _is_moderate(rows):
                if not rows.any():
                    block[: timestep - start + 1] = through[: timestep - start + 1] = 0
                    break
                exponent += _rescale(rows)
            exponents[timestep - start] = exponent
            place = timestep - start
            linearisation.pull(timestep, rows, block[place], through[place])
        span, scale = slice(start, stop), exponents * np.log10(2)
        states, faint = _moderated(block[1:])
        norms[:2, span] = _norms(states, followed) + (scale + faint)
        inputs, faint = _moderated(linearisation.pull_inputs(start, through[: stop - start]))
        scale += faint
        norms[2:, span] = _norms(inputs, followed) + scale
        seen = inputs[:, :followed]
        with np.errstate(divide="ignore"):
            sensitivity[span] = np.log10(np.einsum("tkf,tkf->tf", seen, seen)) / 2
        sensitivity[span] += scale[:, None]
        stop, rows = start, block[0]
        if progress is not None:
            progress(1 - stop / (target + 1))
    rows, faint = _moderated(rows[None])
    initial = (_norms(rows, followed)[0] + (exponent * np.log10(2) + faint)).item()
    return *norms, sensitivity, initial


def _is_moderate(rows: np.ndarray) -> bool:
    flat = rows.ravel()
    return 1e-100 < flat.dot(flat) < 1e100


def _rescale(rows: np.ndarray) -> int:
    """Take a power of two out of the rows, in place, which changes no digit; return the power."""
    largest = np.abs(rows).max()
    power = int(np.frexp(largest)[1])
    np.ldexp(rows, -power, out=rows)
    return power


def _moderated(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | float]:
    """Return rows (steps, k, columns) whose squares float64 can hold, and log10 of the rest."""
    if np.einsum("tkc,tkc->t", rows, rows).min() > 1e-200:
        return rows, 0.0
    largest = np.abs(rows).max(axis=(1, 2))
    with np.errstate(divide="ignore"):
        taken_out = np.log10(largest)
    return rows / np.where(largest > 0, largest, 1.0)[:, None, None], taken_out


def _norms(rows: np.ndarray, followed: int) -> np.ndarray:
    """Return log10 of the lower and upper ends for rows (steps, k, columns), (2, steps)."""
    seen, probes = rows[:, :followed], rows[:, followed:]
    wide = seen.shape[2] >= seen.shape[1]
    gram = seen @ seen.swapaxes(1, 2) if wide else seen.swapaxes(1, 2) @ seen
    squares = np.linalg.eigvalsh(gram)[:, -1]
    missed = np.einsum("tkc,tkc->tk", probes, probes).max(axis=1, initial=0.0)
    with np.errstate(divide="ignore"):
        return np.log10([np.maximum(squares, 0.0), squares + _PROBE_FACTOR**2 * missed]) / 2


@dataclass(frozen=True, kw_only=True)
class GradientsParameters:
    """What can be set about the gradients; ``target`` None is the last finite timestep."""

    target: int | None = knob(None, Whole(0, 999_999, optional=True), control="number", quiet=True)


def _of(trace: Trace, parameters: GradientsParameters, cursor: Cursor, progress) -> Gradients:
    return gradients(trace, parameters.target, progress)


def _fitted(parameters: GradientsParameters, trace: Trace) -> GradientsParameters:
    if parameters.target is None:
        return parameters
    return replace(parameters, target=min(parameters.target, trace.timesteps - 1))


ANALYSIS = Analysis("gradients", GradientsParameters, _of, _fitted)

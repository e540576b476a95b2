"""How much does an earlier step still matter to a later state? ∂h_T/∂h_t and ∂h_T/∂x_t."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.backward_products import norms_back
from rnnviz.analysis.largest_singular_value import largest_singular_value
from rnnviz.analysis.linearisation import (
    finite_timesteps,
    linearise,
    linearise_steeper,
    on_kinks,
    one_sequence,
)
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, moment, verdict
from rnnviz.engine import ACTIVATIONS, Trace
from rnnviz.knobs import Whole, knob

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
        zero = np.flatnonzero(np.isneginf(self.upper))
        return int(zero[-1]) if zero.size else None

    @property
    def verdict(self) -> Verdict:
        """What the gradient means."""
        if self.target < 0:
            return verdict("gradients.diverged", **moment(0))
        numbers, back = moment(self.target), self.target
        if self.kinks and back and self.steeper > max(float(self.norm[0]), -1e300) + 0.01:
            sizes = {"log_size": float(self.norm[0]), "log_steeper": self.steeper}
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
            log_size=power,
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
    passes over the recurrent kernel. A product that comes to zero is made once more with an
    exponent for each number of the state, so that zero means zero and not below 10⁻³⁰⁸.

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
        return _nothing(trace, growth)
    back = norms_back(linearise(trace), trace, target, progress)
    norm, upper, bound = back.norm, back.upper, _log_bound(growth, target)
    norm[-1] = upper[-1] = 0.0  # ∂h_T/∂h_T = 1 needs no directions
    if bound is not None:
        upper = np.maximum(norm, np.minimum(upper, bound))
    arrays = (norm, upper, back.input_norm, back.input_upper, back.sensitivity)
    for array in arrays if bound is None else (*arrays, bound):
        array.setflags(write=False)
    kinks, steeper = _steeper(trace, target)
    return Gradients(
        target=target,
        norm=norm,
        upper=upper,
        input_norm=back.input_norm,
        input_upper=back.input_upper,
        initial=back.initial,
        bound=bound,
        sensitivity=back.sensitivity,
        growth_bound=growth,
        diverged_at=trace.diverged_at,
        kinks=kinks,
        steeper=steeper,
    )


def _nothing(trace: Trace, growth: float) -> Gradients:
    """What is left of a run without a finite state."""
    nothing, no_map = np.empty(0), np.empty((0, trace.layer.features))
    bound = None if np.isnan(growth) else nothing
    return Gradients(-1, *(nothing,) * 4, 0.0, bound, no_map, growth, trace.diverged_at)


def _steeper(trace: Trace, target: int) -> tuple[int, float]:
    """Return at how many timesteps a unit is on a kink, and the norm with the steeper slopes."""
    steeper = linearise_steeper(trace)
    if steeper is None:
        return 0, float("nan")
    kinks = int(on_kinks(trace)[: target + 1].any(axis=1).sum())
    if target == 0:
        return kinks, 0.0
    return kinks, float(norms_back(steeper, trace, target).norm[0])


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

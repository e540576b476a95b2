"""What else is in a run, cell by cell? Digits of saturation, argument, slope, change, size of h."""

from __future__ import annotations

import numpy as np

from rnnviz.engine import ACTIVATIONS, Trace


def digits_of_saturation(states: np.ndarray, state_range: tuple[float, float]) -> np.ndarray:
    """How many nines lie between a state and the nearest end of its activation.

    For tanh −log₁₀(1 − abs(h)): 0 at h = 0, 6 at 0.999999. A state that is rounded to exactly an
    end has infinitely many. Other activations are measured relative to half their range.

    Parameters
    ----------
    states : ndarray (..., units)
        Hidden states.
    state_range : (float, float)
        Least and greatest value that a state can take.

    Returns
    -------
    ndarray
        New, shape and dtype of the states; nan where a state is nan or the range has no ends.

    Notes
    -----
    The distance h − end is exact in floating point once h is half way to that end (Sterbenz), so
    no digit is lost however close they are.
    """
    low, high = state_range
    half = (high - low) / 2
    if not np.isfinite(half):
        return np.full_like(states, np.nan)
    with np.errstate(all="ignore"):
        distance = np.minimum(states - low, high - states)
        distance /= half
        digits = np.log10(distance, out=distance)
    return np.subtract(0, digits, out=digits)


def argument(trace: Trace) -> np.ndarray:
    """The argument z of the activation, (..., timesteps, units).

    Of a gated cell, the candidate's: gates have arguments of their own, which go elsewhere.
    """
    return trace.layer.argument(trace.preactivations)


def slope(trace: Trace) -> np.ndarray:
    """The slope of the activation at each z, (..., timesteps, units): what a gradient keeps.

    1 − h² for tanh. Exactly 0 where the activation has rounded to its end.
    """
    activation = ACTIVATIONS[trace.layer.activation]
    with np.errstate(all="ignore"):
        if trace.layer.state_is_activation:
            return activation.slope(trace.states)
        return activation.slope(activation.apply(argument(trace)))


def on_kinks(trace: Trace) -> np.ndarray:
    """Where the argument of the activation is exactly a kink, (..., timesteps, units) bool."""
    mask = np.zeros(trace.states.shape, bool)
    for kink in ACTIVATIONS[trace.layer.activation].kinks:
        mask |= argument(trace) == kink
    return mask


def single_slope(trace: Trace) -> np.ndarray:
    """The slope of the activation where it has one, (..., timesteps, units); nan elsewhere.

    At a kink (relu at exactly 0) its sides have two slopes; where z is not a number it has none.
    A new array; `slope` gives what frameworks take there.
    """
    slopes = np.array(slope(trace))
    slopes[on_kinks(trace) | np.isnan(argument(trace))] = np.nan
    return slopes


def change(trace: Trace) -> np.ndarray:
    """How far each unit moved in each step, abs(h_t − h_{t−1}), (..., timesteps, units).

    The first step moves away from the initial state.
    """
    units = trace.layer.units
    before = trace.initial_state[..., None, :units]
    with np.errstate(all="ignore"):
        return np.abs(np.diff(trace.states, axis=-2, prepend=before))


def magnitude(states: np.ndarray) -> np.ndarray:
    """The power of ten of each state, log₁₀ abs(h): growth and decay over many decades.

    −∞ where a state is exactly 0, ∞ where it is infinite, nan where it is not a number.
    New, shape and dtype of the states.
    """
    with np.errstate(divide="ignore"):
        return np.log10(np.abs(states))

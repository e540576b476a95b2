"""What do many networks make of one and the same input? All of them in one batched pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from rnnviz.analysis.lenses import slope
from rnnviz.analysis.saturation import SATURATED_FROM
from rnnviz.engine import Trace

_NUDGE = 1e-6
_UNSEEN = 1e-9


@dataclass(frozen=True, eq=False)
class Sweep:
    """What became of each network of a stack. Arrays are read-only float64.

    Parameters
    ----------
    saturated : ndarray (networks,)
        Share of all states that are saturated, 0 to 1; 0 where the activation has no ends, nan
        where the run diverged.
    input_share : ndarray (networks,)
        How much of the state is due to the input: Σ(h − h′)² / Σ(h² + h′²), where h′ follows the
        same input in another order. 0 when the order makes no difference to the state; for two
        unrelated states of mean zero it is 1. nan where it diverged or is not defined.
    gradient : ndarray (networks,)
        log₁₀ ‖∂h_T/∂h_0‖₂ from below; −inf where it is exactly zero, nan where it diverged or the
        run computes one step only.
    timesteps : int
        Length of the runs.
    """

    saturated: np.ndarray
    input_share: np.ndarray
    gradient: np.ndarray
    timesteps: int


def sweep(trace: Trace, other: Trace | None) -> Sweep:
    """Measure the networks of a stack.

    Parameters
    ----------
    trace : Trace
        ``states (networks, timesteps, units)``.
    other : Trace or None
        The same networks on the same input in another order; None if it has no other order.
    """
    diverged = ~np.isfinite(trace.full_states).all(axis=(1, 2))
    shares = _saturated(trace)
    shares[diverged] = np.nan
    inputs = np.full(len(shares), np.nan)
    if other is not None:
        inputs = _input_share(trace.states, other.states)
    gradient = _gradient_of_read(trace)
    gradient[diverged] = np.nan
    for array in (shares, inputs, gradient):
        array.setflags(write=False)
    return Sweep(shares, inputs, gradient, trace.timesteps)


def leading_exponent(trace: Trace) -> np.ndarray:
    """The leading Lyapunov exponent of each network of elementwise cells, ``(networks,)``.

    That of :func:`rnnviz.analysis.lyapunov.lyapunov` with ``count=1``: one direction is followed
    through the run, and the mean of its growth taken after a tenth of the steps. nan where a state
    is not finite.
    """
    steps, size = trace.timesteps, trace.layer.state_size
    start = np.random.default_rng(0).standard_normal((size, 1))
    direction = np.linalg.qr(start)[0].T
    change = np.tile(direction, (len(trace.states), 1, 1))
    grown = np.zeros((steps, len(change)))
    with np.errstate(all="ignore"):
        push, _ = _elementwise(trace)
        for timestep in range(steps):
            change = push(timestep, change)
            length = np.sqrt(np.einsum("nij,nij->n", change, change))
            change = change / np.where(length > 0, length, 1)[:, None, None]
            grown[timestep] = np.log(length)
        exponents = grown[steps // 10 :].mean(axis=0)
        _replace_constant(trace, exponents)
    exponents[~np.isfinite(trace.full_states).all(axis=(1, 2))] = np.nan
    return exponents


def _replace_constant(trace: Trace, exponents: np.ndarray) -> None:
    """Where every step has the same Jacobian, its greatest eigenvalue is the exponent, exactly."""
    slopes = slope(trace)
    same = (slopes == slopes[:, :1]).all(axis=(1, 2)) & (trace.timesteps > 1)
    for network in np.flatnonzero(same & ~np.isneginf(exponents)):
        layer = trace.layer.with_arrays(itemgetter(network))
        jacobian = layer.mixed(
            np.eye(layer.units), slopes[network, 0][:, None] * layer.recurrent_kernel.T
        )
        exponents[network] = np.log(np.abs(np.linalg.eigvals(jacobian)).max())


def _saturated(trace: Trace) -> np.ndarray:
    low, high = trace.layer.state_range
    if not (np.isfinite(low) and np.isfinite(high)):
        return np.zeros(len(trace.states))
    middle, half = (low + high) / 2, (high - low) / 2
    saturated = np.abs(trace.states - middle) > SATURATED_FROM * half
    return saturated.mean(axis=(1, 2))


def _input_share(states: np.ndarray, others: np.ndarray) -> np.ndarray:
    both = np.stack([states, others], axis=1, dtype=np.float64)
    with np.errstate(all="ignore"):
        # Relative to the greatest: squares of large states overflow, those of tiny ones vanish.
        greatest = np.abs(both).max(axis=(1, 2, 3))
        both /= np.where(greatest > 0, greatest, 1)[:, None, None, None]
        total = np.einsum("nktu,nktu->n", both, both)
        apart = both[:, 0] - both[:, 1]
        share = np.einsum("ntu,ntu->n", apart, apart) / np.where(total > 0, total, 1)
    share[~np.isfinite(greatest)] = np.nan
    return share


def _gradient_of_read(trace: Trace) -> np.ndarray:
    """The gradient through the steps that are computed; one that is passed over changes nothing."""
    if trace.mask is not None and not trace.mask.any():
        return np.full(len(trace.states), np.nan)
    return _gradient(trace.computed)


def _gradient(trace: Trace) -> np.ndarray:
    """Send a random change through all steps, in all networks at once.

    Where that is cheap it is sent back as well: one round of the power iteration for JᵀJ.
    """
    steps, size = trace.timesteps, trace.layer.state_size
    if steps == 1:
        return np.full(len(trace.states), np.nan)
    start = np.random.default_rng(0).standard_normal(size)
    change = np.tile(start / np.linalg.norm(start), (len(trace.states), 1, 1))
    with np.errstate(all="ignore"):
        if trace.layer.structure != "elementwise":
            _, grown = _carry(_stepped(trace), range(1, steps), change)
            return grown / np.log(10)
        push, pull = _elementwise(trace)
        change, arrived = _carry(push, range(1, steps), change)
        _, grown = _carry(pull, range(steps - 1, 0, -1), change)
    grown[np.isneginf(arrived)] = -np.inf
    return grown / np.log(10)


def _carry(apply, order: range, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the directions (networks, 1, n) after all steps, and log of how they grew."""
    grown = np.zeros(len(change))
    for timestep in order:
        change = apply(timestep, change)
        length = np.sqrt(np.einsum("nij,nij->n", change, change))
        change = change / np.where(length > 0, length, 1)[:, None, None]
        grown += np.log(length)
    return change, grown


def _elementwise(trace: Trace) -> tuple[Callable, Callable]:
    """Return J_t·change and change·J_t of elementwise cells: a product and the slopes."""
    layer = trace.layer
    forwards = layer.recurrent_kernel.astype(np.float64, copy=False)
    backwards, slopes = forwards.swapaxes(1, 2), slope(trace).astype(np.float64, copy=False)

    def push(timestep: int, change: np.ndarray) -> np.ndarray:
        return layer.mixed(change, np.matmul(change, forwards) * slopes[:, timestep, None])

    def pull(timestep: int, change: np.ndarray) -> np.ndarray:
        return layer.mixed(change, np.matmul(change * slopes[:, timestep, None], backwards))

    return push, pull


def _stepped(trace: Trace) -> Callable:
    """Return J_t·change of any cell as a central difference of its step, in float64.

    Forming the Jacobian of every network would take far longer than running it. What the
    difference cannot see, less than about 1e-9 of a change in one step, counts as that much.
    """
    layer = trace.layer.with_arrays(lambda array: array.astype(np.float64))
    projected = layer.project(trace.inputs.astype(np.float64))
    signs = np.array([[1.0], [-1.0]]) * _NUDGE

    def push(timestep: int, change: np.ndarray) -> np.ndarray:
        before = trace.full_states[:, timestep - 1, None] + signs * change
        after = layer.step(projected[:, timestep, None], before)
        moved = (after[:, :1] - after[:, 1:]) / (2 * _NUDGE)
        length = np.sqrt(np.einsum("nij,nij->n", moved, moved))[:, None, None]
        return np.where(length > _UNSEEN, moved, _UNSEEN * change)

    return push

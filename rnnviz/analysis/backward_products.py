"""Pull gradients back through a run: a few directions of h_T, or all of them, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.balanced_products import balanced_back
from rnnviz.analysis.jacobian import Linearisation
from rnnviz.engine import Trace

DIRECTIONS = 4
"""Directions of h_T that are followed backwards."""

_ALL_UP_TO = 32
"""Units of other cells up to which every direction is followed: that costs next to nothing."""
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
_TINY = 1e-280
"""Below this float64 loses digits, and then everything: what is left goes the balanced way."""

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class BackwardNorms:
    """Norms of ∂h_T/∂state_t and ∂h_T/∂x_t, as log10, and what the directions see of each input.

    Parameters
    ----------
    norm, upper, input_norm, input_upper : ndarray (T + 1,)
        Ends between which each norm lies; −inf where it is exactly zero.
    sensitivity : ndarray (T + 1, features)
    initial : float
        The lower end for the initial state.
    """

    norm: np.ndarray
    upper: np.ndarray
    input_norm: np.ndarray
    input_upper: np.ndarray
    sensitivity: np.ndarray
    initial: float

    @property
    def vanishes(self) -> bool:
        """Whether a product came to zero."""
        return bool(np.isneginf(self.upper).any() or self.initial == -np.inf)


def norms_back(
    linearisation: Linearisation, trace: Trace, target: int, progress: Progress | None = None
) -> BackwardNorms:
    """Follow the gradient of state ``target`` back to the initial state.

    Where the products come to zero they are made once more with exponents of their own
    (`rnnviz.analysis.balanced_products`): what underflows is no zero.
    """
    rows, followed = _directions(linearisation, trace, target)
    found = _pull_back(linearisation, rows, followed, target, trace.layer.features, progress)
    return _mended(found, linearisation, rows, followed, target) if found.vanishes else found


def _mended(
    found: BackwardNorms, linearisation: Linearisation, rows: np.ndarray, followed: int, target: int
) -> BackwardNorms:
    """Put what is not exactly zero in the place of what came to zero."""
    zeros = np.flatnonzero(np.isneginf(found.upper))
    last = int(zeros[-1]) if zeros.size else -1
    initial, lengths = found.initial, np.sqrt((rows * rows).sum(axis=1))
    for place, (states, inputs) in enumerate(balanced_back(linearisation, rows, target)):
        timestep = target - place
        if timestep > last + 1:  # the input of the step before the first zero may be lost as well
            continue
        gradients, scale = states
        lower, upper = _norms(gradients[None], followed, lengths)[:, 0] + scale
        if timestep < 0:
            initial = float(lower)
            continue
        found.norm[timestep], found.upper[timestep] = lower, upper
        gradients, scale = inputs
        lower, upper = _norms(gradients[None], followed, lengths)[:, 0] + scale
        found.input_norm[timestep], found.input_upper[timestep] = lower, upper
        with np.errstate(divide="ignore"):
            seen = np.log10(np.sqrt((gradients[:followed] ** 2).sum(axis=0)))
        found.sensitivity[timestep] = seen + scale
    return BackwardNorms(
        found.norm, found.upper, found.input_norm, found.input_upper, found.sensitivity, initial
    )


def _directions(linearisation: Linearisation, trace: Trace, target: int) -> tuple[np.ndarray, int]:
    """Return unit directions of h_T to follow, then probes across them; and how many to follow."""
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


def _pull_back(
    linearisation: Linearisation,
    rows: np.ndarray,
    followed: int,
    target: int,
    features: int,
    progress: Progress | None,
) -> BackwardNorms:
    """Pull the rows back from ``target`` to the initial state, in blocks of steps."""
    norms = np.full((4, target + 1), -np.inf)
    sensitivity = np.full((target + 1, features), -np.inf)
    lengths = np.sqrt((rows * rows).sum(axis=1))
    exponent, stop = 0, target + 1
    longest = int(np.clip(_BLOCK_NUMBERS // rows.size, 16, 128))
    longest = -(-stop // -(-stop // longest))  # blocks of one length, not a short last one
    # Made once: fresh memory costs as much as the products. Row 0 is the state before the block.
    workspace = np.empty((longest + 1, *rows.shape))
    through = np.empty((longest, len(rows), linearisation.through_size))
    while stop > 0 and rows.any():
        start = max(0, stop - longest)
        block, passed = workspace[: stop - start + 1], through[: stop - start]
        block[-1] = rows
        exponents = _pull_block(linearisation, block, passed, start, exponent)
        exponent, span = int(exponents[0]), slice(start, stop)
        scale = exponents * np.log10(2)
        states, faint = _moderated(block[1:])
        norms[:2, span] = _norms(states, followed, lengths) + (scale + faint)
        inputs, faint = _moderated(linearisation.pull_inputs(start, passed))
        scale += faint
        norms[2:, span] = _norms(inputs, followed, lengths) + scale
        seen = inputs[:, :followed]
        with np.errstate(divide="ignore"):
            sensitivity[span] = np.log10(np.einsum("tkf,tkf->tf", seen, seen)) / 2
        sensitivity[span] += scale[:, None]
        stop, rows = start, block[0]
        if progress is not None:
            progress(1 - stop / (target + 1))
    rows, faint = _moderated(rows[None])
    initial = _norms(rows, followed, lengths)[0] + (exponent * np.log10(2) + faint)
    lower, upper, input_lower, input_upper = norms
    return BackwardNorms(lower, upper, input_lower, input_upper, sensitivity, initial.item())


def _pull_block(
    linearisation: Linearisation,
    block: np.ndarray,
    through: np.ndarray,
    start: int,
    exponent: int,
) -> np.ndarray:
    """Pull back through one block of steps, in place, from its last entry to its first.

    ``block`` (steps + 1, k, size) holds the gradients, ``through`` (steps, k, through_size) what
    the inputs see. Returns the power of two that was taken out of each step (steps,).
    """
    exponents = np.zeros(len(through))
    for place in range(len(through) - 1, -1, -1):
        rows, timestep = block[place + 1], start + place
        if timestep % linearisation.safe_steps == 0 and not _is_moderate(rows):
            if np.abs(rows).max() < _TINY:
                block[: place + 2] = through[: place + 1] = 0
                exponents[: place + 1] = exponent
                break
            exponent += _rescale(rows)
        exponents[place] = exponent
        linearisation.pull(timestep, rows, block[place], through[place])
    return exponents


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


def _norms(rows: np.ndarray, followed: int, lengths: np.ndarray) -> np.ndarray:
    """Return log10 of the lower and upper ends for rows (steps, k, columns), (2, steps).

    ``lengths`` (k,) are those of the rows at h_T: any of them, taken as a unit vector, tells from
    below how long the matrix makes one.
    """
    seen, probes = rows[:, :followed], rows[:, followed:]
    wide = seen.shape[2] >= seen.shape[1]
    gram = seen @ seen.swapaxes(1, 2) if wide else seen.swapaxes(1, 2) @ seen
    squares = np.maximum(np.linalg.eigvalsh(gram)[:, -1], 0.0)
    missed = np.einsum("tkc,tkc->tk", probes, probes)
    least = np.maximum(squares, (missed / lengths[followed:] ** 2).max(axis=1, initial=0.0))
    most = squares + _PROBE_FACTOR**2 * missed.max(axis=1, initial=0.0)
    with np.errstate(divide="ignore"):
        return np.log10([least, np.maximum(most, least)]) / 2

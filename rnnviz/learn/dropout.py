"""Dropout: masks that are drawn for each batch and stay the same over its timesteps.

A mask holds 0 with the dropout's rate and 1/(1 − rate) elsewhere, so that the mean stays what it
is. One multiplies what a layer reads, the other the state on its way to the recurrent kernel; the
state that a gate carries past the kernel is left whole (Gal & Ghahramani 2016, with one mask for
all gates). Keras 3 does the same, but for one thing: with ``recurrent_dropout`` an LSTM or a GRU
draws a mask of its own for each gate there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.network import Network


@dataclass(frozen=True, eq=False)
class Masks:
    """What one direction of a layer is multiplied by; None leaves it as it is.

    Attributes
    ----------
    inputs : ndarray (features, batch) or None
        Of what it reads.
    states : ndarray (units, batch) or None
        Of the state that its recurrent kernel reads; without effect in a cell that has none.
    """

    inputs: np.ndarray | None = None
    states: np.ndarray | None = None


LayerMasks = tuple[Masks, ...]
"""The masks of a layer: of its one direction, or of the forward and of the backward one."""


def draw_masks(
    network: Network,
    batch: int,
    dropout: float,
    recurrent_dropout: float,
    seed: np.random.SeedSequence,
    dtype: np.dtype | type = np.float64,
) -> list[LayerMasks]:
    """Draw the masks of every layer for one batch.

    Parameters
    ----------
    network : Network
        What the masks are for; only its shapes matter.
    batch : int
        Sequences; each has a mask of its own.
    dropout, recurrent_dropout : float
        Rates from 0 to below 1; at 0 there is no mask.
    seed : SeedSequence
        Each mask is drawn from a child of it, so that one rate never shifts another's masks.
    dtype : dtype
        Of the masks.
    """
    masks = []
    for layer in network.layers:
        cells = [cell for cell in (layer.forward, layer.backward) if cell is not None]
        one = []
        for cell in cells:
            for_inputs, for_states = seed.spawn(2)
            inputs = _drawn((cell.features, batch), dropout, for_inputs, dtype)
            one.append(
                Masks(inputs, _drawn((cell.units, batch), recurrent_dropout, for_states, dtype))
            )
        masks.append(tuple(one))
    return masks


def _drawn(
    shape: tuple[int, int], rate: float, seed: np.random.SeedSequence, dtype: np.dtype | type
) -> np.ndarray | None:
    if not rate:
        return None
    kept = np.random.default_rng(seed).random(shape) >= rate
    return (kept / (1 - rate)).astype(dtype)

"""Weights that Keras 2 wrote for cuDNN's LSTM and GRU, turned into those of the plain layers.

cuDNN keeps two biases for every gate and each gate's matrices in column-major order (tf.keras,
``_convert_rnn_weights``). The sigmoid of its gates is the plain one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def from_cudnn(
    cell: str, arrays: Sequence[np.ndarray], named_so: bool
) -> tuple[list[np.ndarray], bool]:
    """Return arrays of the plain layer, and whether they were cuDNN's.

    They are told by their bias: 8 numbers a unit for an LSTM, 6 in one row for a GRU.

    Parameters
    ----------
    cell : str
        "LSTM" or "GRU"; other cells are returned as they are.
    arrays : sequence of ndarray
        kernel (features, G·units), recurrent kernel (units, G·units), bias (2·G·units,).
    named_so : bool
        Whether the file says that the layer is cuDNN's.
    """
    gates = {"LSTM": 4, "GRU": 3}.get(cell)
    if gates is None or len(arrays) != 3:
        return list(arrays), False
    kernel, recurrent, bias = arrays
    if bias.shape != (2 * gates * recurrent.shape[0],):
        return list(arrays), named_so
    kernel = np.hstack([_column_major(part) for part in np.hsplit(kernel, gates)])
    recurrent = np.hstack([part.T for part in np.hsplit(recurrent, gates)])
    both = bias.reshape(2, -1)
    return [kernel, recurrent, both if cell == "GRU" else both.sum(axis=0)], True


def _column_major(kernel: np.ndarray) -> np.ndarray:
    return kernel.T.reshape(kernel.shape, order="F")

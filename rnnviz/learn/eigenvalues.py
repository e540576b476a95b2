"""Eigenvalues of a recurrent kernel as they are looked at while a network learns."""

from __future__ import annotations

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell


def recurrent_eigenvalues(cell: RecurrentCell) -> np.ndarray:
    """Eigenvalues of U; of a cell with gates, of the candidate's block of it; none without U."""
    kernel = getattr(cell, "recurrent_kernel", None)
    if kernel is None or not np.isfinite(kernel).all():
        return np.empty(0, complex)
    block = cell.gate_names.index(cell.candidate) if cell.candidate else 0
    return np.linalg.eigvals(kernel[:, block * cell.units : (block + 1) * cell.units]).astype(
        complex
    )

"""σ₁ of a large matrix for the price of a few dozen matrix-vector products."""

from __future__ import annotations

import numpy as np

_DIRECT_UNITS = 64
"""Up to this size LAPACK's singular values cost no more than the iteration."""


def largest_singular_value(matrix: np.ndarray, relative: float = 1e-9) -> float:
    """Return the largest singular value ‖A‖₂ of a finite matrix (rows, columns).

    Lanczos iteration on AᵀA with full reorthogonalisation (Golub and Van Loan, Matrix
    Computations, 4th ed., §10.1 and §10.4). It approaches σ₁ from below and stops when a
    further round of eight products changes it by less than ``relative``.
    """
    if min(matrix.shape) <= _DIRECT_UNITS:
        return float(np.linalg.svd(matrix, compute_uv=False)[0])
    columns = matrix.shape[1]
    basis = np.empty((columns, columns))
    basis[0] = np.random.default_rng(0).standard_normal(columns)
    basis[0] /= np.linalg.norm(basis[0])
    tridiagonal, square = np.zeros((columns, columns)), 0.0
    for size in range(1, columns + 1):
        known = basis[:size]
        following = (matrix @ known[-1]) @ matrix
        tridiagonal[size - 1, size - 1] = following @ known[-1]
        for _ in range(2):  # twice is enough for orthogonality to rounding (Kahan and Parlett)
            following -= (known @ following) @ known
        length = np.linalg.norm(following)
        last = size == columns or length <= np.finfo(float).eps * np.sqrt(square)
        if last or size % 8 == 0:
            before, square = square, np.linalg.eigvalsh(tridiagonal[:size, :size])[-1]
            if last or square - before <= relative * square:
                break
        tridiagonal[size, size - 1] = tridiagonal[size - 1, size] = length
        basis[size] = following / length
    return float(np.sqrt(max(square, 0.0)))

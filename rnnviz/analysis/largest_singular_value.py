"""σ₁ of a large matrix for the price of a few dozen matrix-vector products."""

from __future__ import annotations

import numpy as np

_DIRECT_UNITS = 64
"""Up to this size all eigenvalues of AᵀA cost no more than the iteration."""

_MOST_STEPS = 200
"""By far enough for any matrix of a thousand rows that was tried; see the tests."""


def largest_singular_value(matrix: np.ndarray, relative: float = 1e-9) -> float:
    """Return the largest singular value ‖A‖₂ of a finite matrix (rows, columns).

    Lanczos iteration on AᵀA with full reorthogonalisation (Golub and Van Loan, Matrix
    Computations, 4th ed., §10.1 and §10.4). It approaches σ₁ from below and stops when a
    further round of eight products changes it by less than ``relative``.
    """
    if min(matrix.shape) <= _DIRECT_UNITS:
        largest = np.abs(matrix).max() or 1.0
        square = np.linalg.eigvalsh((matrix / largest).T @ (matrix / largest))[-1]
        return float(largest * np.sqrt(max(square, 0.0)))
    columns = matrix.shape[1]
    basis = np.empty((min(columns, _MOST_STEPS), columns))
    basis[0] = np.random.default_rng(0).standard_normal(columns)
    basis[0] /= np.linalg.norm(basis[0])
    diagonal: list[float] = []
    beside: list[float] = []
    square = 0.0
    for size in range(1, len(basis) + 1):
        known = basis[:size]
        following = matrix.dot(known[-1]).dot(matrix)
        diagonal.append(following.dot(known[-1]))
        following -= known.dot(following).dot(known)
        length = np.sqrt(following.dot(following))
        # Nothing new: the directions so far hold σ₁, for a random start has a part along it.
        last = size == len(basis) or length <= 1e-12 * max(diagonal)
        if last or size % 8 == 0:
            tridiagonal = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
            before, square = square, np.linalg.eigvalsh(tridiagonal)[-1]
            if last or square - before <= relative * square:
                break
        beside.append(length)
        basis[size] = following / length
    return float(np.sqrt(max(square, 0.0)))

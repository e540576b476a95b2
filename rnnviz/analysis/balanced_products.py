"""Is a gradient exactly zero, or below what float64 can hold? Products with scales of their own.

A product of many Jacobians is followed as a matrix whose columns, one a number of the state,
have exponents of their own. So nothing is lost beside something greater that vanishes later, and
nothing underflows: a zero here is a zero of the mathematics, with slopes and weights as they are.
It costs a matrix of exponentials a step, and is asked only where plain products came to zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.jacobian import Linearisation, LogJacobian

_LOG2 = np.log10(2)


Scaled = tuple[np.ndarray, float]
"""A matrix, and log10 of the factor that was taken out of it."""


@dataclass(frozen=True, eq=False)
class Balanced:
    """Gradients (rows, size) as ``columns``·2^``exponents``, the columns' largest being 1.

    Parameters
    ----------
    columns : ndarray (rows, size)
    exponents : ndarray (size,)
        Powers of two; −inf for a column that is zero.
    """

    columns: np.ndarray
    exponents: np.ndarray

    @classmethod
    def of(cls, columns: np.ndarray, exponents: np.ndarray) -> Balanced:
        """Return the same gradients with the largest of every column brought to 1."""
        largest = np.abs(columns).max(axis=0)
        with np.errstate(divide="ignore"):
            exponents = exponents + np.log2(largest)
        return cls(columns / np.where(largest > 0, largest, 1.0), exponents)

    @property
    def is_zero(self) -> bool:
        """Whether nothing is left at all."""
        return not np.isfinite(self.exponents).any()

    def pulled(self, jacobian: LogJacobian) -> Balanced:
        """Return the gradients with respect to the state one step before."""
        paths = self.exponents[:, None] + jacobian.sizes
        exponents = paths.max(axis=0)
        reached = np.isfinite(exponents)
        with np.errstate(invalid="ignore", under="ignore"):
            weights = np.where(reached, np.exp2(paths - exponents) * jacobian.signs, 0.0)
        return Balanced.of(self.columns @ weights, np.where(reached, exponents, -np.inf))

    def by_inputs(self, jacobian: LogJacobian) -> Scaled:
        """Return gradients with respect to the inputs (rows, features), and log10 to add."""
        return _in_one_scale(self.columns, self.exponents + jacobian.through, jacobian.inputs)

    def in_one_scale(self) -> Scaled:
        """Return the gradients (rows, size) and log10 of what they must be multiplied by."""
        return _in_one_scale(self.columns, self.exponents, None)


def _in_one_scale(columns: np.ndarray, exponents: np.ndarray, matrix: np.ndarray | None) -> Scaled:
    greatest = float(exponents.max())
    if greatest == -np.inf:
        return columns[:, :0] if matrix is None else np.zeros((len(columns), len(matrix.T))), 0.0
    with np.errstate(under="ignore"):
        rows = columns * np.exp2(exponents - greatest)
    rows = rows if matrix is None else rows @ matrix
    largest = float(np.abs(rows).max())
    if largest == 0:
        return rows, 0.0
    return rows / largest, greatest * _LOG2 + float(np.log10(largest))


def balanced_back(
    linearisation: Linearisation, rows: np.ndarray, target: int
) -> list[tuple[Scaled, Scaled]]:
    """Pull rows (rows, size) back from ``target``, until nothing is left.

    Returns
    -------
    list
        For t = target, target − 1, … and last for the initial state: the gradients with respect
        to state t and to input t, each as (rows, columns) and log10 of the factor that was taken
        out. It ends early where all gradients are exactly zero.
    """
    gradients = Balanced.of(rows, np.zeros(rows.shape[1]))
    steps: list[tuple[Scaled, Scaled]] = []
    for timestep in range(target, -1, -1):
        if gradients.is_zero:
            return steps
        jacobian = linearisation.log_jacobian(timestep)
        if jacobian is None:  # a masked step: the state stays, and its input is not read
            steps.append((gradients.in_one_scale(), (np.zeros((len(rows), 1)), 0.0)))
            continue
        steps.append((gradients.in_one_scale(), gradients.by_inputs(jacobian)))
        gradients = gradients.pulled(jacobian)
    if not gradients.is_zero:
        steps.append((gradients.in_one_scale(), (np.zeros((len(rows), 1)), 0.0)))
    return steps

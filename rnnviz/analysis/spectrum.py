"""What does one step stretch and turn? Eigenvalues of the recurrent kernel and of the Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.linearisation import (
    finite_timesteps,
    linearise_steeper,
    on_kinks,
    one_sequence,
)
from rnnviz.analysis.registry import Analysis, Cursor, NoParameters
from rnnviz.analysis.verdict import Verdict, moment, verdict
from rnnviz.engine import Trace

_NEUTRAL = 1e-3


@dataclass(frozen=True, eq=False)
class KernelSpectrum:
    """One square block of the recurrent kernel. Arrays are read-only.

    Parameters
    ----------
    name : str
        The gate's Keras letter, "" for a cell without gates.
    eigenvalues : ndarray (units,) complex
        Largest modulus first.
    singular_values : ndarray (units,)
        Largest first.
    bulk_radius : float or None
        Where the circular law (Girko; Tao and Vu, Annals of Probability 38, 2010) puts the edge
        of independent entries with this variance, σ·√units; None if all singular values agree,
        for such a matrix is a rotation times a number and its entries are not independent.
    outlier : float or None
        The one eigenvalue that a mean entry μ pulls out of the bulk, about μ·units; None if it
        stays within.
    """

    name: str
    eigenvalues: Annotated[np.ndarray, "units"]
    singular_values: Annotated[np.ndarray, "units"]
    bulk_radius: float | None
    outlier: float | None

    @property
    def radius(self) -> float:
        """Spectral radius."""
        return float(np.abs(self.eigenvalues[0]))


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues and singular values of the weights and of one step. Arrays are read-only.

    Parameters
    ----------
    kernels : tuple of KernelSpectrum
        One, or one a gate; none for a cell without a recurrent kernel.
    timestep : int
        Step of the Jacobian, J[i, j] = ∂(state i after it)/∂(state j before it).
    jacobian_eigenvalues : ndarray (state_size,) complex
        Largest modulus first; empty if the state before or after the step is not finite.
    jacobian_singular_values : ndarray (state_size,)
    kinks : int
        Units that stand exactly on a kink of the activation at that step: the Jacobian takes the
        slope that frameworks take there, 0 for relu.
    steeper_radius : float
        Largest modulus of its eigenvalues with the steeper slope; nan where there is no kink.
    """

    kernels: tuple[KernelSpectrum, ...]
    timestep: int
    jacobian_eigenvalues: Annotated[np.ndarray, "state_size"]
    jacobian_singular_values: Annotated[np.ndarray, "state_size"]
    kinks: int = 0
    steeper_radius: float = float("nan")

    @property
    def jacobian_radius(self) -> float:
        """Largest modulus of the Jacobian's eigenvalues; nan where it is not finite."""
        eigenvalues = self.jacobian_eigenvalues
        return float(np.abs(eigenvalues[0])) if eigenvalues.size else float("nan")

    @property
    def verdict(self) -> Verdict:
        """What the step does."""
        numbers: dict[str, float] = {**moment(self.timestep)}
        if not self.kernels:
            return self._without_kernel(numbers)
        numbers["kernel_radius"] = max(one.radius for one in self.kernels)
        if not self.jacobian_eigenvalues.size:
            return verdict("spectrum.diverged", **numbers)
        if self.kinks and self.steeper_radius > self.jacobian_radius + _NEUTRAL:
            numbers |= {"kinks": self.kinks, "steeper": self.steeper_radius}
            return verdict("spectrum.kink", **numbers, radius=self.jacobian_radius)
        if not self.jacobian_singular_values.any():
            return verdict("spectrum.zero", **numbers)
        numbers |= {
            "radius": self.jacobian_radius,
            "stretch": float(self.jacobian_singular_values[0]),
        }
        if self.jacobian_radius > 1 + _NEUTRAL:
            count = int((np.abs(self.jacobian_eigenvalues) > 1 + _NEUTRAL).sum())
            return verdict("spectrum.expanding", **numbers, count=count)
        neutral = self.jacobian_radius >= 1 - _NEUTRAL
        return verdict("spectrum.neutral" if neutral else "spectrum.contracting", **numbers)

    def _without_kernel(self, numbers: dict[str, float]) -> Verdict:
        """What the step of a cell does that has no recurrent kernel to compare it with."""
        if not self.jacobian_eigenvalues.size:
            return verdict("spectrum.no_kernel_diverged", **numbers)
        return verdict("spectrum.no_kernel", **numbers, radius=self.jacobian_radius)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row an eigenvalue and a singular value of a matrix."""
        import pandas as pd

        parts = [
            (f"kernel {one.name}".strip(), one.eigenvalues, one.singular_values)
            for one in self.kernels
        ]
        parts.append(("jacobian", self.jacobian_eigenvalues, self.jacobian_singular_values))
        frames = []
        for name, eigenvalues, singular_values in parts:
            columns = {
                "matrix": name,
                "rank": 1 + np.arange(len(eigenvalues)),
                "real": eigenvalues.real,
                "imaginary": eigenvalues.imag,
                "modulus": np.abs(eigenvalues),
                "singular_value": singular_values,
            }
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)


def spectrum(
    trace: Trace, timestep: int, progress: Callable[[float], None] | None = None
) -> Spectrum:
    """Return the spectra of the recurrent kernel and of the Jacobian at a timestep.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    timestep : int
        0 … timesteps − 1.
    progress : callable, optional
        Called with 0…1 between the matrices: LAPACK itself cannot be interrupted.

    Raises
    ------
    ValueError
        Where the trace holds several sequences, or there is no such timestep.
    """
    one_sequence(trace)
    if not 0 <= timestep < trace.timesteps:
        last = trace.timesteps - 1
        raise ValueError(f"timestep is {timestep}, but the run goes from 0 to {last}.")
    layer = trace.layer
    blocks = layer.recurrent_blocks
    kernels = []
    for name, block in blocks.items():
        kernels.append(_kernel_spectrum(name, np.asarray(block, np.float64)))
        if progress is not None:
            progress(len(kernels) / (len(blocks) + 1))
    eigenvalues, singular_values = np.empty(0, complex), np.empty(0)
    if timestep < finite_timesteps(trace):
        before = trace.full_states[timestep - 1] if timestep else trace.initial_state
        projected = layer.project(trace.inputs[timestep : timestep + 1])[0]
        jacobian = np.asarray(layer.jacobian(projected, before), np.float64)
        if trace.mask is not None and not trace.mask[timestep]:
            jacobian = np.eye(layer.state_size)  # a masked timestep leaves the state as it is
        eigenvalues, singular_values = _values(jacobian)
    kinks, steeper = 0, float("nan")
    other = linearise_steeper(trace) if eigenvalues.size else None
    if other is not None and (kinks := int(on_kinks(trace)[timestep].sum())):
        matrix = other.push(timestep, np.eye(layer.state_size)).T
        steeper = float(np.abs(np.linalg.eigvals(matrix)).max())
    return Spectrum(tuple(kernels), timestep, eigenvalues, singular_values, kinks, steeper)


def _kernel_spectrum(name: str, matrix: np.ndarray) -> KernelSpectrum:
    eigenvalues, singular_values = _values(matrix)
    units, largest = len(matrix), np.abs(matrix).max() or 1.0
    deviation, mean = (matrix / largest).std() * largest, matrix.mean()
    bulk, outlier = float(deviation * np.sqrt(units)), float(mean * units)
    if singular_values[-1] >= singular_values[0] * (1 - 1e-6):
        return KernelSpectrum(name, eigenvalues, singular_values, None, None)
    beyond = abs(outlier) > bulk
    return KernelSpectrum(name, eigenvalues, singular_values, bulk, outlier if beyond else None)


def _values(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, largest modulus first, and singular values; nothing to compute for zeros."""
    if not matrix.any():
        eigenvalues, singular_values = np.zeros(len(matrix), complex), np.zeros(len(matrix))
    else:
        eigenvalues = np.linalg.eigvals(matrix).astype(complex)
        eigenvalues = eigenvalues[np.argsort(-np.abs(eigenvalues), kind="stable")]
        singular_values = np.linalg.svd(matrix, compute_uv=False)
    for array in (eigenvalues, singular_values):
        array.setflags(write=False)
    return eigenvalues, singular_values


def _of(trace: Trace, parameters: NoParameters, cursor: Cursor, progress) -> Spectrum:
    return spectrum(trace, cursor.timestep, progress)


ANALYSIS = Analysis("spectrum", NoParameters, _of)

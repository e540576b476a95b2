"""What a linearised network is asked for, and its Jacobian in logarithms: none underflows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnnviz.engine import Trace


class Linearisation(Protocol):
    """J_t applied to rows of vectors, in float64; a row is a small change of the state.

    Numbers of moderate size stay far within float64's range for ``safe_steps`` steps.
    """

    safe_steps: int
    through_size: int

    def push(self, timestep: int, changes: np.ndarray) -> np.ndarray:
        """Forwards: changes (k, state_size) of state t−1 → J_t·change, changes of state t."""

    def pull(
        self,
        timestep: int,
        gradients: np.ndarray,
        out: np.ndarray | None = None,
        through: np.ndarray | None = None,
    ) -> np.ndarray:
        """Backwards: gradients (k, state_size) with respect to state t → gradient·J_t, t−1.

        ``through`` (k, through_size) takes what :meth:`pull_inputs` goes on from: the gradients
        on their way, with respect to the projected input.
        """

    def pull_inputs(self, first: int, through: np.ndarray) -> np.ndarray:
        """``through`` (steps, k, through_size) from step ``first`` on → with respect to inputs.

        Returns (steps, k, features).
        """

    def constant(self, steps: int) -> np.ndarray | None:
        """The Jacobian (state_size, state_size) if those of all ``steps`` ≥ 2 are the same."""

    def log_jacobian(self, timestep: int) -> LogJacobian | None:
        """J_t in logarithms, which cannot underflow; None at a masked step."""


@dataclass(frozen=True, eq=False)
class LogJacobian:
    """One step's Jacobians as powers of two.

    Parameters
    ----------
    sizes, signs : ndarray (state_size, state_size)
        log₂|J_ij| and the signs, of ∂state_t,i/∂state_{t−1},j.
    through : ndarray (state_size,)
    inputs : ndarray (state_size, features)
        ∂state_t/∂x_t = diag(2^through)·inputs.
    """

    sizes: np.ndarray
    signs: np.ndarray
    through: np.ndarray
    inputs: np.ndarray

    @classmethod
    def of(cls, jacobian: np.ndarray, through: np.ndarray, inputs: np.ndarray) -> LogJacobian:
        """Of a Jacobian that is formed already."""
        return cls(log2_sizes(jacobian), np.sign(jacobian), through, inputs)


def log2_sizes(values: np.ndarray) -> np.ndarray:
    """Return log₂ of the sizes of values; −∞ for 0."""
    with np.errstate(divide="ignore"):
        return np.log2(np.abs(values))


def states_before(trace: Trace) -> np.ndarray:
    """Return the state that each step starts from, (timesteps, state_size)."""
    return np.concatenate([trace.initial_state[None], trace.full_states[:-1]])


def log_jacobian_of(trace: Trace, before: np.ndarray, timestep: int) -> LogJacobian:
    """Return the Jacobians of any cell at one step, in logarithms."""
    with np.errstate(all="ignore"):
        projected = trace.layer.project(trace.inputs[timestep : timestep + 1])
        at = before[timestep : timestep + 1]
        jacobian = trace.layer.jacobian(projected, at)[0].astype(np.float64)
        inputs = trace.layer.input_jacobian(projected, at)[0].astype(np.float64)
    return LogJacobian.of(jacobian, np.zeros(len(jacobian)), inputs)


def constant_jacobian(trace: Trace, steps: int) -> np.ndarray | None:
    """Return the Jacobian of all steps if they all start from one state with one input."""
    before, inputs = states_before(trace)[:steps], trace.inputs[:steps]
    if steps < 2 or (before != before[0]).any() or (inputs != inputs[0]).any():
        return None
    jacobian = trace.layer.jacobian(trace.layer.project(inputs[:1]), before[:1])[0]
    return np.asarray(jacobian, np.float64)

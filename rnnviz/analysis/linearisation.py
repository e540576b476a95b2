"""The linearised network along a run: what a small change of a state becomes one step later.

J_t = ∂state_t/∂state_{t−1}, with state_{−1} the initial state. It is applied to a few vectors far
more often than it is looked at, so it is formed only where the cell leaves no other way.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rnnviz.analysis.jacobian import (
    Linearisation,
    LogJacobian,
    constant_jacobian,
    log2_sizes,
    log_jacobian_of,
    states_before,
)
from rnnviz.analysis.lenses import argument, on_kinks, slope
from rnnviz.engine import ACTIVATIONS, Trace

_CHUNK_NUMBERS = 2**18
"""Numbers in one block of formed Jacobians: 2 MB, so that it stays in the processor's cache."""


def linearise(trace: Trace) -> Linearisation:
    """Return the linearisation along the run of one sequence.

    Raises
    ------
    ValueError
        If the trace holds a batch or a stack of networks.
    """
    one_sequence(trace)
    if trace.mask is not None:
        return _Masked(trace, linearise(trace.computed) if trace.mask.any() else None)
    return _STRUCTURES[trace.layer.structure](trace)


def one_sequence(trace: Trace) -> Trace:
    """Return a trace that holds the run of one sequence.

    Raises
    ------
    ValueError
        If it holds a batch or a stack of networks.
    """
    if trace.full_states.ndim != 2:
        shape = trace.full_states.shape
        raise ValueError(
            f"One sequence is needed, but the states have shape {shape}: look at one trial or one "
            "network at a time."
        )
    return trace


def linearise_steeper(trace: Trace) -> Linearisation | None:
    """Return the linearisation with the steeper of both slopes at every kink.

    None where no state lies on a kink, so that there is one slope only, and for cells whose
    Jacobians are more than the slopes of one activation.
    """
    if (
        trace.mask is not None
        or trace.layer.structure != "elementwise"
        or not on_kinks(trace).any()
    ):
        return None
    return _Elementwise(trace, steeper=True)


def finite_timesteps(trace: Trace) -> int:
    """Return how many of the first timesteps have finite states; all of them as a rule."""
    return trace.timesteps if trace.diverged_at is None else trace.diverged_at


def _steeper_slopes(trace: Trace, slopes: np.ndarray) -> np.ndarray:
    activation, slopes = ACTIVATIONS[trace.layer.activation], slopes.copy()
    for kink in activation.kinks:
        beside = np.array([kink - 1e-6, kink + 1e-6])
        steeper = float(activation.slope(activation.apply(beside)).max())
        slopes[argument(trace) == kink] = steeper
    return slopes


class _Elementwise:
    """J_t = kept·I + gain·diag(act'(z_t))·Rᵀ, a product with R and one with a vector."""

    def __init__(self, trace: Trace, steeper: bool = False):
        layer = trace.layer
        self.slopes = np.asarray(slope(trace), np.float64)
        if steeper:
            self.slopes = _steeper_slopes(trace, self.slopes)
        self.kept = layer.kept
        if layer.gain != 1:
            self.slopes = layer.gain * self.slopes
        self.forwards = np.asarray(layer.recurrent_kernel, np.float64)
        # A copy: BLAS reads a transposed large matrix at half the speed.
        self.backwards = np.ascontiguousarray(self.forwards.T)
        self.inputs = np.ascontiguousarray(layer.kernel.T, np.float64)
        self.through_size = layer.units
        smallest = np.min(self.slopes, where=self.slopes > 0, initial=1.0)
        largest = np.abs(self.forwards).max() * layer.units
        # A kernel of nothing but tiny numbers shrinks a gradient as much as a tiny slope does.
        middling = 1e-20 < largest < 1e20
        self.safe_steps = 4 if smallest > 1e-30 and middling else 1

    def push(self, timestep, changes):
        after = changes.dot(self.forwards)
        after *= self.slopes[timestep]
        if self.kept:
            after += self.kept * changes
        return after

    def pull(self, timestep, gradients, out=None, through=None):
        out = np.multiply(gradients, self.slopes[timestep], through).dot(self.backwards, out)
        if self.kept:
            out += self.kept * gradients
        return out

    def pull_inputs(self, first, through):
        return _times(through, self.inputs)

    def constant(self, steps):
        if steps < 2 or (self.slopes[:steps] != self.slopes[0]).any():
            return None
        return self._jacobian(0)

    def _jacobian(self, timestep):
        jacobian = self.slopes[timestep][:, None] * self.backwards
        return jacobian + self.kept * np.eye(len(jacobian)) if self.kept else jacobian

    @cached_property
    def _log_kernel(self):
        return log2_sizes(self.backwards), np.sign(self.backwards)

    def log_jacobian(self, timestep):
        through = log2_sizes(self.slopes[timestep])
        if self.kept:
            return LogJacobian.of(self._jacobian(timestep), through, self.inputs)
        sizes, signs = self._log_kernel
        return LogJacobian(through[:, None] + sizes, signs, through, self.inputs)


def _times(stack: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return (steps, k, n) · (n, columns) in one matrix product, not one a step."""
    return (stack.reshape(-1, stack.shape[-1]) @ matrix).reshape(*stack.shape[:2], -1)


class _Gated:
    """J_t = Σ_gates diag(·)·R_gateᵀ + a diagonal, never formed either; without R, the diagonal.

    Every unit's next state depends on its own gates alone, so one number a unit and gate says
    how: the input Jacobian of the same cell with one input feature for each gate. These numbers
    are worked out a block of steps at a time.
    """

    safe_steps = 1

    def __init__(self, trace: Trace):
        layer = trace.layer
        self.trace, self.before = trace, states_before(trace)
        self.gates, self.units = len(layer.gate_names), layer.units
        self.parts = layer.state_size // layer.units
        self.through_size = self.gates * self.units
        self.forwards = self.backwards = None
        if layer.recurrent_blocks:
            self.forwards = np.asarray(layer.recurrent_kernel, np.float64)
            self.backwards = np.ascontiguousarray(self.forwards.T)
        self.inputs = np.ascontiguousarray(layer.kernel.T, np.float64)
        each_gate = np.kron(np.eye(self.gates), np.ones((1, self.units)))
        kernel = each_gate.astype(layer.dtype)
        self.by_gate = layer.with_arrays(lambda array: kernel if array is layer.kernel else array)
        self.block_steps = max(1, _CHUNK_NUMBERS // (layer.state_size * self.gates))
        self.block = -1

    def _factors(self, timestep):
        """Of a step, how the next state changes with each unit's gates, and past all gates.

        By the input (parts, gates, units); how much more by the state than by the input
        (gates, units), None where it is the same; past all gates (parts, units).
        """
        block, place = divmod(timestep, self.block_steps)
        if block != self.block:
            self.block = block
            steps = slice(block * self.block_steps, (block + 1) * self.block_steps)
            self._work_out(steps)
        by_state = None if self.by_state is None else self.by_state[place]
        return self.by_input[place], by_state, self.past[place]

    def _work_out(self, steps):
        layer, trace = self.trace.layer, self.trace
        projected = layer.project(trace.inputs[steps])
        factors = self.by_gate.input_jacobian(projected, self.before[steps]).astype(np.float64)
        shape = (len(factors), self.parts, self.units, self.gates)
        self.by_input = np.ascontiguousarray(factors.reshape(shape).swapaxes(2, 3))
        gates = {name: values[steps] for name, values in trace.gates.items()}
        with np.errstate(all="ignore"):
            past = layer.carried(gates, trace.full_states[steps])
            by_state = layer.recurrent_factors(gates)
        self.by_state = None if by_state is None else np.asarray(by_state, np.float64)
        self.past = np.stack(past, axis=1).astype(np.float64)

    def push(self, timestep, changes):
        by_input, by_state, past = self._factors(timestep)
        following = past * changes[:, None, -self.units :]
        if self.forwards is None:
            return following.reshape(changes.shape)
        through = changes[:, : self.units].dot(self.forwards)
        through = through.reshape(len(changes), self.gates, self.units)
        if by_state is not None:
            through *= by_state
        for part in range(self.parts):
            following[:, part] += (through * by_input[part]).sum(axis=1)
        return following.reshape(changes.shape)

    def pull(self, timestep, gradients, out=None, through=None):
        out = np.empty_like(gradients) if out is None else out
        through = np.empty((len(gradients), self.through_size)) if through is None else through
        by_input, by_state, past = self._factors(timestep)
        parts = gradients.reshape(len(gradients), self.parts, 1, self.units)
        gates = through.reshape(len(gradients), self.gates, self.units)
        np.multiply(parts[:, 0], by_input[0], gates)
        if self.parts == 2:
            gates += parts[:, 1] * by_input[1]
        units = self.units
        out[...] = 0
        if self.backwards is not None:
            onward = through if by_state is None else (gates * by_state).reshape(through.shape)
            out[:, :units] = onward.dot(self.backwards)
        out[:, -units:] += (parts[:, :, 0] * past).sum(axis=1)
        return out

    def pull_inputs(self, first, through):
        return _times(through, self.inputs)

    def constant(self, steps):
        return constant_jacobian(self.trace, steps)

    def log_jacobian(self, timestep):
        return log_jacobian_of(self.trace, self.before, timestep)


class _Dense:
    """Any cell: from its Jacobians, formed a block of steps at a time."""

    safe_steps = 1

    def __init__(self, trace: Trace):
        self.trace, self.layer = trace, trace.layer
        self.before, self.through_size = states_before(trace), trace.layer.state_size
        with np.errstate(all="ignore"):
            self.projected = trace.layer.project(trace.inputs)
        self.block_steps = max(1, _CHUNK_NUMBERS // trace.layer.state_size**2)
        self.block, self.jacobians = -1, np.empty(0)

    def _jacobian(self, timestep):
        block, place = divmod(timestep, self.block_steps)
        if block != self.block:
            steps = slice(block * self.block_steps, (block + 1) * self.block_steps)
            jacobians = self.layer.jacobian(self.projected[steps], self.before[steps])
            self.block, self.jacobians = block, np.asarray(jacobians, np.float64)
        return self.jacobians[place]

    def push(self, timestep, changes):
        return changes.dot(self._jacobian(timestep).T)

    def pull(self, timestep, gradients, out=None, through=None):
        if through is not None:
            through[...] = gradients
        return gradients.dot(self._jacobian(timestep), out)

    def pull_inputs(self, first, through):
        steps = slice(first, first + len(through))
        jacobians = self.layer.input_jacobian(self.projected[steps], self.before[steps])
        return through @ np.asarray(jacobians, np.float64)

    def constant(self, steps):
        return constant_jacobian(self.trace, steps)

    def log_jacobian(self, timestep):
        return log_jacobian_of(self.trace, self.before, timestep)


class _Masked:
    """A run with masked timesteps, at which the state stays: their Jacobian is the identity."""

    def __init__(self, trace: Trace, inner: Linearisation | None):
        """``inner`` is that of the steps which are computed; None where all are masked."""
        assert trace.mask is not None
        self.mask, self.inner = trace.mask, inner
        self.features = trace.layer.features
        self.through_size = 1 if inner is None else inner.through_size
        self.safe_steps, self.place = 1, np.cumsum(self.mask) - 1

    def push(self, timestep, changes):
        if self.inner is None or not self.mask[timestep]:
            return changes.copy()
        return self.inner.push(self.place[timestep], changes)

    def pull(self, timestep, gradients, out=None, through=None):
        if self.inner is not None and self.mask[timestep]:
            return self.inner.pull(self.place[timestep], gradients, out, through)
        if through is not None:
            through[...] = 0
        if out is None:
            return gradients.copy()
        out[...] = gradients
        return out

    def pull_inputs(self, first, through):
        result = np.zeros((*through.shape[:2], self.features))
        kept = np.flatnonzero(self.mask[first : first + len(through)])
        if self.inner is not None and len(kept):
            begin = int(self.place[first + kept[0]])
            result[kept] = self.inner.pull_inputs(begin, through[kept])
        return result

    def constant(self, steps):
        return None

    def log_jacobian(self, timestep):
        if self.inner is None or not self.mask[timestep]:
            return None
        return self.inner.log_jacobian(int(self.place[timestep]))


_STRUCTURES = {"elementwise": _Elementwise, "gated": _Gated, "dense": _Dense}
"""How a cell's Jacobian is composed, as the cell itself says: `RecurrentCell.structure`."""

"""The simple recurrent cell of the lecture: h = act(x·K + b + h·R)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rnnviz.engine.cells.elementwise import ElementwiseCell
from rnnviz.engine.cells.facts import StepText, TorchLayer
from rnnviz.engine.cells.recurrence import recurrent_product_into
from rnnviz.engine.cells.tape import Step, Tape


@dataclass(frozen=True, eq=False)
class SimpleRNN(ElementwiseCell):
    """A fully connected recurrent layer, h_t = act(x_t·K + b + h_{t−1}·R).

    The lecture's W, U and b are ``kernel.T``, ``recurrent_kernel.T`` and ``bias``. It has
    n(n + m + 1) parameters for n units and m features. See `RecurrentCell` for what it shares
    with the other cells.

    Attributes
    ----------
    kernel : ndarray (features, units)
    recurrent_kernel : ndarray (units, units)
    bias : ndarray (units,)
    activation : str
        A name in `ACTIVATIONS`.
    """

    order: ClassVar[int] = 0
    state_is_activation: ClassVar[bool] = True
    keras_class: ClassVar[str | None] = "SimpleRNN"
    torch: ClassVar[TorchLayer | None] = TorchLayer(
        "RNN", settings={"activation": ("tanh", "relu")}
    )

    @classmethod
    def step_text(cls, settings: Mapping[str, Any]) -> StepText:
        """As in `RecurrentCell`."""
        return StepText("simple_rnn", "output_t = {activation}(projected_t + state_t @ U)")

    def march(
        self, projected: np.ndarray, initial_state: np.ndarray, rows: Iterable[np.ndarray]
    ) -> np.ndarray:
        """As in `RecurrentCell`; its one step is written out: a call a step costs it a tenth."""
        if self.networks is not None:
            return super().march(projected, initial_state, rows)
        matrix, state, recurrent = (
            self.recurrent_kernel,
            initial_state,
            np.empty_like(initial_state),
        )
        add, activate = np.add, self._activation.apply
        for now in rows:
            state.dot(matrix, recurrent)
            add(now, recurrent, now)
            state = activate(now, now)
        return projected

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """As in `RecurrentCell`: ``advance(projected[t], h)``."""
        previous, add, activate = initial_state, np.add, self._activation.apply
        multiply, recurrent = recurrent_product_into(
            self.recurrent_kernel, initial_state.shape[:-1]
        )

        def advance(now, after):
            nonlocal previous
            multiply(previous)
            add(now, recurrent, now)
            previous = activate(now, after)

        return advance

    def forward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: one product and the activation."""
        weights, z, dot = tape.weights.T, tape.keep("z", self.units), np.dot
        reads, states, activate = list(tape.reads), list(tape.states), self._activation.apply

        def advance(t: int) -> None:
            dot(weights, reads[t], z)
            activate(z, states[t + 1])

        return advance

    def backward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: a_t = δ_t ∘ act'(z_t), δ_{t−1} += R·a_t."""
        reads, states, deltas = list(tape.reads), list(tape.states), list(tape.deltas)
        errors, back = tape.errors, tape.keep("back", self.units)
        add_to_gradient, recurrent = tape.gradient_adder(), tape.recurrent
        slope_times, dot, add = self._activation.slope_times, np.dot, np.add
        mask, times = tape.mask, np.multiply

        def retreat(t: int) -> None:
            error = errors[t]
            slope_times(states[t + 1], deltas[t + 1], error, back)
            add_to_gradient(reads[t], error)
            dot(recurrent, error, back)
            if mask is not None:
                times(back, mask, back)
            add(deltas[t], back, deltas[t])

        return retreat


CELL = SimpleRNN

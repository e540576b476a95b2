"""What every recurrent cell tells about itself, and what follows from it."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS, Activation
from rnnviz.engine.cells.facts import Setting, StepText, Sum, TorchLayer
from rnnviz.engine.cells.recurrence import gate_blocks
from rnnviz.engine.cells.tape import Step, Tape


@dataclass(frozen=True, eq=False)
class RecurrentCell:
    """A recurrent layer: its weights, how one state follows from another, and all facts of it.

    Everything outside asks the cell and never compares its name or type. To add a cell, add a
    file to this folder with a frozen dataclass and ``CELL = <the class>``; its array fields are
    its weights, in Keras's order. `rnnviz.engine.cells.check_cell` tells what one lacks.

    G is the number of gates, 1 for a cell without. Each cell has a ``kernel`` (features, G·units)
    and a ``bias``, which make the projected input x·K + b. Arrays are copied, read-only, and of
    one dtype: float32 if all are float32, else float64. All of them may carry one leading axis
    (networks, ...): a stack of networks that run in one pass.

    Class attributes
    ----------------
    order : int
        Place in lists, lowest first.
    state_names : tuple of str
        Parts of the state vector, each of length ``units``; the first is the hidden state h.
    gate_names : tuple of str
        The blocks of the kernel by Keras's letters; empty for a single block.
    candidate : str
        The gate to which ``activation`` is applied; "" for a cell without gates.
    settings : tuple of Setting
        What can be chosen besides the arrays.
    structure : str
        How its Jacobian is composed. "elementwise": kept·I + gain·diag(act'(z))·Rᵀ, see
        `ElementwiseCell`. "gated": each unit's next state depends on its own gates and its own
        state alone, besides h·R; see `carried`. "dense": as `jacobian` forms it.
    state_is_activation : bool
        Whether h is act(z) of one argument z and nothing else.
    in_place : bool
        Whether the states may take the place of the projected inputs.
    keras_class : str or None
        Its class in ``keras.layers``; None where Keras has none.
    torch : TorchLayer or None
        The same for PyTorch.
    """

    if TYPE_CHECKING:
        # The arrays and settings of a cell are fields of its own class.
        def __init__(self, *weights: Any, **settings: Any) -> None: ...

        def __getattr__(self, name: str) -> Any: ...

    order: ClassVar[int] = 100
    state_names: ClassVar[tuple[str, ...]] = ("h",)
    gate_names: ClassVar[tuple[str, ...]] = ()
    candidate: ClassVar[str] = ""
    settings: ClassVar[tuple[Setting, ...]] = ()
    structure: ClassVar[str] = "dense"
    state_is_activation: ClassVar[bool] = False
    in_place: ClassVar[bool] = False
    keras_class: ClassVar[str | None] = None
    torch: ClassVar[TorchLayer | None] = None

    # Facts that need no weights.

    @classmethod
    def gate_count(cls) -> int:
        """G, the number of blocks of `units` columns in the kernels."""
        return len(cls.gate_names) or 1

    @classmethod
    def weight_names(cls) -> tuple[str, ...]:
        """The names of its arrays, in Keras's order."""
        return tuple(
            one.name for one in dataclasses.fields(cls) if one.type in (np.ndarray, "np.ndarray")
        )

    @classmethod
    def settings_of(cls, source: object) -> dict[str, Any]:
        """All settings as they stand in an object's attributes; defaults where it has none."""
        return {one.name: getattr(source, one.name, one.default) for one in cls.settings}

    @classmethod
    def weight_shapes(
        cls, units: int, features: int, settings: Mapping[str, Any]
    ) -> dict[str, tuple[int, ...]]:
        """The shape of each weight of one network by its name, in Keras's order."""
        raise NotImplementedError

    @classmethod
    def parameter_formula(cls, settings: Mapping[str, Any]) -> str:
        """How many numbers it learns, in n units and m features: ``"n × (n + m + 1)"``."""
        raise NotImplementedError

    @classmethod
    def step_text(cls, settings: Mapping[str, Any]) -> StepText:
        """Its step as lines of a program."""
        raise NotImplementedError

    @classmethod
    def build(cls, weights: Mapping[str, np.ndarray], settings: Mapping[str, Any]) -> Self:
        """The cell with these weights; settings that only say how weights are drawn may stand."""
        chosen = {one.name: settings[one.name] for one in cls.settings if not one.drawn}
        return cls(**{name: weights[name] for name in cls.weight_names()}, **chosen)

    @classmethod
    def starting_biases(cls, settings: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
        """Gates whose bias starts at one value however it was drawn: value, and which setting.

        It is set before any gain is applied.
        """
        return {}

    # Sizes.

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Its weights by name, in Keras's order."""
        return {name: getattr(self, name) for name in self.weight_names()}

    def with_arrays(self, change: Callable[[np.ndarray], np.ndarray]) -> Self:
        """The same cell, each weight replaced by ``change(weight)``."""
        changed = {name: change(array) for name, array in self.arrays.items()}
        return dataclasses.replace(self, **changed)

    @property
    def units(self) -> int:
        """Number of units."""
        return self._kernel.shape[-1] // self.gate_count()

    @property
    def features(self) -> int:
        """Number of input features."""
        return self._kernel.shape[-2]

    @property
    def networks(self) -> int | None:
        """Length of the leading axis of a stack of networks, None for a single network."""
        return self._kernel.shape[0] if self._kernel.ndim == 3 else None

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the weights and of everything computed from them."""
        return self._kernel.dtype

    @property
    def state_size(self) -> int:
        """Length of the state vector: `units` for each of `state_names`."""
        return self.units * len(self.state_names)

    @property
    def parameter_count(self) -> int:
        """Trainable parameters of one network."""
        return sum(array.size for array in self.arrays.values()) // (self.networks or 1)

    @property
    def nbytes(self) -> int:
        """Memory of the weights, in bytes."""
        return sum(array.nbytes for array in self.arrays.values())

    @property
    def state_range(self) -> tuple[float, float]:
        """Infimum and supremum of a hidden state; infinite where there is no bound."""
        return (-math.inf, math.inf)

    def gate_range(self, name: str) -> tuple[float, float]:
        """Infimum and supremum of a gate, or of the candidate."""
        return (-math.inf, math.inf)

    @property
    def recurrent_blocks(self) -> dict[str, np.ndarray]:
        """What h is multiplied by, (units, units) by gate; "" without gates, none without R."""
        recurrent = self.arrays.get("recurrent_kernel")
        if recurrent is None:
            return {}
        names = self.gate_names or ("",)
        return dict(zip(names, gate_blocks(recurrent, self.gate_count()), strict=True))

    @property
    def _kernel(self) -> np.ndarray:
        return self.kernel  # type: ignore[attr-defined]  # a field of every cell

    @property
    def _activation(self) -> Activation:
        return ACTIVATIONS[self.activation]  # type: ignore[attr-defined]

    @property
    def _input_bias(self) -> np.ndarray:
        """What is added to x·K, (G·units,) or (networks, G·units)."""
        return self.bias  # type: ignore[attr-defined]

    # What it computes.

    def project(self, inputs: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The input's part of the pre-activations, x·K + b, in one matrix product.

        Parameters
        ----------
        inputs : ndarray (..., features)
            With stacked weights (timesteps, features), the same for every network, or
            (networks, timesteps, features).
        out : ndarray (..., G·units), optional
            Where to write.

        Returns
        -------
        ndarray (..., G·units)
            With stacked weights (networks, timesteps, G·units).
        """
        out = np.matmul(inputs, self._kernel, out=out)
        bias = self._input_bias if self.networks is None else self._input_bias[:, None, :]
        return np.add(out, bias, out=out)

    def march(
        self, projected: np.ndarray, initial_state: np.ndarray, rows: Iterable[np.ndarray]
    ) -> np.ndarray:
        """The loop over time, allocating nothing: projected inputs → states, time first in both.

        ``rows`` are those of ``projected`` in their order, and tell how far the loop is.
        """
        shape = (len(projected), *initial_state.shape)
        states = projected if self.in_place else np.empty(shape, initial_state.dtype)
        advance = self.stepper(projected, initial_state)
        after = gate_blocks(states, len(self.state_names))
        # A loop whose body is the call itself: starmap makes it without a line of Python a step.
        for _ in starmap(advance, zip(rows, *after, strict=True)):
            pass
        return states

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """Make the function by which `march` takes one timestep after the other.

        Parameters
        ----------
        projected : ndarray (timesteps, ..., G·units)
            From `project`, for all timesteps; the stepper may overwrite it.
        initial_state : ndarray (..., state_size)
            The state before the first timestep.

        Returns
        -------
        advance
            ``advance(projected[t], *after)`` writes each state (..., units) of timestep t into
            the arrays ``after``, remembers them for the next call, and allocates nothing with
            the cell's default activations. The arrays must stay as they are written. Where the
            cell works ``in_place``, ``after`` is ``projected[t]`` itself.
        """
        return self._stepper_by_steps(initial_state)

    def _stepper_by_steps(self, state: np.ndarray) -> Callable[..., object]:
        """The stepper of any cell, slower: from `step`."""

        def advance(now, *after):
            nonlocal state
            state = self.step(now, state)
            for part, value in zip(after, gate_blocks(state, len(after)), strict=True):
                part[...] = value

        return advance

    def preactivator(self, batch: tuple[int, ...]) -> Callable[..., object]:
        """Make ``preactivate(projected[t], h)``, which puts z in the place of projected[t].

        z is the argument of the activations, with the h of the timestep before.
        """
        raise NotImplementedError

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, a new array.

        Parameters
        ----------
        projected : ndarray (..., G·units)
            From `project`.
        state : ndarray (..., state_size)
            Leading axes broadcast. With stacked weights the first axis is the networks.

        Returns
        -------
        ndarray (..., state_size)
        """
        raise NotImplementedError

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = ∂(next state i)/∂(state j), (..., state_size, state_size)."""
        raise NotImplementedError

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j), (..., state_size, features)."""
        raise NotImplementedError

    def gates(self, preactivations: np.ndarray) -> dict[str, np.ndarray]:
        """The gates, from pre-activations (..., G·units): each (..., units), in Keras's order."""
        return {}

    def argument(self, preactivations: np.ndarray) -> np.ndarray:
        """The argument z of ``activation``, (..., G·units) → (..., units): the candidate's."""
        if not self.gate_names:
            return preactivations
        place = self.gate_names.index(self.candidate)
        return gate_blocks(preactivations, self.gate_count())[place]

    def sums(self, gates: Mapping[str, float], before: Mapping[str, float]) -> tuple[Sum, ...]:
        """How the gates of one unit make its next state, written out; () where that is not told.

        Parameters
        ----------
        gates : mapping of str to float
            Each gate's value by its name, the candidate among them.
        before : mapping of str to float
            Each part of the unit's state before the step, by its name in `state_names`.
        """
        return ()

    # What a "gated" cell tells of its Jacobian, with all gates (..., units) and states known.

    def carried(self, gates: Mapping[str, np.ndarray], states: np.ndarray) -> list[np.ndarray]:
        """∂(each part of the next state)/∂(last part of the state) with the gates held.

        ``states`` (..., state_size) are those after the step; each result is (..., units).
        """
        raise NotImplementedError

    def recurrent_factors(self, gates: Mapping[str, np.ndarray]) -> np.ndarray | None:
        """What h·R is multiplied by before it adds to each gate's argument, (..., G, units).

        None where it enters as x·K does.
        """
        return None

    # How it learns.

    def forward_step(self, tape: Tape) -> Step:
        """Make ``advance(t)``, by which a batch goes forward while the network learns.

        It reads ``tape.reads[t]``, writes the state after timestep t into ``tape.states[t + 1]``
        and keeps in the tape what `backward_step` needs. It may hold the weights of timestep 0
        until the next one, so they must not change on the way.
        """
        raise NotImplementedError

    def backward_step(self, tape: Tape) -> Step:
        """Make ``retreat(t)``, the step of backpropagation through time.

        From ``tape.deltas[t + 1]``, ∂L/∂h_t, and ``tape.carried`` it writes ``tape.errors[t]``,
        adds ∂L/∂h_{t−1} to ``tape.deltas[t]`` and this timestep's part to ``tape.gradient``.
        """
        raise NotImplementedError


def snake_case(class_name: str) -> str:
    """Keras's name for a layer of a class: ``SimpleRNN`` → ``simple_rnn``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name)
    return parted.lower()

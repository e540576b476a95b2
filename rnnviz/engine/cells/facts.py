"""The kinds of facts that a cell tells about itself, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rnnviz.engine.activations import ACTIVATIONS


@dataclass(frozen=True)
class Setting:
    """One thing that can be chosen about a cell besides its arrays.

    Attributes
    ----------
    name : str
        The keyword of the cell, and the name of its knob in links and words.
    default : bool, float or str
        Part of the meaning of every link that does not name it: never change it.
    low, high : float
        Range of a number.
    options : tuple of str
        What a name may be.
    drawn : bool
        Whether it only says how weights are drawn: no keyword of the cell, see
        `RecurrentCell.starting_biases`.
    """

    name: str
    default: bool | float | str
    low: float = 0.0
    high: float = 1.0
    options: tuple[str, ...] = ()
    drawn: bool = False

    def accepts(self, value: object) -> bool:
        """Whether a value is of the default's kind and in the range."""
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if isinstance(self.default, str):
            return value in self.options
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return self.low <= value <= self.high


ACTIVATION = Setting("activation", "tanh", options=tuple(ACTIVATIONS))
RECURRENT_ACTIVATION = Setting("recurrent_activation", "sigmoid", options=tuple(ACTIVATIONS))


@dataclass(frozen=True)
class StepText:
    """A cell's step as lines of a program, for NumPy, PyTorch and Keras alike.

    In the lines W, U and b are the weights, ``projected_t`` is x_t·W + b and ``state_t`` is
    h_{t−1}; they set ``output_t`` to h_t. Fields in braces are settings of the cell, or
    activations of fixed name (``{sigmoid}``); ``split(x, 2)`` cuts the last axis of x into two
    blocks, ``split_columns(U, 2)`` those of a matrix.

    Attributes
    ----------
    name : str
        Of the function that runs the cell.
    step : str
        The lines of one timestep.
    before : str
        Lines that prepare the weights, before the first timestep.
    states : tuple of str
        Variables of the states beside h, zero at first, which the lines carry on themselves.
    """

    name: str
    step: str
    before: str = ""
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Factor:
    """One number in a cell's step and what it is called, such as f or c_{t−1}.

    Attributes
    ----------
    name : str
        In LaTeX's plain letters: "f", "c_{t-1}", "1 - z", "act(c_t)".
    value : float
    """

    name: str
    value: float


@dataclass(frozen=True)
class Sum:
    """How a gated cell makes one part of its state of one unit: a sum of products.

    Attributes
    ----------
    name : str
        Of the part: "c" or "h".
    products : tuple of (Factor, Factor)
    """

    name: str
    products: tuple[tuple[Factor, Factor], ...]

    @property
    def value(self) -> float:
        """The sum, added up from the first product on."""
        return sum(one.value * other.value for one, other in self.products)


@dataclass(frozen=True)
class TorchLayer:
    """PyTorch's layer for a cell, ``torch.nn.<name>``, and how its parameters are laid out.

    Its matrices are the transposes of ours, block by block, and it has two biases.

    Attributes
    ----------
    name : str
        Its class.
    gates : tuple of str
        PyTorch's letters for the blocks, in PyTorch's order.
    order : tuple of int
        For each of PyTorch's blocks the place of ours; empty where the order is the same.
    settings : Mapping of str to tuple
        The only values of a cell's settings that it can have; settings not named may be any.
    two_biases : bool
        Whether the two rows of our bias are its two biases; if not, its second one is zero.
    """

    name: str
    gates: tuple[str, ...] = ()
    order: tuple[int, ...] = ()
    settings: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    two_biases: bool = False

    def places(self, blocks: int) -> tuple[int, ...]:
        """For each of our ``blocks`` its place among PyTorch's."""
        order = self.order or tuple(range(blocks))
        return tuple(order.index(block) for block in range(blocks))

    def has(self, settings: Mapping[str, Any]) -> bool:
        """Whether it can be a cell with these settings."""
        return all(settings[name] in values for name, values in self.settings.items())

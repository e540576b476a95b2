"""One recurrent layer as a value: its cells, and how they are run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine.bidirectional import Bidirectional
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.dense import Dense
from rnnviz.engine.layer_normalization import LayerNormalization

Part = Dense | LayerNormalization
"""What may stand before a recurrent layer, or after the last one."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One recurrent layer of a network.

    Parameters
    ----------
    forward : RecurrentCell
        Its weights; of a Bidirectional layer, those that read from the first timestep on.
    backward : RecurrentCell or None
        Of a Bidirectional layer, the weights that read from the last timestep on.
    return_sequences : bool
        Whether it returns every state, or the last one only.
    go_backwards : bool
        Whether it reads from the last timestep to the first.
    merge_mode : str
        How a Bidirectional layer makes one state of two.
    before : tuple of Dense or LayerNormalization
        What is applied to each timestep before this layer reads it.
    name : str
        What it is called where it comes from; "" for the name that Keras would give it.
    """

    forward: RecurrentCell
    backward: RecurrentCell | None = None
    return_sequences: bool = True
    go_backwards: bool = False
    merge_mode: str = "concat"
    before: tuple[Part, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        if self.backward is not None:
            if self.go_backwards:
                raise ValueError("A Bidirectional layer reads both ways: go_backwards must be off.")
            _ = self.both  # checks that the two fit together

    @property
    def both(self) -> Bidirectional | None:
        """Both directions with how they are merged; None for a layer of one direction."""
        if self.backward is None:
            return None
        return Bidirectional(self.forward, self.backward, self.merge_mode)

    @property
    def cell(self) -> str:
        """Name of its cell in `CELLS`."""
        return type(self.forward).__name__

    @property
    def bidirectional(self) -> bool:
        """Whether it has two directions."""
        return self.backward is not None

    @property
    def units(self) -> int:
        """Units of one direction."""
        return self.forward.units

    @property
    def features(self) -> int:
        """Length of what it is given at one timestep."""
        return self.before[0].features if self.before else self.forward.features

    @property
    def output_features(self) -> int:
        """Length of what it returns at one timestep."""
        return self.units if self.both is None else self.both.units

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the weights and of everything computed from them."""
        return self.forward.dtype

    @property
    def settings(self) -> dict[str, Any]:
        """What the cell is besides its arrays, e.g. ``{"activation": "tanh"}``."""
        return cell_settings(self.forward)

    def __getattr__(self, name: str) -> Any:
        """Return a setting of the cell, e.g. ``layer.activation``."""
        if not name.startswith("_") and name not in ("forward", "backward"):
            settings = cell_settings(self.forward)
            if name in settings:
                return settings[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def parameter_count(self) -> int:
        """Trainable parameters of the recurrent layer itself, both directions counted."""
        cells = [self.forward] if self.backward is None else [self.forward, self.backward]
        return sum(cell.parameter_count for cell in cells)


def cell_settings(cell: RecurrentCell) -> dict[str, Any]:
    """The fields of a cell that are no arrays, by name."""
    return {
        field.name: getattr(cell, field.name)
        for field in dataclasses.fields(cell)
        if not is_array(field)
    }


def is_array(field: dataclasses.Field) -> bool:
    """Whether a field of a cell or of a part holds weights."""
    return field.type in (np.ndarray, "np.ndarray")

"""The knobs of one layer that every cell knows, with their types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerFields:
    """What an Experiment says of one layer, one value each, apart from the cells' own settings.

    Ranges, defaults and meanings are those of the fields of the same names in `Experiment`, where
    a knob may hold one value a layer; a test holds the two lists together.
    """

    units: int
    cell: str
    activation: str
    recurrent_activation: str
    return_sequences: bool
    bidirectional: bool
    go_backwards: bool
    reset_after: bool
    kernel_initializer: str
    recurrent_initializer: str
    bias_initializer: str
    unit_forget_bias: bool
    input_gain: float
    recurrent_gain: float
    spectral_radius: float | None

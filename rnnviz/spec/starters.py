"""Four networks to begin with: what a first visit may choose between, from dead to alive."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rnnviz.spec.experiment import Experiment

_KERAS: Mapping[str, Any] = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}
_CHAOS: Mapping[str, Any] = {
    "kernel_initializer": "lecun_normal",
    "recurrent_initializer": "lecun_normal",
    "bias_initializer": "zeros",
}

STARTERS: Mapping[str, Experiment] = MappingProxyType(
    {
        "pinned": Experiment(),
        "healthy": Experiment(**_KERAS, signal="sine", input_features=3, units=32, input_gain=0.5),
        "chaos": Experiment(
            **_CHAOS, recurrent_gain=2.0, signal="impulse", input_features=1, timesteps=150
        ),
        "text": Experiment(
            **_KERAS,
            signal="text",
            text="to be or not to be, that is the question",
            units=32,
            input_features=8,
            input_gain=4.0,
        ),
    }
)
"""By name; its words are ``starter.<name>``. The first is the lecture's own network."""


LOOKED_AT: Mapping[str, int] = MappingProxyType({"healthy": 20, "chaos": 20, "text": 20})
"""Where the time cursor begins, for those whose first timestep shows little: a sine begins at 0."""


def starter_of(source: object) -> str | None:
    """Return the name of the starter that a source is; None if it is none of them."""
    return next((name for name, one in STARTERS.items() if one == source), None)

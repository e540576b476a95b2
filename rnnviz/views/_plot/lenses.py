"""The lenses: what the cells of the main heatmap may show. A lens is one row of :data:`LENSES`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from rnnviz.analysis.lenses import (
    argument,
    change,
    digits_of_saturation,
    magnitude,
    single_slope,
)
from rnnviz.engine import ACTIVATIONS, Trace
from rnnviz.views._plot.picture import Field, symmetric_limit

_DIGITS = {"float64": 16, "float32": 8}
"""Digits of saturation that a number format can tell from infinitely many, rounded up."""
_EASY = (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12)


@dataclass(frozen=True)
class Lens:
    """One way to look at every cell of a run.

    Parameters
    ----------
    name : str
        Its name in the link; its words are ``lens.<name>.*`` and ``field.<name>.*``.
    values : callable (trace) -> ndarray (timesteps, units)
        What the cells show.
    scale : callable (values, trace) -> dict
        Ends, kind and marks of the colour scale, as :class:`~rnnviz.views._plot.picture.Field` has
        them. Scales do not follow the values where the possible values have ends, so that the
        same colour means the same before and after a knob was moved.
    array_name : str
        The values as an expression of NumPy.
    applies : callable (trace) -> bool
        Whether there is anything to see through it.
    """

    name: str
    values: Callable[[Trace], np.ndarray]
    scale: Callable[[np.ndarray, Trace], dict[str, Any]]
    array_name: str
    applies: Callable[[Trace], bool] = lambda trace: True

    def field(self, trace: Trace, backward: Trace | None = None) -> Field:
        """Return what the heatmap shows through this lens.

        Of a Bidirectional layer, the copy that reads from the end stands beside the other, each
        timestep beside itself, as in ``LayerRun.states``.
        """
        values = self.values(trace)
        if backward is not None:
            values = np.concatenate([values, self.values(backward)[::-1]], axis=-1)
        values.setflags(write=False)
        return Field(values, self.name, array_name=self.array_name, **self.scale(values, trace))


def has_ends(trace: Trace) -> bool:
    """Return whether a state has bounds at all; without (relu, linear) nothing can saturate."""
    return all(map(math.isfinite, trace.layer.state_range))


def state_scale(states: np.ndarray, state_range: tuple[float, float]) -> dict[str, Any]:
    """Return the colour scale of states: the ends of the activation, or the largest state."""
    low, high = state_range
    if math.isfinite(low) and math.isfinite(high):
        return {"low": low, "high": high, "low_mark": low, "high_mark": high}
    return _signed_scale(states)


def _state_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    return state_scale(values, trace.layer.state_range)


def _signed_scale(values: np.ndarray, trace: Trace | None = None) -> dict[str, Any]:
    limit = symmetric_limit(values)
    return {"low": -limit, "high": limit, "low_mark": -math.inf, "high_mark": math.inf}


def _argument_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    scale = _signed_scale(values)
    limit = _rounded_up(scale["high"])
    return scale | {"low": -limit, "high": limit}


def _rounded_up(limit: float) -> float:
    """Return the next number that is easily read off an axis: 1, 1.5, 2, 3, … times ten to some."""
    if not 1e-290 < limit < 1e290:
        return limit
    unit = 10.0 ** math.floor(math.log10(limit))
    return float(f"{next(step * unit for step in _EASY if step * unit >= limit):.2g}")


def _digits_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    most = math.ceil(finite.max()) if finite.size else 0
    high = max(_DIGITS[trace.layer.dtype.name], most)
    return {"low": 0.0, "high": float(high), "kind": "sequential", "high_mark": math.inf}


def _slope_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    activation = ACTIVATIONS[trace.layer.activation]
    scale = {"low": 0.0, "high": activation.greatest_slope, "kind": "sequential", "low_mark": 0.0}
    return scale | ({"missing_key": "field.slope.missing"} if activation.kinks else {})


def _change_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    low, high = trace.layer.state_range
    most = high - low if has_ends(trace) else symmetric_limit(values)
    marks = {"low_mark": 0.0, "high_mark": None if has_ends(trace) else math.inf}
    return {"low": 0.0, "high": most, "kind": "sequential", **marks}


def _magnitude_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    most, least = (finite.max(), finite.min()) if finite.size else (0.0, 0.0)
    high = max(math.ceil(most), 0)
    low = math.floor(least) if least < high else high - 1
    return {
        "low": float(low),
        "high": float(high),
        "kind": "sequential",
        "low_mark": -math.inf,
        "high_mark": None if has_ends(trace) else math.inf,
    }


def _digits(trace: Trace) -> np.ndarray:
    return digits_of_saturation(trace.states, trace.layer.state_range)


def _magnitude(trace: Trace) -> np.ndarray:
    return magnitude(trace.states)


LENSES: Mapping[str, Lens] = MappingProxyType(
    {
        lens.name: lens
        for lens in (
            Lens("state", lambda trace: trace.states, _state_scale, "states"),
            Lens("digits", _digits, _digits_scale, "digits", has_ends),
            Lens("preactivation", argument, _argument_scale, "preactivations"),
            Lens("slope", single_slope, _slope_scale, "slopes"),
            Lens("change", change, _change_scale, "changes"),
            Lens("magnitude", _magnitude, _magnitude_scale, "magnitudes"),
        )
    }
)
"""Every lens by its name in the link, in the order of the switch."""


def lens_for(name: str, trace: Trace) -> Lens:
    """Return the lens of that name, or the plain state where it has nothing to show."""
    lens = LENSES.get(name, LENSES["state"])
    return lens if lens.applies(trace) else LENSES["state"]

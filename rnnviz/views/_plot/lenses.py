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
from rnnviz.engine.bidirectional import BidirectionalTrace
from rnnviz.views._plot.picture import Field, symmetric_limit

_DIGITS = {"float64": 16, "float32": 8}
"""Digits of saturation that a number format can tell from infinitely many, rounded up."""
_EASY = (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12)
Shown = Trace | BidirectionalTrace
"""What has states with a range: of a Bidirectional layer, both directions merged."""


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
    of_states : bool
        Whether it looks at the states alone, so that it can look at merged ones; the others look
        at what a direction computed by itself.
    """

    name: str
    values: Callable[[Any], np.ndarray]
    scale: Callable[[np.ndarray, Any], dict[str, Any]]
    array_name: str
    applies: Callable[[Shown], bool] = lambda trace: True
    of_states: bool = False

    def field(self, trace: Trace, both: BidirectionalTrace | None = None) -> Field:
        """Return what the heatmap shows through this lens.

        Of a Bidirectional layer (``both``; ``trace`` is the forward one), what is of the states is
        of the merged ones. What else a direction computed stands in rows as the states do: one
        direction beside the other, each timestep beside itself. Where the states are no longer
        apart, it is that of the layer that reads forwards, and the field says so.
        """
        shown: Shown = both if both is not None and self.of_states else trace
        values, forward_only = self.values(shown), False
        if both is not None and not self.of_states:
            forward_only = both.layer.merge_mode != "concat"
            if not forward_only:
                values = np.concatenate([values, self.values(both.backward)[::-1]], axis=-1)
        values.setflags(write=False)
        scale = self.scale(values, shown)
        about = {"array_name": self.array_name, "forward_only": forward_only, **scale}
        return Field(values, self.name, **about)


def has_ends(trace: Shown) -> bool:
    """Return whether a state has bounds at all; without (relu, linear) nothing can saturate."""
    return all(map(math.isfinite, trace.layer.state_range))


def state_scale(states: np.ndarray, state_range: tuple[float, float]) -> dict[str, Any]:
    """Return the colour scale of states: the ends of the activation, or the largest state."""
    low, high = state_range
    if math.isfinite(low) and math.isfinite(high):
        return {"low": low, "high": high, "low_mark": low, "high_mark": high}
    return _signed_scale(states)


def _state_scale(values: np.ndarray, trace: Shown) -> dict[str, Any]:
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


def _digits_scale(values: np.ndarray, trace: Shown) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    most = math.ceil(finite.max()) if finite.size else 0
    high = max(_DIGITS[trace.layer.dtype.name], most)
    return {"low": 0.0, "high": float(high), "kind": "sequential", "high_mark": math.inf}


def _slope_scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
    activation = ACTIVATIONS[trace.layer.activation]
    scale = {"low": 0.0, "high": activation.greatest_slope, "kind": "sequential", "low_mark": 0.0}
    missing = "missing" if activation.kinks else ""
    if _is_masked(trace):
        missing = "missing_or_masked" if missing else "masked"
    return scale | ({"missing_key": f"field.slope.{missing}"} if missing else {})


def _change_scale(values: np.ndarray, trace: Shown) -> dict[str, Any]:
    low, high = trace.layer.state_range
    most = high - low if has_ends(trace) else symmetric_limit(values)
    marks = {"low_mark": 0.0, "high_mark": None if has_ends(trace) else math.inf}
    missing = {"missing_key": "field.change.missing"} if _is_merged(trace) else {}
    return {"low": 0.0, "high": most, "kind": "sequential", **marks, **missing}


def _magnitude_scale(values: np.ndarray, trace: Shown) -> dict[str, Any]:
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


def _is_masked(trace: Trace) -> bool:
    return trace.mask is not None and not trace.mask.all()


def _is_merged(trace: Shown) -> bool:
    """Return whether the states of two directions have become one."""
    return isinstance(trace, BidirectionalTrace) and trace.layer.merge_mode != "concat"


def _states(trace: Shown) -> np.ndarray:
    return trace.states


def _digits(trace: Shown) -> np.ndarray:
    return digits_of_saturation(trace.states, trace.layer.state_range)


def _slope(trace: Trace) -> np.ndarray:
    """Return the slopes; none where a timestep is masked: a state that is kept is no act(z)."""
    slopes = single_slope(trace)
    if trace.mask is not None:
        slopes[~trace.mask] = np.nan
    return slopes


def _change(trace: Shown) -> np.ndarray:
    """Return the change since the step before, of each direction in its own order of reading.

    Merged states are in the order of time, and before the first there is none.
    """
    if not isinstance(trace, BidirectionalTrace):
        return change(trace)
    if not _is_merged(trace):
        return np.concatenate([change(trace.forward), change(trace.backward)[::-1]], axis=-1)
    with np.errstate(all="ignore"):
        return np.abs(np.diff(trace.states, axis=-2, prepend=np.nan)).astype(trace.states.dtype)


def _magnitude(trace: Shown) -> np.ndarray:
    return magnitude(trace.states)


LENSES: Mapping[str, Lens] = MappingProxyType(
    {
        lens.name: lens
        for lens in (
            Lens("state", _states, _state_scale, "states", of_states=True),
            Lens("digits", _digits, _digits_scale, "digits", has_ends, of_states=True),
            Lens("preactivation", argument, _argument_scale, "preactivations"),
            Lens("slope", _slope, _slope_scale, "slopes"),
            Lens("change", _change, _change_scale, "changes", of_states=True),
            Lens("magnitude", _magnitude, _magnitude_scale, "magnitudes", of_states=True),
        )
    }
)
"""Every lens by its name in the link, in the order of the switch."""


def lens_for(name: str, trace: Shown) -> Lens:
    """Return the lens of that name, or the plain state where it has nothing to show.

    ``trace`` has the states that are shown: of a Bidirectional layer, the merged ones.
    """
    lens = LENSES.get(name, LENSES["state"])
    return lens if lens.applies(trace) else LENSES["state"]

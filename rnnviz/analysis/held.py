"""Which input is held while a network is looked at as a map of its own state."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine import Trace
from rnnviz.engine.cells.cell import RecurrentCell

MOST_FEATURES = 512
"""Most features whose own values a link takes."""

Parameters = TypeVar("Parameters")

HELD = ("mean", "zero", "cursor")
"""Inputs that have a name: the mean over the run, zeros, the input at the time cursor."""


def held_input(
    trace: Trace, how: str | float | tuple[float, ...] | np.ndarray, timestep: int = 0
) -> tuple[np.ndarray, str]:
    """Return an input to hold (features,) and what it is called.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    how : str, float or sequence of float
        One of :data:`HELD`, one number for all features, or one for each.
    timestep : int
        Where the cursor stands.

    Raises
    ------
    ValueError
        Where ``how`` is neither, or does not fit.
    """
    if not isinstance(how, str):
        values = np.array(how, np.float64)
        values = values[0] if values.shape == (1,) else values
        return checked(trace.layer, values), "values"
    if how == "zero":
        return np.zeros(trace.layer.features), how
    if how not in HELD:
        raise ValueError(
            f"held_input is {how!r}, but {', '.join(HELD)}, one number or one for each of the "
            f"{trace.layer.features} features is needed."
        )
    inputs = np.asarray(trace.inputs, np.float64)
    with np.errstate(all="ignore"):
        held = inputs.mean(axis=0) if how == "mean" else inputs[min(timestep, len(inputs) - 1)]
    # Below a layer that diverges the inputs are not finite: nothing can be held but zeros.
    return np.nan_to_num(held, nan=0.0, posinf=0.0, neginf=0.0), how


def fitted(parameters: Parameters, trace: Trace) -> Parameters:
    """Return parameters whose own ``held_input`` fits the features of a run; else the default."""
    held = getattr(parameters, "held_input", "mean")
    if isinstance(held, str) or len(held) in (1, trace.layer.features):
        return parameters
    return replace(parameters, held_input="mean")  # type: ignore[type-var]


def checked(layer: RecurrentCell, held: np.ndarray | float | None) -> np.ndarray:
    """Return a held input as float64 (features,), zeros for None.

    Raises
    ------
    ValueError
        If the layer is a stack of networks, or the input has another shape or is not finite.
    """
    if layer.networks is not None:
        raise ValueError(
            f"One network is needed, but the layer is a stack of {layer.networks}: analyse them "
            "one at a time."
        )
    if held is None:
        return np.zeros(layer.features)
    values = np.array(held, np.float64)
    if values.ndim == 0:
        values = np.full(layer.features, float(values))
    if values.shape != (layer.features,):
        raise ValueError(
            f"held_input has shape {values.shape}, but the network reads {layer.features} "
            f"features: one number, or an array ({layer.features},)."
        )
    if not np.isfinite(values).all():
        raise ValueError("held_input must hold finite numbers, but some are not.")
    return values


def said(held_as: str) -> tuple[Verdict, ...]:
    """Return the sentence that says which input is held; none where that is not known."""
    keys = {"mean": "held.mean", "zero": "held.zero", "cursor": "held.cursor"}
    return (verdict(keys.get(held_as, "held.values")),) if held_as else ()

"""Switch one unit off and see what the network loses by it, where its feature is and elsewhere."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.dense import Dense
from rnnviz.engine.network import Layer, Network
from rnnviz.engine.run import LayerRun, Run
from rnnviz.engine.running import run as run_network
from rnnviz.moments.joined import layer_number
from rnnviz.moments.losses import losses_of


@dataclass(frozen=True)
class SwitchedOff:
    """Mean loss with a unit and without it: by the next token, or by targets.

    Parameters
    ----------
    unit : int
    before, after : float
        At the timesteps that were asked about.
    before_elsewhere, after_elsewhere : float
        At all others; nan where there are none.
    measure : str
        What a loss is; see `rnnviz.moments.losses.Losses`.
    count, others : int
        How many timesteps were asked about, and how many others there are.
    """

    unit: int
    before: float
    after: float
    before_elsewhere: float
    after_elsewhere: float
    measure: str
    count: int
    others: int


def without_unit(network: Network, unit: int, layer: int | None = None) -> Network:
    """Return the network with nothing reading one unit: as if its state were 0 at all times.

    Raises
    ------
    ValueError
        Where the layer has two directions, or what reads the unit has no weights of its own.
    """
    count = len(network.layers)
    layer = count - 1 if layer is None else layer
    here = network.layers[layer]
    if here.bidirectional or not hasattr(here.forward, "recurrent_kernel"):
        raise ValueError("A unit can be switched off in layers of one direction with U only.")
    if not 0 <= unit < here.units:
        raise ValueError(f"unit is {unit}, but the layer's units go from 0 to {here.units - 1}.")
    layers = list(network.layers)
    layers[layer] = dataclasses.replace(here, forward=_cell_without(here, "recurrent_kernel", unit))
    head = network.head
    if layer == count - 1:
        head = _reading_without(head, unit)
    elif layers[layer + 1].before:
        above = layers[layer + 1]
        layers[layer + 1] = dataclasses.replace(above, before=_reading_without(above.before, unit))
    else:
        above = layers[layer + 1]
        if above.backward is not None:
            raise ValueError("A unit below a Bidirectional layer cannot be switched off here.")
        less = _cell_without(above, "kernel", unit)
        layers[layer + 1] = dataclasses.replace(above, forward=less)
    return dataclasses.replace(network, layers=tuple(layers), head=head)


def _cell_without(layer: Layer, name: str, unit: int) -> RecurrentCell:
    changed = {name: _without_row(getattr(layer.forward, name), unit)}
    return dataclasses.replace(layer.forward, **changed)


def _initial_state(layer: LayerRun) -> Any:
    if layer.backward is None:
        return layer.trace.initial_state
    return layer.trace.initial_state, layer.backward.initial_state


def _reading_without(parts: tuple, unit: int) -> tuple:
    if not parts or not isinstance(parts[0], Dense):
        raise ValueError("What reads the unit is no Dense layer: it cannot be switched off here.")
    kernel = _without_row(parts[0].kernel, unit)
    return (dataclasses.replace(parts[0], kernel=kernel), *parts[1:])


def _without_row(kernel: np.ndarray, unit: int) -> np.ndarray:
    changed = kernel.copy()
    changed[unit] = 0
    return changed


def switch_off(run: Run, unit: int, where: np.ndarray, layer: int | None = None) -> SwitchedOff:
    """Run the network again without one unit, and compare how far it is off.

    Parameters
    ----------
    run : Run
        Of a network that says what it expects next, or whose data have targets; see `losses_of`.
    unit : int
        Which one.
    where : ndarray (steps,) of bool
        Timesteps that are asked about, e.g. the values of the feature that the unit follows.
    layer : int, optional
        The unit's layer; the top one by default.

    Raises
    ------
    ValueError
        Where the unit cannot be switched off, or ``where`` does not fit.
    """
    run = run.whole
    layer = layer_number(run, layer)
    begin = [_initial_state(one) for one in run.layers]
    without = without_unit(run.network, unit, layer)
    # What is carried from trial to trial is the changed network's own.
    again = run_network(without, run.data, begin, stateful=run.stateful)
    told = losses_of(run)
    before, after = told.values, losses_of(again).values
    where = np.asarray(where, bool)
    if where.shape != before.shape:
        raise ValueError(f"where has shape {where.shape}, but there are {len(before)} timesteps.")
    known = ~np.isnan(before)
    here, elsewhere = where & known, ~where & known
    if not here.any():
        raise ValueError("There is no timestep to ask about.")
    return SwitchedOff(
        unit,
        float(before[here].mean()),
        float(after[here].mean()),
        float(before[elsewhere].mean()) if elsewhere.any() else float("nan"),
        float(after[elsewhere].mean()) if elsewhere.any() else float("nan"),
        told.measure,
        int(here.sum()),
        int(elsewhere.sum()),
    )

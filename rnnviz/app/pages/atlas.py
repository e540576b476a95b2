"""The atlas page: many networks as a map over two knobs, each one click away."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import streamlit as st

from rnnviz.app.components.viewer import figure_view
from rnnviz.app.panels.choices import choose, offered
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import shared
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.given import recipe_of
from rnnviz.spec.perspective import Perspective
from rnnviz.sweeps import Sweep, SweepResult, measures
from rnnviz.sweeps import sweep as compute
from rnnviz.sweeps.sweep import spaced
from rnnviz.views._plot import atlas

AXES = ("weight_scale", "recurrent_gain", "input_gain", "spectral_radius", "units",
        "recurrent_initializer", "cell", "signal_amplitude", "seed")  # fmt: skip
"""Knobs that the page offers as axes."""
_RANGES = {
    "weight_scale": (0.001, 10.0), "recurrent_gain": (0.1, 10.0), "input_gain": (0.01, 100.0),
    "spectral_radius": (0.1, 3.0), "signal_amplitude": (0.01, 100.0),
}  # fmt: skip
_UNITS = (2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
_SIZES = (12, 24, 48)
_SECONDS = 40.0
"""Longest that a map may take on a slow laptop; a finer one is not offered."""
_MEASURES = tuple(name for name in measures() if name != "memory")
_SHARE = {"gradient": 5.0, "lyapunov": 3.0, "spectral_radius": 2.0}
"""Time of a measure beside the run itself, as a multiple of the run."""


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the map and return where the visitor looks now."""
    experiment = recipe_of(source)
    knobs = st.columns([2, 2, 1.6], vertical_alignment="bottom")
    perspective = _choose_knobs(knobs[:2], perspective, say)
    perspective = _choose_measure(perspective, say)
    measure = perspective.measure
    with knobs[2]:
        size = _choose_size(experiment, perspective, say)
    try:
        wanted = _sweep(experiment, perspective, size)
    except ExperimentError as error:
        st.warning(error.problems[0].sentence(say.language), icon=":material/warning:")
        return perspective
    result: SweepResult = shared(
        "results",
        ("atlas", wanted),
        _cost(experiment, perspective, size),
        lambda progress: compute(wanted, progress=progress),
        f"atlas of {wanted.networks} networks",
    )
    st.caption(f"{say(f'measure.{measure}.help')} {say('atlas.how_to_read')}")
    _map(result, measure, experiment, perspective, say)
    return perspective


def _choose_knobs(places: Sequence[Any], perspective: Perspective, say: Words) -> Perspective:
    """Draw the choice of the two knobs that vary."""
    chosen = {}
    for place, name in zip(places, ("across", "up"), strict=True):
        standing = getattr(perspective, name)
        standing = standing if standing in AXES else AXES[0]
        value = place.selectbox(
            say(f"atlas.{name}"),
            AXES,
            format_func=lambda one: say(f"knob.{one}.label"),
            key=state.widget(f"atlas.{name}", standing),
        )
        chosen[name] = offered(value, AXES, standing)
    return perspective.replace(**chosen)


def _choose_measure(perspective: Perspective, say: Words) -> Perspective:
    """Draw the choice of what is measured, with what it means."""
    standing = perspective.measure if perspective.measure in _MEASURES else _MEASURES[0]
    measure = choose(
        "atlas.measure",
        _MEASURES,
        standing,
        say("atlas.measure"),
        lambda one: say(f"measure.{one}.label"),
        st.pills,
    )
    return perspective.replace(measure=measure)


def _choose_size(experiment: Experiment, perspective: Perspective, say: Words) -> int:
    """Draw the choice of how fine the map is; what would take too long is not offered."""
    sizes = [size for size in _SIZES if _cost(experiment, perspective, size) <= _SECONDS]
    sizes = sizes or list(_SIZES[:1])
    chosen = st.segmented_control(
        say("atlas.size"),
        sizes,
        default=sizes[min(1, len(sizes) - 1)],
        required=True,
        format_func=lambda size: f"{size} × {size}",
        key=f"atlas.size.{len(sizes)}",
    )
    return offered(chosen, sizes, sizes[0])


def axis_values(name: str, size: int) -> list[Any]:
    """The values of a knob along an axis of the map."""
    if name in _RANGES:
        return list(spaced(*_RANGES[name], size))
    if name == "units":
        return list(_UNITS)
    if name == "seed":
        return list(range(size))
    options = TABLE[name].kind.options
    return [one for one in options if name != "recurrent_initializer" or one != "zeros"]


def _sweep(experiment: Experiment, perspective: Perspective, size: int) -> Sweep:
    up, across = perspective.up, perspective.across
    other = next(name for name in AXES if name != across)
    up = up if up != across else other
    axes = {up: axis_values(up, size), across: axis_values(across, size)}
    return Sweep(experiment, axes, (perspective.measure,))


def _cost(experiment: Experiment, perspective: Perspective, size: int) -> float:
    """Seconds of a map on a slow laptop, roughly: networks in stacks take a third of one alone."""
    networks = len(axis_values(perspective.up, size)) * len(axis_values(perspective.across, size))
    return networks * experiment.cost.seconds * (1 + _SHARE.get(perspective.measure, 0.3)) / 3


def _map(
    result: SweepResult, measure: str, experiment: Experiment, perspective: Perspective, say: Words
) -> None:
    """Show the map; a click opens the network of that cell on the States page."""
    figure = atlas.draw(result, measure, style_of(perspective, say), _place_of(result, experiment))
    key = state.component("atlas")
    click = figure_view(figure, "atlas", key=key, picks=True)
    picked = state.chosen("atlas", click)
    if picked is None:
        return
    place = atlas.place_at(result, picked[:2])
    if place is not None and place not in result.reasons:
        opened = result.sweep.experiment_at(place)
        state.go(opened, dataclasses.replace(perspective, page="states"))
        st.rerun()


def _place_of(result: SweepResult, experiment: Experiment) -> tuple[int, int] | None:
    """Where the experiment itself stands on the map; None where it is not one of its networks."""
    places = []
    for name, values in result.sweep.axes:
        value = getattr(experiment, name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and name != "seed":
            near = min(range(len(values)), key=lambda one: abs(values[one] - value))
            ends = sorted((values[0], values[-1]))
            if not ends[0] <= value <= ends[1]:
                return None
            places.append(near)
        elif value in values:
            places.append(values.index(value))
        else:
            return None
    return places[0], places[1]

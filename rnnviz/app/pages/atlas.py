"""The atlas page: many networks as a map over two knobs, each one click away."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from rnnviz.app.components.viewer import Selection, figure_view, read_selection
from rnnviz.app.panels.choices import choose, offered
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import kept_result, shared
from rnnviz.app.sidebar.download import download
from rnnviz.i18n import Words
from rnnviz.knobs import Choice
from rnnviz.link import Shown
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.given import recipe_of
from rnnviz.spec.perspective import Perspective
from rnnviz.sweeps import Sweep, SweepResult, measures
from rnnviz.sweeps.chunks import level_count
from rnnviz.sweeps.cost import seconds_for
from rnnviz.sweeps.refining import filled, refine
from rnnviz.sweeps.shipped import DRAWN, SHIPPED, SIZES, read_shipped, shipped_name
from rnnviz.sweeps.sweep import spaced
from rnnviz.sweeps.theory import expected_radii
from rnnviz.views._plot import atlas

AXES = ("weight_scale", "recurrent_gain", "input_gain", "spectral_radius", "units",
        "recurrent_initializer", "cell", "signal_amplitude", "seed")  # fmt: skip
"""Knobs that the page offers as axes."""
_RANGES = {
    "weight_scale": (0.001, 10.0), "recurrent_gain": (0.1, 10.0), "input_gain": (0.01, 100.0),
    "spectral_radius": (0.1, 3.0), "signal_amplitude": (0.01, 100.0),
}  # fmt: skip
_GRIDS = (12, 24, 48)
_REPEATS = (1, 2, 4, 8)
_SECONDS = 40.0
"""Longest that a map may take on a slow laptop; a finer one is not offered."""
_DRAGS = ("zoom", "select", "lasso")
"""What a drag on the map does, as Plotly calls it."""
_SLOW = ("memory",)
"""Measures that are shown where their numbers come with the package, and not computed here."""


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the maps and return where the visitor looks now."""
    experiment = recipe_of(source)
    _offer_shipped(perspective, say)
    with st.container(key="atlas_choices"):
        places = st.columns([1.4, 1.4, 1.95, 1.45, 1.4], vertical_alignment="bottom")
    perspective = _choose_axes(places, experiment, perspective, say)
    perspective = _choose_measures(places[-1], experiment, perspective, say)
    try:
        wanted = _sweep(experiment, perspective)
    except ExperimentError as error:
        st.warning(error.problems[0].sentence(say.language), icon=":material/warning:")
        return perspective
    result, level = _known(wanted)
    _explain(wanted, perspective, say)
    if result is not None:
        _maps(result, level, experiment, perspective, say)
    if level + 1 < level_count(wanted):
        share = sum(4.0**-step for step in range(level_count(wanted) - level - 1))
        cost = _cost(experiment, perspective, perspective.grid) / 4 * share
        shared(
            "results",
            ("atlas", wanted, level + 1),
            cost,
            lambda progress: refine(wanted, level + 1, result, progress),
            f"atlas of {wanted.networks} networks",
        )
        st.rerun()
    return perspective


def _known(wanted: Sweep) -> tuple[SweepResult | None, int]:
    """The finest level of a sweep that is there already, and its number; −1 for none."""
    name, last = shipped_name(wanted), level_count(wanted) - 1
    if name is not None:
        return read_shipped(name), last
    for level in range(last, -1, -1):
        found = kept_result(("atlas", wanted, level))
        if found is not None:
            return found, level
    return None, -1


def _offer_shipped(perspective: Perspective, say: Words) -> None:
    """Offer the sweeps whose numbers come with the package."""
    with st.container(horizontal=True, key="atlas_shipped", vertical_alignment="center"):
        st.caption(say("atlas.examples"), width="content")
        for name, one in SHIPPED.items():
            axes = dict(one.axes)
            up, across = [axis for axis in axes if axis != "seed"]
            chosen = perspective.replace(
                up=up,
                across=across,
                measure=one.measures[0],
                beside=one.measures[1],
                repeats=len(axes.get("seed", (0,))),
                grid=max(len(axes[up]), len(axes[across])),
            )
            st.button(
                say(f"atlas.shipped.{name}"),
                key=f"atlas.shipped.{name}",
                type="tertiary",
                on_click=state.go,
                args=(one.experiment, chosen),
            )


def _choose_axes(
    places: Sequence[Any], experiment: Experiment, perspective: Perspective, say: Words
) -> Perspective:
    """Draw the choices of the two knobs that vary, how finely, and how often."""
    chosen: dict[str, Any] = {}
    for place, name in zip(places, ("across", "up"), strict=False):
        standing = getattr(perspective, name)
        standing = standing if standing in AXES else AXES[0]
        value = place.selectbox(
            say(f"atlas.{name}"),
            AXES,
            format_func=lambda one: say(f"knob.{one}.label"),
            key=state.widget(f"atlas.{name}", standing),
        )
        chosen[name] = offered(value, AXES, standing)
    perspective = perspective.replace(**chosen)
    grids = [grid for grid in _GRIDS if _cost(experiment, perspective, grid) <= _SECONDS]
    grids = grids or list(_GRIDS[:1])
    if _shipped(experiment, perspective) and perspective.grid not in grids:
        grids.append(perspective.grid)
    standing_grid = max((one for one in grids if one <= perspective.grid), default=grids[0])
    repeats = _REPEATS if "seed" not in (perspective.across, perspective.up) else (1,)
    standing_repeats = perspective.repeats if perspective.repeats in repeats else 1
    with places[2]:
        grid = choose(
            "atlas.grid",
            grids,
            standing_grid,
            say("atlas.size"),
            lambda one: f"{one} × {one}",
            label_visibility="visible",
        )
    with places[3]:
        times = choose(
            "atlas.repeats",
            repeats,
            standing_repeats,
            say("atlas.repeats"),
            str,
            label_visibility="visible",
        )
    return perspective.replace(grid=grid, repeats=times)


def _choose_measures(
    other: Any, experiment: Experiment, perspective: Perspective, say: Words
) -> Perspective:
    """Draw the choice of what is measured, and of a second map beside the first."""
    shipped = _shipped(experiment, perspective)
    there = SHIPPED[shipped].measures if shipped else ()
    known = tuple(name for name in measures() if name not in _SLOW or name in there)
    standing = perspective.measure if perspective.measure in known else known[0]
    measure = choose(
        "atlas.measure",
        known,
        standing,
        say("atlas.measure"),
        lambda one: say(f"measure.{one}.label"),
        st.pills,
    )
    others = ("", *(name for name in known if name != measure))
    second = perspective.beside if perspective.beside in others else ""
    beside = other.selectbox(
        say("atlas.beside"),
        others,
        format_func=lambda one: say(f"measure.{one}.label") if one else say("atlas.no_second"),
        key=state.widget("atlas.beside", second),
    )
    beside = offered(beside, others, second) or None
    return perspective.replace(measure=measure, beside=beside)


def _shipped(experiment: Experiment, perspective: Perspective) -> str | None:
    """The shipped sweep that holds the numbers of a perspective, by name; None where none does."""
    try:
        return shipped_name(_sweep(experiment, perspective))
    except ExperimentError:
        return None


def axis_values(name: str, size: int) -> list[Any]:
    """The values of a knob along an axis of the map."""
    if name in _RANGES:
        return list(spaced(*_RANGES[name], size))
    if name == "units":
        return list(SIZES)
    if name == "seed":
        return list(range(size))
    if name == "recurrent_initializer":
        return list(DRAWN)
    kind = TABLE[name].kind
    assert isinstance(kind, Choice)  # as all other AXES
    return list(kind.options)


def _sweep(experiment: Experiment, perspective: Perspective) -> Sweep:
    up, across = perspective.up or AXES[1], perspective.across or AXES[0]
    up = up if up != across else next(name for name in AXES if name != across)
    axes = {up: axis_values(up, perspective.grid), across: axis_values(across, perspective.grid)}
    if perspective.repeats > 1 and "seed" not in axes:
        axes["seed"] = [experiment.seed + one for one in range(perspective.repeats)]
    chosen = [name for name in (perspective.measure, perspective.beside) if name]
    return Sweep(experiment, axes, chosen)


def _cost(experiment: Experiment, perspective: Perspective, grid: int) -> float:
    """Seconds of a map on a slow laptop, roughly."""
    up, across = perspective.up or AXES[1], perspective.across or AXES[0]
    networks = len(axis_values(up, grid)) * len(axis_values(across, grid)) * perspective.repeats
    names = [name for name in (perspective.measure, perspective.beside) if name]
    return seconds_for(experiment, networks, names)


def _explain(wanted: Sweep, perspective: Perspective, say: Words) -> None:
    """Say what the colours mean and what the lines are."""
    told = [say(f"measure.{name}.help") for name in wanted.measures]
    if _radii(wanted) is not None:
        told.append(say("atlas.theory"))
    told.append(say("atlas.how_to_read"))
    if wanted.layer_count > 1:
        told.append(say("atlas.last_layer", layers=wanted.layer_count))
    if wanted.experiment.layers[-1].bidirectional:
        told.append(say("direction.forward_only"))
    if shipped_name(wanted) is None:
        seconds = math.ceil(_cost(wanted.experiment, perspective, perspective.grid))
        told.append(say("atlas.cost", networks=f"{wanted.networks:,}", seconds=f"{seconds:,}"))
    st.caption(" ".join(told))


def _radii(wanted: Sweep) -> np.ndarray | None:
    """The expected radii of U over the two axes of the map."""
    axes = {name: values for name, values in wanted.axes if name != "seed" or len(wanted.axes) == 2}
    return expected_radii(Sweep(wanted.experiment, axes, wanted.measures[:1]))


def _maps(
    result: SweepResult, level: int, experiment: Experiment, perspective: Perspective, say: Words
) -> None:
    """Show a map for each measure; a click opens the network of that cell on the States page."""
    shown, radii = filled(result, level), _radii(result.sweep)
    names, mark = result.sweep.measures, _place_of(result, experiment)
    keys, map = ("atlas", "atlas.second")[: len(names)], _map_of(result)
    above = st.container(horizontal=True, vertical_alignment="bottom", key="atlas_drag")
    maps, below = st.container(), st.container()
    with above:
        drag = choose(
            "atlas.drag",
            _DRAGS,
            _DRAGS[0],
            say("atlas.drag"),
            lambda name: say(f"atlas.drag_{name}"),
            label_visibility="visible",
        )
    outline = _outline(keys, map) if drag != "zoom" else None
    for place, name, key in zip(maps.columns(len(names)), names, keys, strict=True):
        with place:
            figure = atlas.draw(shown, name, style_of(perspective, say), mark, radii, outline)
            figure.update_layout(dragmode=drag)
            click = figure_view(
                figure, key, key=state.component(key), picks=True, fills=True, map=map
            )
        picked = state.chosen(key, click)
        if picked is not None:
            _open(result, picked[:2], perspective)
    _take_away(result, level, drag, outline, (above, below), say)


def _map_of(result: SweepResult) -> str:
    """The name of the map in the browser: by it a selection is told from one of another map."""
    return " ".join([*result.sweep.names, *map(str, result.sweep.shape)])


def _outline(keys: Sequence[str], map: str) -> atlas.Outline | None:
    """What was drawn last around cells, on either map; None where nothing was."""
    told = [read_selection(state.asked(state.component(key), "selection"), map) for key in keys]
    found: list[Selection] = [one for one in told if one is not None]
    if not found:
        return None
    last = max(found, key=lambda one: one.moment)
    return atlas.Outline(last.x, last.y)


def _take_away(
    result: SweepResult,
    level: int,
    drag: str,
    outline: atlas.Outline | None,
    places: tuple[Any, Any],
    say: Words,
) -> None:
    """Say which networks are chosen, and offer their numbers; all of them while none is.

    What moves the maps when it comes is said below them.
    """
    above, below = places
    rows, columns = (len(values) for _, values in atlas.axes_of(result))
    cells = np.ones((rows, columns), bool) if outline is None else outline.cells(rows, columns)
    counts = {"cells": f"{cells.sum():,}", "all": f"{cells.size:,}"}
    told = [_told(result, name, cells, say) for name in result.sweep.measures]
    if outline is not None:
        above.markdown(say("atlas.chosen", **counts), width="content")
        below.caption("  \n".join(told))
    elif drag != "zoom":
        below.caption(say("atlas.draw_around", **counts))
    if level < level_count(result.sweep) - 1:
        return  # numbers of cells that are still to be computed are none
    download(
        above,
        say("atlas.numbers" if outline is None else "atlas.numbers_chosen", **counts),
        "atlas.csv",
        lambda: result.frame[rows_of(result, cells)].to_csv(index=False).encode(),
        say,
        key="atlas.numbers",
        width="content",
        icon=":material/table:",
    )


def rows_of(result: SweepResult, cells: np.ndarray) -> np.ndarray:
    """Return which rows of a result's table are networks of some ``(rows, columns)`` of cells."""
    names = list(result.sweep.names)
    places = [names.index(name) for name, _ in atlas.axes_of(result)]
    shape = [count if axis in places else 1 for axis, count in enumerate(result.sweep.shape)]
    return np.broadcast_to(cells.reshape(shape), result.sweep.shape).ravel()


def _told(result: SweepResult, name: str, cells: np.ndarray, say: Words) -> str:
    """Say between what the finite numbers of the chosen cells lie, and their mean."""
    values = (result.array(name) if len(result.sweep.axes) == 2 else result.mean(name))[cells]
    finite = values[np.isfinite(values)]
    label = say(f"measure.{name}.label")
    if not finite.size:
        return say("atlas.chosen_none", measure=label)
    low, high, mean = (f"{one:.4g}".replace("-", "−") for one in
                       (finite.min(), finite.max(), finite.mean()))  # fmt: skip
    count = f"{finite.size:,}"
    return say("atlas.chosen_range", measure=label, low=low, high=high, mean=mean, count=count)


def _open(result: SweepResult, point: Sequence[float], perspective: Perspective) -> None:
    """Go to the network of a cell, the first of its repetitions."""
    place = atlas.place_at(result, (point[0], point[1]))
    if place is None:
        return
    index = place if len(result.sweep.axes) == 2 else (*place, 0)
    if index in result.reasons:
        return
    opened = result.sweep.experiment_at(index)
    state.go(opened, dataclasses.replace(perspective, page="states"))
    st.rerun()


def _place_of(result: SweepResult, experiment: Experiment) -> tuple[int, int] | None:
    """Where the experiment itself stands on the map; None where it is not one of its networks."""
    places = []
    for name, values in atlas.axes_of(result):
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

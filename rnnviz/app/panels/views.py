"""The views of a page: one is chosen, computed and shown, with how it is read."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from rnnviz.app.components.viewer import figure_view
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.panels.problems import plain
from rnnviz.app.panels.view_settings import view_settings
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import LONG, result_of
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.experiment import ExperimentError
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import View, grouped, views_of

_PICKS = {"bifurcation": "weight_scale"}
"""View -> the knob whose values stand along its x axis: a click goes there."""
_TOP = 16
"""Margin above a figure whose title stands in the page, in pixels."""


def choose_view(page: str, run: Run, perspective: Perspective, say: Words) -> View:
    """Offer the views of a page, each group under its name, and return the chosen one."""
    views = {view.name: view for view in views_of(page) if view.is_offered(run)}
    standing = views.get(perspective.view or "") or next(iter(views.values()))
    if perspective.lesson:
        # The view that the lesson speaks of, and no other: some would tell the answer.
        return standing
    groups = grouped(views.values())
    picked = [state.moved(_switch(page, group)) for group in groups]
    chosen = next((views[name] for name in picked if name in views), standing)
    with st.container(horizontal=True, key=f"views-{page}"):
        for group, members in groups.items():
            names = [view.name for view in members]
            st.pills(
                say(f"group.{group}"),
                names,
                format_func=lambda name: say(f"view.{name}.short"),
                key=state.follower(
                    _switch(page, group), chosen.name if chosen.name in names else None
                ),
                width="content",
            )
    return chosen


def _switch(page: str, group: str) -> str:
    """Return the name of the widget that chooses among the views of a group."""
    return f"view.{page}.{group}"


def show_chosen(
    view: View, run: Run, perspective: Perspective, say: Words, aside: Any
) -> Perspective:
    """Show a view; how it is read and what can be set about it stand ``aside``.

    Returns the perspective as the settings stand.
    """
    with aside:
        read = st.container()
        perspective = view_settings(view.name, run, perspective, say)
    show_view(view, run, perspective, say, read_at=read, fills=True)
    return perspective.replace(view=view.name)


def show_view(
    view: View,
    run: Run,
    perspective: Perspective,
    say: Words,
    reveal: bool = False,
    read_at: Any = None,
    fills: bool = False,
) -> None:
    """Compute a view and show it under its title, with how it is read.

    ``reveal`` scrolls it into sight; ``read_at`` is where to say how it is read, if not below it.
    ``fills`` lets the figure be as tall as the screen allows.
    """
    with st.container(key=f"{'at-cursor' if view.at_cursor else 'figure'}-{view.name}"):
        title(view.name, say)
        result = analysed(view, run, perspective)
        figure = view.figure(run, perspective, result, style_of(perspective, say))
        _say_verdict(figure)
        follow = view.follow(result) if view.follow else ()
        at = shown_step(run, perspective) if view.at_cursor else None
        knob = _PICKS.get(view.name) if run.experiment else None
        key = state.component(f"pick.{view.name}") if knob else None
        click = figure_view(
            figure,
            view.name,
            key=key,
            follow=follow,
            reveal=reveal,
            at=at,
            picks=bool(knob),
            fills=fills,
        )
        picked = state.chosen(f"pick.{view.name}", click) if knob else None
        if knob and picked is not None:
            _go_to(knob, picked[0], run, perspective)
        with read_at or nullcontext():
            st.caption(view.told(run, perspective, say).how_to_read)


def _go_to(knob: str, value: float, run: Run, perspective: Perspective) -> None:
    """Go to the experiment with a knob at the value that was clicked."""
    try:
        wanted = run.experiment.replace(**{knob: float(f"{value:.3g}")})
    except ExperimentError:
        return
    if wanted != run.experiment:
        state.go(wanted, perspective)
        st.rerun()


def shown_step(run: Run, perspective: Perspective) -> int:
    """Return the timestep that a view of the cursor shows."""
    return min(perspective.timestep, run.timesteps - 1)


def title(name: str, say: Words) -> None:
    """Show the title of a view."""
    st.markdown(f"##### {say(f'view.{name}.title')}")


def head(view: View, run: Run, perspective: Perspective, say: Words) -> None:
    """Show the title of a view, and how it is read."""
    title(view.name, say)
    st.caption(view.told(run, perspective, say).how_to_read)


def _say_verdict(figure: go.Figure) -> None:
    """Say what a figure means as text of the page, instead of in the figure's own title."""
    verdict = (figure.layout.meta or {}).get("verdict")
    if verdict:
        st.markdown(f"**{plain(verdict)}**")
        spare = figure.layout.margin.t - _TOP
        figure.update_layout(title=None, margin_t=_TOP, height=figure.layout.height - spare)


def analysed(view: View, run: Run, perspective: Perspective) -> Any:
    """Compute a result, or take the one that somebody with the same link computed."""
    prefix = view.name + "."
    settings = tuple(pair for pair in perspective.parameters if pair[0].startswith(prefix))
    looks_at_cursor = view.at_cursor or any(text == "cursor" for _, text in settings)
    cursor = (perspective.timestep, perspective.unit) if looks_at_cursor else ()
    return result_of(
        view.name,
        run,
        lambda progress: (
            view.analyse(run, perspective, progress=progress)
            if view.progress
            else view.analyse(run, perspective)
        ),
        seconds=LONG if view.progress else None,
        detail=(perspective.layer, settings, *cursor),
    )

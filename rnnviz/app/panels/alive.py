"""A view of a network in which nothing moves: what it would show, and the way to one that does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from rnnviz.analysis.saturation import saturation
from rnnviz.app.runtime import state
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.starters import STARTERS

SHOWN_BY: Mapping[str, str] = MappingProxyType(
    {
        "spectrum": "healthy",
        "gradients": "healthy",
        "connectivity": "healthy",
        "memory": "healthy",
        "trajectory": "healthy",
        "trajectory_3d": "healthy",
        "lyapunov": "chaos",
        "twins": "chaos",
        "fixed_points": "chaos",
        "bifurcation": "chaos",
        "moments": "text",
    }
)
"""View -> the starter in which there is something to see of it."""


def is_dead(run: Run, layer: int) -> bool:
    """Whether every state of a layer from the second step on is exactly at an end."""
    pinned_from = saturation(run.layers[layer].trace).exact_from
    return run.timesteps > 2 and pinned_from is not None and pinned_from <= 1


def show_alive(view: str, run: Run, perspective: Perspective, say: Words) -> None:
    """Say what a view would show, and offer it, where the network that is shown has nothing."""
    if view not in SHOWN_BY or not is_dead(run, perspective.layer_in(run.layers)):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="alive"):
        st.markdown(f"{say('alive.dead')} {say(f'alive.{view}')}", width="stretch")
        # Moments is a page, not one of the views that a link names.
        chosen = {"begin": 6, "span": 5} if view == "moments" else {"view": view}
        moved = perspective.replace(timestep=20, unit=0, layer=0, **chosen)
        st.button(
            say("alive.show"),
            icon=":material/play_circle:",
            key="alive.show",
            on_click=state.go,
            args=(STARTERS[SHOWN_BY[view]], moved),
        )

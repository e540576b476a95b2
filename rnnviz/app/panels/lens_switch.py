"""The switch above the main picture: through which lens it is looked at, and how that is read."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.choices import choose
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.lenses import LENSES, lens_for


def choose_lens(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Offer the lenses; the picture keeps its zoom and its cursor when they change."""
    with st.container(horizontal=True, vertical_alignment="center", key="lens"):
        name = choose(
            "lens",
            LENSES,
            perspective.lens,
            say("lens.label"),
            lambda name: say(f"lens.{name}.label"),
            wrap=True,
        )
        layer = run.layers[perspective.layer_in(run.layers)]
        shown = lens_for(name, layer.trace).name == name
        st.caption(say(f"lens.{name}.how_to_read" if shown else "lens.no_ends"), width="stretch")
    return perspective.replace(lens=name)

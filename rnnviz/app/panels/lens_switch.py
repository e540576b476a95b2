"""The switch above the main picture: through which lens it is looked at, and how that is read."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.choices import choose
from rnnviz.app.runtime import state
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.lenses import LENSES
from rnnviz.views._plot.picture_words import how_to_read
from rnnviz.views._plot.trial_lenses import TRIAL_LENSES

_CONTRAST = "contrast"


def choose_lens(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Offer the lenses; the picture keeps its zoom and its cursor when they change."""
    with st.container(horizontal=True, vertical_alignment="center", key="lens"):
        offered = (*LENSES, *TRIAL_LENSES) if run.whole.has_trials else tuple(LENSES)
        name = choose(
            "lens",
            offered,
            perspective.lens if perspective.lens in offered else "state",
            say("lens.label"),
            lambda name: say(f"lens.{name}.label"),
            wrap=True,
        )
        perspective = _contrast(run, perspective.replace(lens=name), say)
        field = states.analyse(run, perspective).field
        told = how_to_read(field, say) if field.name == name else say("lens.no_ends")
        st.caption(told, width="stretch")
    return perspective


def _contrast(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Offer the picture's own contrast; it goes on by itself where the fixed scale is too wide."""
    moved = state.moved(_CONTRAST)
    if moved is not None:
        perspective = perspective.replace(contrast="own" if moved else "fixed")
    standing = perspective.contrast
    own = states.analyse(run, perspective).field.own if standing == "auto" else standing == "own"
    st.toggle(
        say("knob.contrast.label"),
        help=say("contrast.help"),
        key=state.follower(_CONTRAST, own),
        width="content",
    )
    return perspective

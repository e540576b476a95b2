"""What each unit follows, asked when the panel is opened: it takes a few seconds."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import result_of
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.moments import UnitFindings, explain_units
from rnnviz.moments.explain import LEAST_STEPS, MOST_STEPS
from rnnviz.sentences.numbers import percent
from rnnviz.sentences.units import followed
from rnnviz.spec.perspective import Perspective

MOST_SAID = 12
"""So many findings are said."""
_SPEED = 5e5
"""States that are asked about in a second on a slow laptop, roughly."""


def ask_units(run: Run, layer: int, source: Shown, perspective: Perspective, say: Words) -> None:
    """Draw the panel, folded until it is opened."""
    folder = st.expander(
        say("moments.ask_units"), icon=":material/hearing:", key="unfolded.units", on_change="rerun"
    )
    if not folder.open:
        return
    with folder:
        steps = sum(run.lengths)
        if steps < LEAST_STEPS:
            st.info(say("moments.too_short", least=LEAST_STEPS))
            return
        units = run.layers[layer].states.shape[-1]
        found: UnitFindings = result_of(
            "units",
            run.whole,
            lambda progress: explain_units(run, layer=layer, progress=progress),
            0.2 + min(steps, MOST_STEPS) * units / _SPEED,
            layer,
        )
        asked = {"units": found.units, "features": len(found.features)}
        st.caption(say("moments.ask_units_help", level=percent(found.level), **asked))
        if not found.findings:
            st.markdown(say("moments.nothing_followed", units=found.units))
        for one in found.findings[:MOST_SAID]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(followed(one, say), width="content")
                st.button(
                    say("moments.colour_by", unit=one.unit),
                    icon=":material/palette:",
                    key=f"moments.colour_by.{one.unit}",
                    on_click=state.go,
                    args=(source, perspective.replace(unit=one.unit, colour="unit")),
                )
        if len(found.findings) > MOST_SAID:
            st.caption(say("moments.and_more", count=len(found.findings) - MOST_SAID))

"""The main page: the reading, the states over time, closer looks, and the lecture's print-out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from rnnviz.app.panels.closer import look_closer
from rnnviz.app.panels.closer.one_step import UNIT
from rnnviz.app.panels.lens_switch import choose_lens
from rnnviz.app.panels.main_view import main_view
from rnnviz.app.panels.network import networks_of, show_network
from rnnviz.app.panels.reading import prefetched_readings, show_reading
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import run_of, trial_of
from rnnviz.app.runtime.visibility import Visibility, visibility
from rnnviz.app.server.streamlit_private import DeltaGenerator
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.style import FIRST_STEP

_SAID = "said"
_LISTED_VALUES = 32
"""As many values as the lecture's notes print of a row."""


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = trial_of(run_of(source), perspective)
    look = visibility(perspective)
    above = _above(look)
    unit = state.moved(UNIT)
    if unit is not None:
        perspective = perspective.replace(unit=unit - FIRST_STEP)
    if look.shows("lens"):
        perspective = choose_lens(run, perspective, say)
    said = prefetched_readings(source, perspective, say)
    told = _SAID if look.shows("reading") or look.shows("numbers") else ""
    network = networks_of(source, perspective, say) if look.shows("network") else None
    perspective = main_view(run, perspective, say, said=said, network=network, said_in=told)
    # What the states mean takes longer than to show them: the picture does not wait for it.
    with above:
        with st.container(key=_SAID):
            show_reading(run, perspective, say)
        if look.shows("network"):
            perspective = show_network(run, perspective, say)
    if look.shows("closer"):
        perspective = look_closer(run, perspective, say)
    if look.shows("listing"):
        _listing(run, say)
    return perspective


def _above(look: Visibility) -> DeltaGenerator:
    """Return the place above the picture: what the states do, and beside it the network."""
    if look.shows("network"):
        return st.container(horizontal=True, key="above")
    return st.container()


def _listing(run: Run, say: Words) -> None:
    """Offer the lecture's own print-out: the shape, and the first row to eight decimals."""
    # Folded, the table is not made: most visitors never look at it, and all would wait for it.
    folder = st.expander(
        say("listing.title"), icon=":material/terminal:", key="unfolded.listing", on_change="rerun"
    )
    if not folder.open:
        return
    timesteps, units = run.states.shape
    count = min(_LISTED_VALUES, units)
    numbers = {"shape": run.states.shape, "timesteps": timesteps, "units": units, "count": count}
    with folder:
        st.markdown(say("listing.shape", **numbers))
        st.dataframe(listing(run, say), width="stretch")
        st.caption(say("listing.rounding"))


def listing(run: Run, say: Words) -> pd.DataFrame:
    """Return the first rows of the states as text, eight decimals, as NumPy's notes print them."""
    rows = run.states[:10, :_LISTED_VALUES]
    table = pd.DataFrame(np.vectorize("{:.8f}".format)(rows))
    table.index.name = say("listing.step")
    return table

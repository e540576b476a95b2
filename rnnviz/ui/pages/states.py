"""The main page: the reading, its numbers, the states over time, and the lecture's print-out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from rnnviz.analysis.saturation import SATURATED_FROM, Saturation, saturation
from rnnviz.engine import spectral_radius
from rnnviz.experiment import Experiment
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.readings import number, percent, read_saturation
from rnnviz.simulate import LayerRun, Run
from rnnviz.ui.main_view import main_view
from rnnviz.ui.runs import run_of

_LISTED_VALUES = 32
"""As many values as the lecture's notes print of a row."""


def show(experiment: Experiment, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = run_of(experiment)
    layer = run.layers[min(perspective.layer, len(run.layers) - 1)]
    result = saturation(layer.trace)
    st.markdown(f"#### {read_saturation(result, layer.layer.units, experiment.dtype, say)}")
    _metrics(result, layer, say)
    perspective = main_view(run, perspective, say)
    _listing(run, say)
    return perspective


def _metrics(result: Saturation, layer: LayerRun, say: Words) -> None:
    """Show the numbers that the reading rests on."""
    shown = []
    if result.bounded:
        least = percent(SATURATED_FROM)
        shown.append(("saturated", percent(result.share), {"percent": least}))
        ends = "exact" if layer.layer.state_range[0] < 0 else "exact_sigmoid"
        shown.append((ends, percent(result.share_exact), {}))
    else:
        shown.append(("range", f"{number(result.lowest)} … {number(result.highest)}", {}))
    shown.append(("radius", number(spectral_radius(layer.layer.recurrent_kernel)), {}))
    with st.container(horizontal=True, gap="large"):
        for name, value, values in shown:
            explained = say(f"metric.{name}_help", **values)
            st.metric(say(f"metric.{name}"), value, help=explained, width="content")


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

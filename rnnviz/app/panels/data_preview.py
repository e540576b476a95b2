"""A file of data at a glance: its shape, its first rows, a small picture."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from rnnviz.analysis.level_of_detail import reduce_to_blocks
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime.file_reading import FileContent
from rnnviz.engine import Inputs
from rnnviz.export.png import bitmap
from rnnviz.i18n import Words
from rnnviz.views._plot.colours import sample
from rnnviz.views._plot.style import Style

_ROWS, _COLUMNS, _HEAD = 40, 320, 5
_WIDTH, _HEIGHT = 560, 60
"""Pixels of the picture, at most."""


def preview(content: FileContent, say: Words) -> None:
    """Show what was read, and say what was done to it."""
    inputs = content.inputs
    assert inputs is not None
    st.markdown(plain(shape_of(inputs, say)))
    first = _first_trial(inputs)
    st.image(picture(first), width=_WIDTH)
    if inputs.vocabulary:
        tokens = [inputs.vocabulary[n] for n in first[:60, 0].astype(int)]
        st.caption(plain(" ".join(tokens) if max(map(len, tokens)) > 1 else "".join(tokens)))
    else:
        names = list(inputs.feature_names) or [str(n) for n in range(first.shape[1])]
        st.dataframe(pd.DataFrame(first[:_HEAD, :12], columns=names[:12]), width="stretch")
    for note in content.found.notes:
        st.caption(plain(note.sentence(say.language)))


def shape_of(inputs: Inputs, say: Words) -> str:
    """Say how much data there is."""
    tokens = inputs.values.ndim == 1 or bool(inputs.vocabulary)
    trials = inputs.trials(tokens)
    timesteps = inputs.values.shape[0 if trials is None else 1]
    kind = "tokens" if tokens else "numbers"
    features = 1 if tokens else inputs.values.shape[-1]
    of = "" if trials is None else "_trials"
    return say(
        f"open.shape_{kind}{of}", trials=trials, timesteps=f"{timesteps:,}", features=features
    )


def _first_trial(inputs: Inputs) -> np.ndarray:
    """The first trial as (timesteps, features)."""
    values = inputs.values
    if values.ndim == 3 or (values.ndim == 2 and inputs.vocabulary):
        values = values[0, : inputs.lengths[0] if inputs.lengths else None]
    return values if values.ndim == 2 else values[:, np.newaxis]


def picture(values: np.ndarray) -> bytes:
    """A PNG of (timesteps, features), each feature from its least value to its greatest."""
    blocks = reduce_to_blocks(values.astype(np.float64), _COLUMNS, _ROWS).mean
    low, high = np.nanmin(blocks, axis=0), np.nanmax(blocks, axis=0)
    span = np.where(high > low, high - low, 1)
    shades = np.clip((blocks - low) / span * 255, 0, 255).astype(np.uint8).T
    # Enlarged here, where a cell stays a cell: a browser would blur it.
    shades = np.repeat(shades, max(1, _HEIGHT // len(shades)), axis=0)
    shades = np.repeat(shades, max(1, _WIDTH // shades.shape[1]), axis=1)
    colours = [
        one[4:-1].split(",") for one in sample(Style().scale("state"), np.linspace(0, 1, 256))
    ]
    return bitmap(np.array(colours, dtype=np.uint8)[shades])

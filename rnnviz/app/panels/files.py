"""What a page shows of files that are opened: what is missing, and which trial is looked at."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.choices import offered
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.runtime.opened import NotOpenedError
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.given import recipe_of
from rnnviz.spec.perspective import Perspective


def ask_for_file(missing: NotOpenedError, say: Words) -> None:
    """Say which file the link names, in the place of what would be shown of it."""
    sentence = say(
        f"files.missing_{missing.kind}", name=plain(missing.name or "?"), hash=missing.sha256[:12]
    )
    st.info(sentence, icon=":material/folder_open:")


def choose_trial(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the choice of the trial where the inputs hold several; numbers count from 1."""
    labels: tuple[str, ...] = ()
    if isinstance(source, Given) and source.inputs:
        inputs = state.opened().data(source.inputs)
        if inputs is None:
            return perspective
        trials = inputs.trials(inputs.values.ndim == 2 and inputs.values.dtype.kind in "iu")
        labels = inputs.labels
    else:
        trials = recipe_of(source).sequences
    if trials is None or trials == 1:
        return perspective

    def name(trial: int) -> str:
        label = f" · {labels[trial]}" if labels else ""
        return f"{trial + 1}{label}"

    standing = min(perspective.trial, trials - 1)
    chosen = st.selectbox(
        say("knob.trial.label"),
        range(trials),
        format_func=name,
        key=state.widget("trial", standing),
    )
    return perspective.replace(trial=offered(chosen, range(trials), standing))

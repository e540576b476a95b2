"""What each unit follows, asked when the panel is opened: it takes a few seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import read_once, result_of
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.moments import UnitFinding, UnitFindings, explain_units, has_losses, switch_off
from rnnviz.moments.explain import LEAST_STEPS, MOST_STEPS
from rnnviz.readers import Refused
from rnnviz.readers.data.labels import ENDINGS, read_labels
from rnnviz.sentences.numbers import percent
from rnnviz.sentences.units import followed, lost
from rnnviz.spec.given import seconds_of
from rnnviz.spec.perspective import Perspective

MOST_SAID = 12
"""So many findings are said."""
MOST_LABELS = 16
"""Columns of labels that are asked about, the first ones."""
LABELS_LIMIT = 16
"""Largest table of labels that is taken, in MB."""
_SPEED = 5e5
"""States that are asked about in a second on a slow laptop, roughly."""

Labels = dict[str, np.ndarray]


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
        labels, identity = _labels(run, say)
        units = run.layers[layer].states.shape[-1]
        found: UnitFindings = result_of(
            "units",
            run.whole,
            lambda progress: explain_units(run, labels, layer=layer, progress=progress),
            0.2 + min(steps, MOST_STEPS) * units / _SPEED,
            (layer, identity),
        )
        asked = {"units": found.units, "features": len(found.features)}
        st.caption(say("moments.ask_units_help", level=percent(found.level), **asked))
        if not found.findings:
            st.markdown(say("moments.nothing_followed", units=found.units))
        for one in found.findings[:MOST_SAID]:
            _finding(one, run, layer, source, perspective, identity, say)
        if len(found.findings) > MOST_SAID:
            st.caption(say("moments.and_more", count=len(found.findings) - MOST_SAID))


def _labels(run: Run, say: Words) -> tuple[Labels | None, str]:
    """Take a table of labels; return its columns and what it is kept under."""
    file = st.file_uploader(
        say("moments.labels"),
        type=list(ENDINGS),
        key="unfolded.labels",
        help=say("moments.labels_help"),
        max_upload_size=LABELS_LIMIT,
    )
    if file is None:
        return None, ""
    try:
        columns: Labels = read_once(
            f"labels {file.file_id}", file.size, lambda: read_labels(file.getvalue(), file.name)
        )
    except Refused as refused:
        st.error(plain(refused.sentence(say.language)), icon=":material/error:")
        return None, ""
    steps, rows = sum(run.lengths), len(next(iter(columns.values()), ()))
    if rows not in (steps, run.trials):
        told = {"found": f"{rows:,}", "steps": f"{steps:,}", "trials": f"{run.trials:,}"}
        st.error(say("moments.labels_rows", **told), icon=":material/error:")
        return None, ""
    if len(columns) > MOST_LABELS:
        st.caption(say("moments.labels_columns", found=len(columns), limit=MOST_LABELS))
    return dict(list(columns.items())[:MOST_LABELS]), file.file_id


def _finding(
    one: UnitFinding,
    run: Run,
    layer: int,
    source: Shown,
    perspective: Perspective,
    identity: str,
    say: Words,
) -> None:
    """Say what a unit follows, and offer to colour the sequence by it and to do without it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(followed(one, say)), width="content")
        st.button(
            say("moments.colour_by", unit=one.unit),
            icon=":material/palette:",
            key=f"moments.colour_by.{one.unit}",
            on_click=state.go,
            args=(source, perspective.replace(unit=one.unit, colour="unit")),
        )
        if not has_losses(run):
            return
        off = st.toggle(
            say("moments.switch_off", unit=one.unit), key=f"unfolded.switch_off.{one.unit}"
        )
    if off:
        _without(one, run, layer, identity, say)


def _without(one: UnitFinding, run: Run, layer: int, identity: str, say: Words) -> None:
    """Run the network again without a unit, and say what is lost where its feature holds."""
    values = one.feature.values
    where = values if one.feature.binary else values > np.nanmedian(values)

    def compute(progress: Any) -> Any:
        try:
            return switch_off(run, one.unit, where, layer)
        except ValueError as error:
            return str(error)

    key = (layer, one.unit, one.feature.key, identity)
    found = result_of("switch_off", run.whole, compute, 0.1 + 2 * seconds_of(run.whole), key)
    if isinstance(found, str):
        st.caption(say("moments.cannot_switch_off", reason=plain(found)))
    else:
        st.markdown(plain(lost(found, one.feature, say)))

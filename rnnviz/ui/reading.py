"""The top of the main page: the diagnosis in words, the numbers it rests on, one thing to try."""

from __future__ import annotations

import streamlit as st

from rnnviz.advice import advise
from rnnviz.analysis.diagnosis import Diagnosis, diagnose
from rnnviz.analysis.saturation import SATURATED_FROM, Saturation, saturation
from rnnviz.engine import spectral_radius
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.readings import number, percent, power, read
from rnnviz.simulate import LayerRun, Run
from rnnviz.ui import state
from rnnviz.ui.runs import result_of
from rnnviz.ui.visibility import visibility

Measured = tuple[Saturation, Diagnosis, float | None]


def show_reading(run: Run, perspective: Perspective, say: Words) -> None:
    """Say what the layer that is looked at does to its state."""
    index = min(perspective.layer, len(run.layers) - 1)
    layer = run.layers[index]
    measured = result_of("reading", run.experiment, lambda progress: _measure(layer), detail=index)
    result, diagnosis, _ = measured
    reading = read(layer.trace, result, diagnosis, say)
    look = visibility(perspective)
    if look.shows("reading"):
        st.markdown(f"#### {reading.headline}")
        with st.container(horizontal=True, vertical_alignment="center", key="meaning"):
            st.markdown(reading.meaning, width="stretch")
            if look.shows("advice"):
                _advice(run, index, diagnosis, perspective, say)
    if look.shows("numbers"):
        _numbers(measured, layer, say)


def _measure(layer: LayerRun) -> Measured:
    result = saturation(layer.trace)
    square = layer.layer.recurrent_kernel.shape[-1] == layer.layer.units
    radius = spectral_radius(layer.layer.recurrent_kernel) if square else None
    return result, diagnose(layer.trace, result), radius


def _advice(
    run: Run, index: int, diagnosis: Diagnosis, perspective: Perspective, say: Words
) -> None:
    """Offer one thing to try, as a button."""
    advice = advise(run.experiment, index, diagnosis)
    if advice is None:
        return
    st.button(
        say(f"advice.{advice.key}", value=advice.value),
        icon=":material/lightbulb:",
        help=say("advice.help"),
        on_click=state.go,
        args=(run.experiment.replace(**advice.changes), perspective),
        key="advice",
    )


def _numbers(measured: Measured, layer: LayerRun, say: Words) -> None:
    """Show the numbers that the reading rests on."""
    result, diagnosis, radius = measured
    shown = []
    if result.bounded:
        least = percent(SATURATED_FROM)
        shown.append(("saturated", percent(result.share), {"percent": least}))
        ends = "exact" if layer.layer.state_range[0] < 0 else "exact_sigmoid"
        shown.append((ends, percent(result.share_exact), {}))
    else:
        shown.append(("range", f"{number(result.lowest)} … {number(result.highest)}", {}))
    if radius is not None:
        shown.append(("radius", number(radius), {}))
    if diagnosis.steps:
        shown.append(("gradient", power(diagnosis.gradient), {"steps": f"{diagnosis.steps:,}"}))
    with st.container(horizontal=True, gap="large", key="numbers"):
        for name, value, values in shown:
            explained = say(f"metric.{name}_help", **values)
            st.metric(say(f"metric.{name}"), value, help=explained, width="content")

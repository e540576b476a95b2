"""The top of the main page: the diagnosis in words, the numbers it rests on, one thing to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from rnnviz.analysis.diagnosis import Diagnosis, diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.app.panels.html import Html
from rnnviz.app.runtime import state
from rnnviz.app.runtime.prefetch import with_knob
from rnnviz.app.runtime.results import result_of, run_of, trial_of
from rnnviz.app.runtime.variations import ONE_STEP, variation
from rnnviz.app.runtime.visibility import visibility
from rnnviz.engine import spectral_radius
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.sentences.advice import Advice, advise
from rnnviz.sentences.metrics import Metric, metrics
from rnnviz.sentences.reading import Reading, read_layer
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.given import recipe_of, with_recipe
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.cursor import weight_scale_of

_EIGENVALUES = 8e-9
"""Seconds that all eigenvalues take on a slow laptop, times units³."""


def show_reading(run: Run, perspective: Perspective, say: Words) -> None:
    """Say what the layer that is looked at does to its state."""
    index = perspective.layer_in(run.layers)
    result = saturation(run.layers[index].trace)
    diagnosis, advice = result_of(
        "reading", run, lambda progress: _diagnose(run, index), detail=index
    )
    reading = read_layer(run.layers[index], say, diagnosis)
    look = visibility(perspective)
    told = _told(reading) if look.shows("reading") else ""
    if look.shows("numbers"):
        told += _numbers(metrics(result, diagnosis, run.layers[index], _radius(run, index)), say)
    if told:
        # In one element: as headline, sentence and four metrics it would be eight.
        st.html(Html(f'<div class="rv-reading">{told}</div>'))
    if advice and look.shows("reading") and look.shows("advice"):
        _advice(advice, run.experiment, perspective, say)


def prefetched_readings(
    source: Shown, perspective: Perspective, say: Words
) -> Callable[[str, Any], dict[str, Any] | None]:
    """Return what says what another value of a knob does, while its slider is held.

    The result takes a knob's name and a value, and returns ``headline``, ``meaning`` and
    ``numbers``, (label, value) pairs; None where the experiment does not allow the value.
    """
    experiment, look = recipe_of(source), visibility(perspective)
    index = perspective.layer_in(experiment.layers)

    def said(name: str, value: Any) -> dict[str, Any] | None:
        try:
            other = with_recipe(source, with_knob(experiment, index, name, value))
        except ExperimentError:
            return None
        run = trial_of(run_of(other), perspective)
        result = saturation(run.layers[index].trace)
        diagnosis, _ = result_of(
            "reading", run, lambda progress: _diagnose(run, index), detail=index
        )
        reading = read_layer(run.layers[index], say, diagnosis)
        numbers = metrics(result, diagnosis, run.layers[index], _radius(run, index))
        return {
            "experiment": run.identity,
            "headline": reading.headline if look.shows("reading") else "",
            "meaning": reading.meaning if look.shows("reading") else "",
            "numbers": [[say(f"metric.{name}"), value] for name, value, _ in numbers]
            if look.shows("numbers")
            else [],
        }

    return said


def _diagnose(run: Run, index: int) -> tuple[Diagnosis, Advice | None]:
    layer = run.layers[index]
    diagnosis = diagnose(layer.trace, saturation(layer.trace))
    if run.experiment is None:
        return diagnosis, None
    return diagnosis, advise(run.experiment, index, diagnosis)


def _radius(run: Run, index: int) -> float | None:
    """Return ρ(U), None unless there is one U; it grows as the scale, so it is kept for scale 1.

    Of all numbers on the page it takes longest, and the weight scale is moved most often.
    """
    blocks, scale = run.layers[index].layer.recurrent_blocks, weight_scale_of(run)
    if len(blocks) != 1:
        return None
    (recurrent_kernel,) = blocks.values()
    if not scale > 1e-6:
        return float(spectral_radius(recurrent_kernel))
    seconds = _EIGENVALUES * len(recurrent_kernel) ** 3
    if run.experiment is None:
        compute = partial(_spectral_radius, recurrent_kernel)
        return result_of("radius", run, compute, seconds, index)
    drawn = variation(run.experiment, **ONE_STEP)
    return scale * result_of(
        "radius", drawn, lambda progress: spectral_radius(recurrent_kernel) / scale, seconds, index
    )


def _spectral_radius(recurrent_kernel: np.ndarray, _: Any) -> float:
    return float(spectral_radius(recurrent_kernel))


def _advice(advice: Advice, experiment: Experiment, perspective: Perspective, say: Words) -> None:
    """Offer one thing to try, as a button."""
    st.button(
        say(f"advice.{advice.key}", value=advice.value),
        icon=":material/lightbulb:",
        help=say("advice.help"),
        on_click=lambda: state.go(variation(experiment, **advice.changes), perspective),
        key="advice",
    )


def _told(reading: Reading) -> str:
    return f"<h4>{escape(reading.headline)}</h4><p>{escape(reading.meaning)}</p>"


def _numbers(shown: Sequence[Metric], say: Words) -> str:
    """Return the numbers that the reading rests on, each with what explains it at a touch."""
    # Few tags and attributes: at every page run the browser looks at each of them.
    rows = [
        f'<span class="rv-number"><button aria-description="'
        f'{escape(say(f"metric.{name}_help", **values))}">'
        f"{escape(say(f'metric.{name}'))}</button><b>{escape(value)}</b></span>"
        for name, value, values in shown
    ]
    return f'<div class="rv-numbers">{"".join(rows)}</div>'

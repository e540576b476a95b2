"""What a run does and what it means for learning, in two plain sentences with their numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.diagnosis import Diagnosis
from rnnviz.analysis.saturation import Saturation
from rnnviz.analysis.verdict import moment
from rnnviz.engine import Trace
from rnnviz.i18n import Words
from rnnviz.sentences.numbers import number, percent, power


@dataclass(frozen=True)
class Reading:
    """The diagnosis in words.

    Parameters
    ----------
    headline : str
        What the states do.
    meaning : str
        What that means for learning.
    """

    headline: str
    meaning: str


def read(trace: Trace, result: Saturation, diagnosis: Diagnosis, say: Words) -> Reading:
    """Return the sentences that stand on top of the page; never more than the run shows.

    Parameters
    ----------
    trace : Trace
        The run of the layer that is shown.
    result : Saturation
        Of that trace.
    diagnosis : Diagnosis
        Of that trace.
    say : Words
        The language.
    """
    return Reading(_headline(trace, result, diagnosis, say), _meaning(trace, diagnosis, say))


def _headline(trace: Trace, result: Saturation, diagnosis: Diagnosis, say: Words) -> str:
    kind, values = diagnosis.kind, _values(trace, result, diagnosis)
    if kind == "diverged":
        return say("reading.diverged", **values, **moment(diagnosis.diverged_at))
    if kind == "dead":
        key = "reading.died" if diagnosis.dead_from else "reading.zero"
        return say(key, **moment(diagnosis.dead_from))
    if kind == "saturated":
        return _saturated(result, values, say)
    lost = kind == "contracting" and diagnosis.factor == 0
    return say("reading.lost" if lost else f"reading.{kind}", **values)


def _saturated(result: Saturation, values: dict[str, object], say: Words) -> str:
    if result.exact_from is None:
        return say("reading.mostly", percent=percent(result.share))
    value = "±1" if result.exact_value is None else f"{result.exact_value:.1f}"
    if result.exact_from == 0:
        return say("reading.pinned_from_start", units=values["units"], value=value)
    return say("reading.pinned", units=values["units"], value=value, **moment(result.exact_from))


def _meaning(trace: Trace, diagnosis: Diagnosis, say: Words) -> str:
    kind = diagnosis.kind
    if kind == "saturated" and diagnosis.steps:
        kind = "saturated_zero" if math.isinf(diagnosis.gradient) else "saturated_little"
    if kind == "contracting" and math.isinf(diagnosis.gradient):
        kind = "contracting_zero"
    if kind == "linear":
        kind = "contracting"
    values = {
        "steps": f"{diagnosis.steps:,}",
        "gradient": power(diagnosis.gradient),
        "reach": f"{max(1.0, diagnosis.reach):,.0f}",
    }
    if kind == "growing":
        values |= {"dtype": trace.layer.dtype.name, "more": _until_overflow(trace, diagnosis)}
    return say(f"meaning.{kind}", **values)


def _values(trace: Trace, result: Saturation, diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "units": trace.layer.units,
        "dtype": trace.layer.dtype.name,
        "activation": trace.layer.activation,
        "low": number(result.lowest),
        "high": number(result.highest),
        "factor": f"{diagnosis.factor:.3g}",
        "kept": percent(min(1.0, diagnosis.factor)),
        "reach": f"{max(1.0, diagnosis.reach):,.0f}",
    }


def _until_overflow(trace: Trace, diagnosis: Diagnosis) -> str:
    """Return about how many steps a growing state still has, at the pace it has now."""
    largest = float(abs(trace.states[-1]).max())
    reached = math.log10(largest) if largest > 0 else 0.0
    room = math.log10(np.finfo(trace.layer.dtype).max) - reached
    return f"{max(1, math.ceil(room * math.log(10) / diagnosis.rate)):,}"

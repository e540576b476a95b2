"""What a run does and what it means for learning, in two plain sentences with their numbers.

Which condition chooses each sentence, and which statistic it quotes, stands beside the sentence in
words/reading.toml; tests/sentences/test_truth.py holds both against the arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.diagnosis import EDGE, MOSTLY, Diagnosis, diagnose
from rnnviz.analysis.saturation import Saturation, saturation
from rnnviz.analysis.verdict import moment
from rnnviz.engine import ACTIVATIONS, Trace
from rnnviz.engine.run import LayerRun
from rnnviz.i18n import Words
from rnnviz.sentences.numbers import number, percent, power, whole

LITTLE = 3.0
"""A gradient has vanished, or exploded, when it changed by more than so many powers of ten."""


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


def read_layer(layer: LayerRun, say: Words, diagnosis: Diagnosis | None = None) -> Reading:
    """Return the sentences of a layer; those of a Bidirectional one say which direction they mean.

    Parameters
    ----------
    layer : LayerRun
        Of a run of one sequence.
    say : Words
        The language.
    diagnosis : Diagnosis, optional
        Of the layer's trace; made here where nobody has yet.
    """
    result = saturation(layer.trace)
    diagnosis = diagnosis or diagnose(layer.trace, result)
    reading = read(layer.trace, result, diagnosis, say)
    if layer.both is None:
        return reading
    headline = say("direction.forward", sentence=reading.headline)
    return Reading(headline, f"{reading.meaning} {say('direction.forward_only')}")


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
    values = _values(trace, diagnosis)
    key, more = _headline(trace, result, diagnosis)
    headline = say(f"reading.{key}", **{**values, **more})
    meaning = say(f"meaning.{_meaning(trace, result, diagnosis)}", **values)
    if diagnosis.on_kink and diagnosis.steps and diagnosis.kind != "diverged":
        meaning += " " + say("meaning.kink", **values)
    if trace.mask is not None and diagnosis.kind != "diverged":
        meaning += " " + say("meaning.masked")
    return Reading(headline, meaning)


def _headline(trace: Trace, result: Saturation, found: Diagnosis) -> tuple[str, dict[str, object]]:
    """Return the key of what the states do, and the numbers that only this sentence has."""
    kind = found.kind
    if found.diverged_at is not None:
        return "diverged", {**moment(found.diverged_at)}
    if found.dead_from is not None:
        return "died" if found.dead_from else "zero", {**moment(found.dead_from)}
    if kind == "brief":
        key = "brief" if found.lowest < found.highest else "brief_one"
        return f"{key}_carried" if trace.initial_state.any() else key, {}
    if kind == "saturated":
        return _saturated(trace, result)
    if kind == "contracting" and found.factor == 0:
        return "lost", {}
    if kind == "linear":
        bend = 1 - found.straightness
        if not bend and _is_piecewise_linear(trace.layer.activation):
            return "straight", {}
        if not trace.layer.state_is_activation:
            return "contracting", {}  # where a leaky unit's state lies, its slope does not tell
        # Rounded up, for the sentence says "less than"; 0 is one that rounding has taken away.
        return "linear", {"bend": percent((math.floor(1000 * bend) + 1) / 1000)}
    return kind, {}


def _is_piecewise_linear(activation: str) -> bool:
    return activation == "linear" or bool(ACTIVATIONS[activation].kinks)


def _saturated(trace: Trace, result: Saturation) -> tuple[str, dict[str, object]]:
    if result.exact_from is None:
        return "mostly", {"percent": percent(result.share)}
    value = result.exact_value
    low, high = trace.layer.state_range
    written = f"{value:.1f}".replace("-", "−") if value is not None else None
    if value is None:
        key = "pinned_ends_from_start" if result.exact_from == 0 else "pinned_ends"
        ends = {"low": number(low), "high": number(high)}
        return key, {**ends, **moment(result.exact_from)}
    key = "pinned_from_start" if result.exact_from == 0 else "pinned"
    return key, {"value": written, **moment(result.exact_from)}


def _meaning(trace: Trace, result: Saturation, found: Diagnosis) -> str:
    """Return the key of what it means for learning."""
    kind, gradient = found.kind, found.gradient
    if kind == "diverged":
        return kind
    if not found.steps:
        return "saturated" if result.share > MOSTLY else "brief"
    has_kernel = bool(trace.layer.recurrent_blocks)
    if kind == "dead" and not has_kernel:
        return "zero" if math.isinf(gradient) else "dead_without_kernel"
    if kind == "dead":
        return "dead_zero" if math.isinf(gradient) else "dead_left"
    if math.isinf(gradient):
        read = np.arange(trace.timesteps) if trace.mask is None else np.flatnonzero(trace.mask)
        first = int(read[-found.steps])
        pinned = result.exact_from is not None and result.exact_from <= first
        return "pinned" if pinned and has_kernel else "zero"
    if gradient < -LITTLE:
        return "vanishing"
    if gradient > LITTLE:
        return "growing" if kind == "growing" else "exploding"
    return "fading" if found.rate < -EDGE else "alive"


def _values(trace: Trace, found: Diagnosis) -> dict[str, object]:
    """Return the numbers of all sentences, written."""
    values = {
        "units": trace.layer.units,
        "dtype": trace.layer.dtype.name,
        "activation": trace.layer.activation,
        "low": number(found.lowest, 3),
        "high": number(found.highest, 3),
        "steps": whole(found.steps),
        "gradient": power(found.gradient),
        "factor": number(found.factor, 3, beside=1.0),
        "kept": percent(min(1.0, found.factor)),
        "reach": _steps(max(1.0, found.reach)),
    }
    if found.kind == "growing":
        values["more"] = _until_overflow(trace, found)
    return values


def _steps(count: float) -> str:
    return whole(round(count)) if math.isfinite(count) else "∞"


def _until_overflow(trace: Trace, found: Diagnosis) -> str:
    """Return after about how many steps a state that grows at this pace overflows."""
    largest = float(abs(trace.states[-1]).max())
    reached = math.log10(largest) if largest > 0 else 0.0
    left = math.log10(np.finfo(trace.layer.dtype).max) - reached
    return whole(max(1, math.ceil(left * math.log(10) / found.rate)))

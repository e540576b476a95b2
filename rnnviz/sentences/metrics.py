"""The numbers that the reading of a run rests on, written as the sentences write them."""

from __future__ import annotations

from rnnviz.analysis.diagnosis import Diagnosis
from rnnviz.analysis.saturation import SATURATED_FROM, Saturation
from rnnviz.engine.run import LayerRun
from rnnviz.sentences.numbers import number, percent, power, whole

Metric = tuple[str, str, dict[str, str]]
"""Name (its words are ``metric.<name>``), the number as text, what its explanation needs."""


def metrics(
    result: Saturation, diagnosis: Diagnosis, layer: LayerRun, radius: float | None
) -> list[Metric]:
    """Return the numbers of one layer, in the order in which they are shown.

    Parameters
    ----------
    result, diagnosis : Saturation, Diagnosis
        Of the layer's trace.
    layer : LayerRun
        What was measured.
    radius : float or None
        ρ(U); None unless there is one U.
    """
    shown: list[Metric] = []
    if result.bounded:
        least = percent(SATURATED_FROM)
        shown.append(("saturated", percent(result.share), {"percent": least}))
        ends = "exact" if layer.layer.state_range[0] < 0 else "exact_sigmoid"
        shown.append((ends, percent(result.share_exact), {}))
    else:
        # Of a run that diverged, the states before: of the others there is nothing to say.
        finite = layer.trace.states[: result.diverged_at]
        if finite.size:
            ends = f"{number(float(finite.min()))} … {number(float(finite.max()))}"
            shown.append(("range", ends, {}))
    if radius is not None:
        shown.append(("radius", number(radius), {}))
    if diagnosis.steps:
        shown.append(("gradient", power(diagnosis.gradient), {"steps": whole(diagnosis.steps)}))
    return shown

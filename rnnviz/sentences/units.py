"""What a unit follows, as a sentence that quotes the score that was tested."""

from __future__ import annotations

import math

from rnnviz.i18n import Words
from rnnviz.moments.explain import UnitFinding
from rnnviz.moments.features import Feature
from rnnviz.moments.switch_off import SwitchedOff


def followed(finding: UnitFinding, say: Words) -> str:
    """Return the sentence of one finding, e.g. "Unit 17 is on inside quotation marks (…)"."""
    score = f"{finding.score:.2f}"
    if finding.measure == "auc":
        key = "follows.on" if finding.high else "follows.off"
        return say(key, unit=finding.unit, where=_named("where", finding.feature, say), score=score)
    return say(
        "follows.size", unit=finding.unit, what=_named("what", finding.feature, say), score=score
    )


def lost(found: SwitchedOff, feature: Feature, say: Words) -> str:
    """Return what is lost without a unit, where its feature holds and elsewhere, as measured.

    A feature with a size holds where it is above its median.
    """
    if feature.binary:
        where = _named("where", feature, say)
    else:
        where = say("follows.where.high", what=_named("what", feature, say))
    names = ("before", "after", "before_elsewhere", "after_elsewhere")
    return say(
        f"moments.lost_{found.measure}",
        unit=found.unit,
        where=where,
        count=f"{found.count:,}",
        others=f"{found.others:,}",
        **{name: _number(getattr(found, name)) for name in names},
    )


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    return f"{value:.3f}" if value >= 0.01 else f"{value:.3g}"


def _named(table: str, feature: Feature, say: Words) -> str:
    if feature.kind == "token":
        return say(f"follows.{table}.{feature.name}")
    key = f"follows.{table}.{feature.kind}_{feature.name}"
    return say(key) if key in say else say(f"follows.{table}.{feature.kind}", name=feature.name)

"""What a unit follows, as a sentence that quotes the score that was tested."""

from __future__ import annotations

from rnnviz.i18n import Words
from rnnviz.moments.explain import UnitFinding
from rnnviz.moments.features import Feature


def followed(finding: UnitFinding, say: Words) -> str:
    """Return the sentence of one finding, e.g. "Unit 17 is on inside quotation marks (…)"."""
    score = f"{finding.score:.2f}"
    if finding.measure == "auc":
        key = "follows.on" if finding.high else "follows.off"
        return say(key, unit=finding.unit, where=_named("where", finding.feature, say), score=score)
    return say(
        "follows.size", unit=finding.unit, what=_named("what", finding.feature, say), score=score
    )


def _named(table: str, feature: Feature, say: Words) -> str:
    if feature.kind == "token":
        return say(f"follows.{table}.{feature.name}")
    key = f"follows.{table}.{feature.kind}_{feature.name}"
    return say(key) if key in say else say(f"follows.{table}.{feature.kind}", name=feature.name)

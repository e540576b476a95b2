"""One plain sentence for what a run does, with its numbers; never more than the run shows."""

from __future__ import annotations

from rnnviz.analysis.saturation import Saturation
from rnnviz.i18n import Words

_MOST = 0.5


def read_saturation(result: Saturation, units: int, dtype: str, say: Words) -> str:
    """Return the sentence that stands on top of the page.

    Parameters
    ----------
    result : Saturation
        Of the layer that is shown.
    units : int
        How many units that layer has.
    dtype : str
        The number format, named when the run outgrew it.
    say : Words
        The language.
    """
    if result.diverged_at is not None:
        timestep = result.diverged_at
        return say("reading.diverged", dtype=dtype, step=timestep + 1, timestep=timestep)
    if result.zero:
        return say("reading.zero")
    limits = {"low": number(result.lowest), "high": number(result.highest)}
    if not result.bounded:
        return say("reading.unbounded", **limits)
    if result.exact_from is not None:
        value = "±1" if result.exact_value is None else f"{result.exact_value:.1f}"
        if result.exact_from == 0:
            return say("reading.pinned_from_start", units=units, value=value)
        timestep = result.exact_from
        return say("reading.pinned", units=units, value=value, step=timestep + 1, timestep=timestep)
    if result.share > 0:
        key = "reading.mostly" if result.share > _MOST else "reading.partly"
        return say(key, percent=percent(result.share))
    return say("reading.none", **limits)


def percent(share: float) -> str:
    """Return a share as a percentage that never rounds up to all or down to nothing."""
    if share in (0, 1):
        return f"{share:.0%}"
    return "> 99.9%" if share > 0.999 else "< 0.1%" if share < 0.001 else f"{share:.1%}"


def number(value: float) -> str:
    """Return a number with four digits and a typographic minus, as people write it."""
    return f"{value:.4g}".replace("-", "−")

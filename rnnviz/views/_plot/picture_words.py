"""What is said of a heatmap: its title, and how its cells, colours and hatching are read.

Of the colours only what is true of the scale that is drawn: "negative" of a scale about zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from rnnviz.i18n import Words
from rnnviz.views._plot.picture import Field

_OF_STATES = ("state", "trial_mean")
_SIGNED = (*_OF_STATES, "preactivation")


def title_of(field: Field, say: Words) -> str:
    """Return the title of a heatmap that shows a field."""
    return say(f"lens.{field.name}.title")


def how_to_read(field: Field, say: Words) -> str:
    """Return what a cell shows, which numbers the colours are, and what is hatched."""
    parts = [say(f"lens.{field.name}.how_to_read")]
    if field.name in _SIGNED:
        parts.append(_colours(field, say))
    if field.name in _OF_STATES and field.low_mark is not None:
        parts.append(say("colours.infinite" if math.isinf(field.low_mark) else "colours.bound"))
    if field.forward_only:
        parts.append(say("direction.forward_only"))
    return " ".join(parts)


def how_to_read_any(fields: Iterable[Field], say: Words) -> str:
    """Return how each of several fields of one name is read, whose scales may yet change.

    What is not true of all of them the colour bar says.
    """
    fields = tuple(fields)
    told = {how_to_read(field, say) for field in fields}
    if len(told) == 1 and (fields[0].kind == "diverging" or fields[0].name not in _SIGNED):
        return told.pop()
    return say(f"lens.{fields[0].name}.how_to_read") + f" {say('colours.bar')}"


def _colours(field: Field, say: Words) -> str:
    if field.kind == "sequential":
        return say("colours.rising")
    middle = (field.low + field.high) / 2
    return say("colours.about", middle=f"{middle:g}") if middle else say("colours.signed")

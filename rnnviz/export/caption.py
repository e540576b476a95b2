"""The caption of an exported figure: what it shows, from which parameters, and where to see it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import rnnviz
from rnnviz.experiment import TABLE, Experiment
from rnnviz.figures.registry import View
from rnnviz.i18n import Words
from rnnviz.knobs import Choice, Flag, Knob
from rnnviz.perspective import Perspective

_ALWAYS = ("main", "layer")
_NARROW, _WIDE = frozenset(" !'()*,./:;I[\\]fijlrt|·"), frozenset("%@MWm&—…")
_LINK_BREAK = "&"


@dataclass(frozen=True)
class Caption:
    """The words beneath an exported figure.

    Parameters
    ----------
    title : str
        What the figure shows.
    how_to_read : str
        One line on how to read it.
    parameters : str
        The main knobs, and every other one that is not at its default.
    origin : str
        Seed and version.
    link : str
        Address that shows the same again; without a server, its query alone.
    """

    title: str
    how_to_read: str
    parameters: str
    origin: str
    link: str

    def lines(self, width: float, size: float) -> list[str]:
        """Return title, parameters, origin and link in lines that fit a width.

        Parameters
        ----------
        width : float
            Room in pixels.
        size : float
            Size of the letters in pixels; how wide they are is estimated, on the safe side.
        """
        room = width / size
        lines = wrapped(self.title, room / 1.08) + wrapped(self.parameters, room)
        return [*lines, *wrapped(f"{self.origin} · {self.link}", room)]


def caption(
    view: View, experiment: Experiment, perspective: Perspective, say: Words, address: str = ""
) -> Caption:
    """Return the caption of a view of an experiment.

    Parameters
    ----------
    view : View
        Gives the title.
    experiment, perspective : Experiment, Perspective
        What is shown, and how it is looked at.
    say : Words
        The language.
    address : str
        Where this rnnviz is served, e.g. ``"http://localhost:8501/"``; "" when nowhere.
    """
    return Caption(
        title=say(f"view.{view.name}.title"),
        how_to_read=say(f"view.{view.name}.how_to_read"),
        parameters=" · ".join(parameters(experiment, perspective, say)),
        origin=say("export.origin", seed=experiment.seed, version=rnnviz.__version__),
        link=link(experiment, perspective, address),
    )


def link(experiment: Experiment, perspective: Perspective, address: str = "") -> str:
    """Return the link that shows the same again: every knob, and the look where it is not plain."""
    plain = dict(Perspective().pairs())
    look = [pair for pair in perspective.pairs() if plain.get(pair[0]) != pair[1]]
    query = urlencode([*experiment.pairs(), *look], safe=",")
    return f"{address.partition('?')[0]}?{query}"


def parameters(experiment: Experiment, perspective: Perspective, say: Words) -> list[str]:
    """Return the main knobs, and every other that is not at its default, each as words."""
    plain = Experiment()
    pairs = []
    for row in TABLE.values():
        value = getattr(experiment, row.name)
        if row.name == "seed" or not (row.group in _ALWAYS or value != getattr(plain, row.name)):
            continue
        several = value if isinstance(value, tuple) else (value,)
        text = ", ".join(_spoken(row, one, say) for one in several)
        pairs.append(f"{say(f'knob.{row.name}.label')} {text}")
    if len(experiment.layers) > 1:
        layer = min(perspective.layer, len(experiment.layers) - 1)
        pairs.append(say("export.layer", layer=layer + 1, layers=len(experiment.layers)))
    return pairs


def _spoken(row: Knob, value: Any, say: Words) -> str:
    """Return a value as the control of its knob shows it."""
    if value is None:
        return say("page.as_drawn")
    if isinstance(row.kind, Flag):
        return say("export.yes" if value else "export.no")
    if isinstance(row.kind, Choice):
        return say(f"choice.{value}")
    return f"{value:,}" if isinstance(value, int) else f"{value:.10g}"


def wrapped(text: str, room: float) -> list[str]:
    """Break a text into lines of at most ``room`` ems, at spaces, and links at their ampersands."""
    lines, line = [], ""
    for piece in _pieces(text, room):
        if line and ems(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def ems(text: str) -> float:
    """Return about how wide a text is in a plain sans serif, in widths of its capital M."""
    return sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in _NARROW:
        return 0.36
    return 0.95 if letter in _WIDE else 0.72 if letter.isupper() else 0.61


def _pieces(text: str, room: float) -> list[str]:
    """Return the parts between which a line may end; none is wider than a line."""
    parts = []
    for word in text.split(" "):
        heads = word.split(_LINK_BREAK)
        parts += [head + _LINK_BREAK for head in heads[:-1]] + [heads[-1] + " "]
    most = max(1, int(room))  # no letter is wider than an em
    return [part[i : i + most] for part in parts for i in range(0, len(part), most)]

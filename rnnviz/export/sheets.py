"""A figure with its last touches: laid out, captioned and coloured for where it goes."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from rnnviz.engine.run import Run
from rnnviz.export.caption import Caption, caption, wrapped
from rnnviz.export.looks import Look, Size
from rnnviz.export.source import source_json
from rnnviz.i18n import Words, words
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.cursor import CURSOR
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View

META = "rnnviz"
"""Name of the experiment's JSON in a figure's ``layout.meta``."""

_OWN_HEIGHT = 480
_EDGE = 12
_ABOVE, _BELOW = 18, 6
_LINE = 1.3
_LETTERS = 13
_FEW = 12


@dataclass(frozen=True, eq=False)
class Sheet:
    """A figure on its way out.

    Parameters
    ----------
    plain : plotly Figure
        As the view draws it, with the experiment in ``layout.meta``.
    caption : Caption
    experiment : str
        The experiment as JSON.
    look : Look
    language : str
    shown : (View, Run, Perspective) or None
        What was drawn, for a page that holds more of the run than the figure.
    """

    plain: go.Figure
    caption: Caption
    experiment: str
    look: Look
    language: str
    shown: tuple[View, Run, Perspective] | None = None

    @cached_property
    def figure(self) -> go.Figure:
        """The figure laid out for the look, the caption at its foot if the look wants it."""
        return finished(self.plain, self.look, self.caption)

    @property
    def words(self) -> Words:
        """The sentences of the sheet's language."""
        return words(self.language)

    @property
    def width(self) -> int:
        """Width of the layout in CSS pixels."""
        return self.figure.layout.width

    @property
    def height(self) -> int:
        """Height of the layout in CSS pixels."""
        return self.figure.layout.height

    def zoom(self, format: str) -> float:
        """Return how much a picture of that format is enlarged over the layout."""
        return self.look.zoom(format) * self.look.sheet.width / self.width


def sheet_of(
    run: Run,
    perspective: Perspective,
    view: View,
    look: Look,
    language: str,
    *,
    address: str = "",
    progress: Callable[[float], None] | None = None,
    analyse: Callable[..., Any] | None = None,
) -> Sheet:
    """Draw a view of a run for a look.

    Parameters
    ----------
    run, perspective, view
        What is shown, how it is looked at, and as what.
    look : Look
        Theme, size, caption.
    language : {"en", "ko"}
        Of all words on it.
    address : str
        Where this rnnviz is served, for the link in the caption.
    progress : callable, optional
        Called with 0…1 by views that take long.
    analyse : callable (run, perspective) -> result, optional
        Stands in for the view's own, where results are kept.
    """
    more = {"progress": progress} if view.progress and progress else {}
    result = (analyse or view.analyse)(run, perspective, **more)
    figure = view.figure(run, perspective, result, look.style(perspective, language))
    said = caption(view, run, perspective, look.style(perspective, language).words, address)
    experiment = source_json(run.source)
    figure.layout.meta = {**(figure.layout.meta or {}), META: json.loads(experiment)}
    return Sheet(figure, said, experiment, look, language, (view, run, perspective))


def finished(figure: go.Figure, look: Look, said: Caption) -> go.Figure:
    """Return a figure laid out for a look, the caption at its foot if the look wants it.

    A figure that is higher than the sheet is laid out on a larger one of the same shape, and comes
    out smaller: nothing is squeezed together. The figure that is given stays as it is.
    """
    figure, ink = go.Figure(figure), Style(theme=look.theme).ink
    foot = _Foot.of(said, look) if look.caption else None
    width, height = _size(figure, look.sheet, foot)
    background = "rgba(0,0,0,0)" if look.theme == "print" else ink.background
    figure.update_layout(
        width=width,
        height=height,
        autosize=False,
        paper_bgcolor=background,
        plot_bgcolor=background,
    )
    _break_titles(figure)
    _whole_ticks(figure)
    if not look.cursor:
        figure.layout.shapes = [one for one in figure.layout.shapes if one.name != CURSOR]
    _step_back(figure, look.sheet.distance)
    if foot is not None:
        _add_caption(figure, foot.scaled(width / look.sheet.width), ink.muted)
    return figure


def _size(figure: go.Figure, size: Size, foot: _Foot | None) -> tuple[int, int]:
    """Return width and height of the layout in pixels."""
    own, below = figure.layout.height or _OWN_HEIGHT, foot.height if foot else 0
    if not size.height:
        return size.width, own + below
    parts = math.gcd(size.width, size.height)
    least = max(1.0, own / (size.height - below))
    step = math.ceil(parts * least - 1e-9)
    return size.width // parts * step, size.height // parts * step


@dataclass(frozen=True)
class _Foot:
    """The caption as it is set: its lines as HTML, the size of its letters, its height."""

    text: str
    letters: float
    height: int
    edge: float = _EDGE
    above: float = _ABOVE

    @classmethod
    def of(cls, said: Caption, look: Look) -> _Foot:
        """Break a caption into lines that fit the sheet."""
        size = look.sheet
        first, *others = said.lines(size.width - 2 * _EDGE, size.caption_size)
        text = "<br>".join([f"<b>{html.escape(first)}</b>", *map(html.escape, others)])
        height = round((len(others) + 1) * _LINE * size.caption_size) + _ABOVE + _BELOW
        return cls(text, size.caption_size, height)

    def scaled(self, scale: float) -> _Foot:
        """Return the same on a larger sheet."""
        return _Foot(
            self.text,
            self.letters * scale,
            round(self.height * scale),
            self.edge * scale,
            self.above * scale,
        )


def to_json(figure: go.Figure) -> str:
    """Return a figure as the JSON that Plotly reads, in every language and in a browser."""
    return json.dumps(
        figure.to_dict(), cls=PlotlyJSONEncoder, ensure_ascii=False, separators=(",", ":")
    )


def _add_caption(figure: go.Figure, foot: _Foot, colour: str) -> None:
    """Print the caption at the foot.

    The title of a Plotly figure is the only text that keeps to the sheet, whatever the margins do.
    """
    height = figure.layout.height
    _move_title(figure)
    figure.update_layout(
        margin={"b": _margin(figure, "b") + foot.height},
        title={
            "text": foot.text,
            "font": {"size": foot.letters, "color": colour, "weight": "normal"},
            **{"xref": "container", "x": 0, "xanchor": "left"},
            "pad": {"l": foot.edge, "t": 0, "b": 0},
            **{"y": (foot.height - foot.above) / height, "yref": "container", "yanchor": "top"},
            "automargin": False,
        },
    )
    _lift_legend(figure, foot.height / height)


def _move_title(figure: go.Figure) -> None:
    """Keep what a figure says in its own title above the plot, in lines of the sheet's width."""
    title, layout = figure.layout.title, figure.layout
    if not title.text:
        return
    font = title.font.to_plotly_json() or layout.template.layout.title.font.to_plotly_json()
    lines = [title.text]
    if verdict := (layout.meta or {}).get("verdict"):
        room, size = layout.width - 2 * _EDGE, font.get("size", _LETTERS)
        lines = [html.escape(line) for line in wrapped(verdict, room, size)]
    figure.add_annotation(
        text="<br>".join(lines),
        font=font,
        align="left",
        **{"xref": "paper", "x": 0, "xanchor": "left", "showarrow": False},
        **{"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 8},
        xshift=_EDGE - _margin(figure, "l"),
    )


def _break_titles(figure: go.Figure) -> None:
    """Break the title of an axis that is shorter than its title, instead of crossing its neighbour.

    The title of an axis across belongs to the x axes alone: those upward have the panel's height.
    """
    layout = figure.layout
    across = layout.width - _margin(figure, "l") - _margin(figure, "r")
    for axis in figure.select_xaxes():
        left, right = axis.domain or (0, 1)
        if axis.title.text and "<br>" not in axis.title.text and right - left < 0.5:
            size = axis.title.font.size or layout.template.layout.xaxis.title.font.size or _LETTERS
            lines = wrapped(axis.title.text, (right - left) * across, size)
            axis.title.text = "<br>".join(lines)


def _whole_ticks(figure: go.Figure) -> None:
    """Keep ticks that count something apart by 1 at least: on a large sheet halves would be due.

    Rounded as such ticks are, they would say a number twice.
    """
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        counts = (axis.tickformat or "").endswith("d") and axis.tickvals is None
        if counts and axis.range and axis.range[1] - axis.range[0] <= _FEW:
            axis.dtick = 1


def _step_back(figure: go.Figure, distance: float) -> None:
    """See what stands in space from farther away."""
    for scene in figure.select_scenes():
        eye = scene.camera.eye
        eye.update({axis: distance * eye[axis] for axis in "xyz" if eye[axis] is not None})


def _lift_legend(figure: go.Figure, foot: float) -> None:
    """Let a legend that lies below the plot stand on the caption, however many lines it takes.

    The axes above then claim their own room, so that the plot gives way and nothing overlaps.
    """
    legend = figure.layout.legend
    if legend.orientation == "h" and (legend.y or 0) < 0:
        legend.update(yref="container", y=foot, yanchor="bottom")
        figure.update_xaxes(automargin=True)


def _margin(figure: go.Figure, side: str) -> float:
    """Return a margin of a figure, its own or the template's."""
    for layout in (figure.layout, figure.layout.template.layout):
        if layout.margin[side] is not None:
            return layout.margin[side]
    return 80

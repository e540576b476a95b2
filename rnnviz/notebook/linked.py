"""Figures that follow the cursor of a viewer, as Plotly's own widgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ipywidgets
import plotly.graph_objects as go

from rnnviz.i18n import Words
from rnnviz.notebook.figures import drawn_of
from rnnviz.notebook.shown import Chosen
from rnnviz.views._plot.cursor import CURSOR
from rnnviz.views._plot.follow import Follow


class LinkedFigure:
    """A figure of `figure`, drawn again where it depends on the cursor.

    Parameters
    ----------
    figure : plotly Figure
        From :func:`rnnviz.figure`.
    say : Words
        The language of what may be wrong.
    """

    def __init__(self, figure: Any, say: Words) -> None:
        drawn = drawn_of(figure)
        if drawn is None:
            raise ValueError(say("widget.no_figure"))
        self._drawn = drawn
        meta = figure.layout.meta if isinstance(figure.layout.meta, dict) else {}
        self._axis: str | None = meta.get("time_axis")
        self._first: int = meta.get("first_step", 0)
        self._moves = self._moving()
        self.widget = go.FigureWidget(figure)
        self._at: tuple[int, int] | None = None

    def _moving(self) -> tuple[Follow, ...]:
        view = self._drawn.view
        if view.follow is None:
            return ()
        return view.follow(view.analyse(self._drawn.run, self._drawn.perspective))

    def follow(self, chosen: Chosen) -> None:
        """Go where the cursor is."""
        at = (chosen.timestep, chosen.unit)
        if at == self._at:
            return
        self._at = at
        with self.widget.batch_update():
            if self._moves:
                self._move(chosen.timestep)
            elif self._drawn.view.at_cursor:
                self._draw(chosen)
            if self._axis:
                self._mark(chosen.timestep)

    def _move(self, timestep: int) -> None:
        """Move the traces whose places at every timestep are known."""
        for one in self._moves:
            trace = self.widget.data[one.trace]
            for name, places in (("x", one.x), ("y", one.y)):
                if places is not None:
                    trace[name] = places[min(timestep, len(places) - 1)]

    def _draw(self, chosen: Chosen) -> None:
        """Draw the view of that timestep and unit, and take its traces and layout over."""
        drawn = self._drawn
        perspective = drawn.perspective.replace(timestep=chosen.timestep, unit=chosen.unit)
        result = drawn.view.analyse(drawn.run, perspective)
        made = drawn.view.figure(drawn.run, perspective, result, drawn.style).to_dict()
        self.widget.update(data=made["data"], layout=made["layout"], overwrite=True)

    def _mark(self, timestep: int) -> None:
        """Draw the time cursor as a line over the axis that counts timesteps."""
        kept = [one for one in self.widget.layout.shapes if one.name != CURSOR]
        place = self._first + timestep
        line = {"color": self._drawn.style.ink.cursor, "width": 1.5}
        mark = go.layout.Shape(
            type="line", name=CURSOR, x0=place, x1=place, xref=self._axis, y0=0, y1=1,
            yref="paper", line=line,
        )  # fmt: skip
        self.widget.layout.shapes = (*kept, mark)


def together(viewer: Any, figures: Iterable[Any]) -> Any:
    """Return a viewer and its figures, one below the other."""
    return ipywidgets.VBox([viewer, *figures])

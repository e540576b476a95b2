"""Every view of a run as a plain Plotly figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnnviz.engine.run import Run
from rnnviz.i18n import DEFAULT_LANGUAGE, words
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import PALETTES
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View, views


def figure(
    run: Run,
    view: str = "states",
    *,
    perspective: Perspective | None = None,
    language: str = DEFAULT_LANGUAGE,
    theme: str = "light",
    palette: str = PALETTES[0],
    presentation: bool = False,
) -> Any:
    """Return a view of a run as a plain Plotly figure, to show, change or save.

    Parameters
    ----------
    run : Run
        From :func:`rnnviz.spec.simulate`.
    view : str
        Name of the view; ValueError lists the names when there is none such, or says why the
        network has none.
    perspective : Perspective, optional
        Cursor and layer.
    language, theme, palette, presentation
        As in :class:`rnnviz.views._plot.style.Style`.
    """
    known = views()
    if view not in known:
        raise ValueError(f"there is no view {view!r}; there are: {', '.join(known)}")
    if reason := known[view].why_not(run):
        raise ValueError(words(language)(reason))
    perspective = perspective or Perspective()
    style = Style(language, theme, palette, presentation)
    result = known[view].analyse(run, perspective)
    drawn = known[view].figure(run, perspective, result, style)
    drawn._rnnviz_drawn = Drawn(run, known[view], perspective, style)
    return drawn


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a figure was drawn from, so that a viewer can draw it again for another timestep."""

    run: Run
    view: View[Any]
    perspective: Perspective
    style: Style


def drawn_of(figure: Any) -> Drawn | None:
    """Return what a figure of :func:`figure` was drawn from; None for any other figure."""
    return getattr(figure, "_rnnviz_drawn", None)

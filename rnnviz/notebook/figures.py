"""A run in a notebook: what it is at a glance, and every view as a plain Plotly figure."""

from __future__ import annotations

import base64
import html
from typing import Any

import numpy as np

from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.level_of_detail import reduce_to_blocks
from rnnviz.analysis.saturation import saturation
from rnnviz.engine.run import Run
from rnnviz.export.caption import parameters
from rnnviz.export.png import bitmap
from rnnviz.i18n import DEFAULT_LANGUAGE, words
from rnnviz.sentences.reading import read
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import PALETTES, sample
from rnnviz.views._plot.picture import encode
from rnnviz.views._plot.style import FONT, Style
from rnnviz.views.registry import views
from rnnviz.views.states import analyse

_COLUMNS, _ROWS = 800, 128


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
        Name of the view; ValueError lists the names when there is none such.
    perspective : Perspective, optional
        Cursor and layer.
    language, theme, palette, presentation
        As in :class:`rnnviz.views._plot.style.Style`.
    """
    known = views()
    if view not in known:
        raise ValueError(f"there is no view {view!r}; there are: {', '.join(known)}")
    perspective = perspective or Perspective()
    style = Style(language, theme, palette, presentation)
    return known[view].draw(known[view].analyse(run, perspective), style)


def run_html(run: Run, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a run at a glance as HTML: what it does, its states in small, its parameters."""
    say, top = words(language), run.layers[-1]
    result = saturation(top.trace)
    reading = read(top.trace, result, diagnose(top.trace, result), say).headline
    perspective = Perspective(layer=len(run.layers) - 1)
    known = [
        *parameters(run, perspective, say),
        *([f"{say('knob.seed.label')} {run.experiment.seed}"] if run.experiment else []),
    ]
    shape = f"states {run.states.shape} {run.states.dtype}"
    return (
        f"<div style='font-family:{html.escape(FONT, quote=True)};max-width:820px'>"
        f"<p style='margin:0 0 .4em'><b>{html.escape(reading)}</b></p>"
        f"{_thumbnail(run, perspective, html.escape(say('view.states.title')))}"
        f"<p style='margin:.4em 0 0;opacity:.75'>{html.escape(' · '.join([shape, *known]))}</p>"
        "</div>"
    )


def _thumbnail(run: Run, perspective: Perspective, title: str) -> str:
    """Return the states as a small picture, in the colours of the state heatmap."""
    field = analyse(run, perspective).field
    blocks = reduce_to_blocks(field.values, _COLUMNS, _ROWS)
    shades = encode(blocks.mean, field).T[::-1]
    positions = (np.arange(256) - 2) / 252
    colours = [colour[4:-1].split(",") for colour in sample(Style().scale(field.kind), positions)]
    png = bitmap(np.array(colours, dtype=np.uint8)[shades])
    return (
        f"<img alt='{title}' style='width:100%;height:120px;image-rendering:pixelated' "
        f"src='data:image/png;base64,{base64.b64encode(png).decode()}'>"
    )

"""Values at a glance in a notebook: a sentence, a small picture, what it is.

It is a still picture, for where no viewer can live: without Python, in a list of commits, on paper.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

import numpy as np

from rnnviz.analysis.level_of_detail import reduce_to_blocks
from rnnviz.codegen.summary import summary
from rnnviz.engine.network import Network
from rnnviz.engine.run import Run
from rnnviz.export.caption import parameters
from rnnviz.export.png import bitmap
from rnnviz.i18n import DEFAULT_LANGUAGE, words
from rnnviz.sentences.reading import read_layer
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.spec.train import Trained
from rnnviz.views._plot.colours import sample
from rnnviz.views._plot.picture import Field, encode
from rnnviz.views._plot.style import FONT, Style
from rnnviz.views.states import analyse

_COLUMNS, _ROWS = 800, 128
_QUICK = 2.0
"""Seconds that an experiment may take on a slow machine to be run for a glance."""


def glance(value: object, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a Run, Experiment, Network or Trained at a glance, as HTML."""
    if isinstance(value, Run):
        return run_html(value, language)
    if isinstance(value, Trained):
        return run_html(value.run(), language, (repr(value).strip("<>"),))
    if isinstance(value, Network):
        return network_html(value)
    assert isinstance(value, Experiment)
    if value.cost.seconds > _QUICK:
        return f"<code>{html.escape(repr(value))}</code>"
    return run_html(simulate(value), language)


def run_html(run: Run, language: str = DEFAULT_LANGUAGE, more: Sequence[str] = ()) -> str:
    """Return a run at a glance: what it does, its states in small, its parameters."""
    say, first = words(language), run.trial(0)
    top = first.layers[-1]
    reading = read_layer(top, say).headline
    if run.has_trials:
        reading = say("export.of_trial", trial=1, sentence=reading)
    perspective = Perspective(layer=len(run.layers) - 1)
    known = [
        *parameters(first, perspective, say),
        *([f"{say('knob.seed.label')} {run.experiment.seed}"] if run.experiment else []),
    ]
    shape = f"states {run.states.shape} {run.states.dtype}"
    field = analyse(first, perspective).field
    return field_html(field, reading, [shape, *known, *more], say("view.states.title"))


def network_html(network: Network) -> str:
    """Return a network at a glance: its layers and parameters, as Keras sums them up."""
    head = " · ".join(part for part in (network.name, repr(network).strip("<>")) if part)
    return f"<p><b>{html.escape(head)}</b></p><pre>{html.escape(summary(network))}</pre>"


def field_html(field: Field, headline: str, lines: Sequence[str], title: str) -> str:
    """Return values over time at a glance: a sentence, a small picture, lines about it."""
    return (
        f"<div style='font-family:{html.escape(FONT, quote=True)};max-width:820px'>"
        f"<p style='margin:0 0 .4em'><b>{html.escape(headline)}</b></p>"
        f"{_thumbnail(field, html.escape(title, quote=True))}"
        f"<p style='margin:.4em 0 0;opacity:.75'>{html.escape(' · '.join(lines))}</p>"
        "</div>"
    )


def _thumbnail(field: Field, title: str) -> str:
    """Return the values as a small picture, in the colours of the heatmap."""
    blocks = reduce_to_blocks(field.values, _COLUMNS, _ROWS)
    shades = encode(blocks.mean, field).T[::-1]
    positions = (np.arange(256) - 2) / 252
    colours = [colour[4:-1].split(",") for colour in sample(Style().scale(field.kind), positions)]
    png = bitmap(np.array(colours, dtype=np.uint8)[shades])
    return (
        f"<img alt='{title}' style='width:100%;height:120px;image-rendering:pixelated' "
        f"src='data:image/png;base64,{base64.b64encode(png).decode()}'>"
    )

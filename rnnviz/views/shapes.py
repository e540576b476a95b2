"""The shape lens: the tensor on its way through the stack, a sheet in 3-D, a column in 2-D."""

from __future__ import annotations

import math
from dataclasses import dataclass

import plotly.graph_objects as go

from rnnviz.codegen.layers import KerasLayer, keras_layers
from rnnviz.views._plot.frame import faded
from rnnviz.views._plot.style import Style, template_dict
from rnnviz.views.registry import View

_ROW, _GAP = 2.6, 1.8
"""Heights of a tensor and of the arrow to the next one, in sizes of the letters beside them."""
_SHEET, _SMALL_SHEET = (0.04, 0.34), (0.02, 0.17)
"""Where a tensor lies across the figure, which is one wide; beside it stand its lengths."""
_MOST_COLUMNS = 12
_BATCH = ((0.016, 5), (0.008, 2.5))
"""Offsets of the copies behind a sheet that stand for the rest of the batch: across, in pixels."""


@dataclass(frozen=True)
class Tensor:
    """What flows between two layers.

    Parameters
    ----------
    features : int or None
        Numbers a timestep; None for tokens, which are one each.
    whole : bool
        Whether there is a vector for every timestep; if not, only what is kept of them.
    kept : tuple of (float, float, float) triples
        Where the last output stands in the sheet: from which share of the features to which, and
        at which end of the time (0 or 1). Two for a Bidirectional layer.
    """

    features: int | None
    whole: bool = True
    kept: tuple[tuple[float, float, float], ...] = ((0.0, 1.0, 1.0),)

    @property
    def is_tokens(self) -> bool:
        """Whether it is tokens, one number a timestep."""
        return self.features is None

    def shape(self, batch: object, timesteps: object) -> str:
        """Return its shape as Python writes it."""
        lengths: list[object] = [batch]
        if self.whole:
            lengths.append(timesteps)
        if not self.is_tokens:
            lengths.append(self.features)
        return f"({', '.join(map(str, lengths))})"


@dataclass(frozen=True)
class TensorShapes:
    """The way of a tensor through a stack.

    Parameters
    ----------
    tensors : tuple of Tensor
        The input, then what each layer hands on.
    layers : tuple of KerasLayer
        Between them.
    timesteps : int
        Of this run.
    """

    tensors: tuple[Tensor, ...]
    layers: tuple[KerasLayer, ...]
    timesteps: int


def analyse(run, perspective) -> TensorShapes:
    """Return the shapes of a run's tensors."""
    layers = keras_layers(run.experiment or run.network)
    first = None if layers[0].spec is None else run.network.input_features
    tensors = [Tensor(first)]
    for layer in layers:
        both = layer.spec is not None and layer.spec.bidirectional
        kept = ((0.0, 0.5, 1.0), (0.5, 1.0, 0.0)) if both else ((0.0, 1.0, 1.0),)
        tensors.append(Tensor(layer.output_shape[-1], layer.returns_sequences, kept))
    return TensorShapes(tuple(tensors), layers, run.timesteps)


def draw(result: TensorShapes, style: Style) -> go.Figure:
    """Draw one tensor below the other, each with its lengths, and the layers between them."""
    row, gap = round(_ROW * style.font_size), round(_GAP * style.tick_size)
    pitch = row + gap
    height = len(result.tensors) * pitch - gap + 12
    traces, notes = [], []
    most = max(tensor.features or 1 for tensor in result.tensors)
    for number, tensor in enumerate(result.tensors):
        middle = height - 6 - number * pitch - row / 2
        traces += _sheet(tensor, middle, most, result.timesteps, style)
        notes += _lengths(tensor, middle, result.timesteps, style)
        if number < len(result.layers):
            arrow = middle - row / 2 - gap / 2
            notes.append(_layer_note(result.layers[number], arrow, style))
    return go.Figure(
        {
            "data": traces,
            "layout": {
                "template": template_dict(style),
                "height": height + 8,
                "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
                "showlegend": False,
                "hovermode": "closest",
                "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
                "yaxis": {"range": [0, height], "visible": False, "fixedrange": True},
                "annotations": notes,
            },
        }
    )


def _sheet(tensor: Tensor, middle: float, most: int, timesteps: int, style: Style) -> list[dict]:
    """Return the traces of one tensor: the batch behind, the sheet, its columns, what is kept."""
    left, right = _ends(style)
    row = _ROW * style.font_size
    # Tokens have no features: a line instead of a sheet.
    share = 0.16 if tensor.features is None else 0.35 + 0.55 * _share(tensor.features, most)
    tall = row * share / 2
    low, high = middle - tall, middle + tall
    columns = min(timesteps, _MOST_COLUMNS)
    width = (right - left) / columns
    colour = style.ink.series[2] if tensor.is_tokens else style.ink.series[0]
    boxes = [(left, low, right, high)]
    if not tensor.whole:
        boxes = [
            (edge, low + start * 2 * tall, edge + width, low + end * 2 * tall)
            for start, end, time in tensor.kept
            for edge in [left + time * (right - left - width)]
        ]
    traces = []
    if not tensor.whole:
        empty = "rgba(0,0,0,0)"
        traces.append(_box((left, low, right, high), empty, style.ink.axis, 1, "dot"))
    for across, up in _BATCH:
        for x0, y0, x1, y1 in boxes:
            behind = (x0 + across, y0 + up, x1 + across, y1 + up)
            traces.append(_box(behind, faded(colour, 0.10), faded(colour, 0.5), 1))
    if tensor.whole and columns > 1:
        traces.append(_columns(left, low, high, width, columns, faded(colour, 0.55)))
    text = {"hoverinfo": "text", "text": tensor.shape(1, f"{timesteps:,}"), "hoveron": "fills"}
    strong = faded(colour, 0.22 if tensor.whole else 0.75)
    return traces + [_box(box, strong, colour, 1) | text for box in boxes]


def _share(features: int, most: int) -> float:
    """Return how tall a sheet is, 0 … 1: by the logarithm, so that 1 and 1,000 are both seen."""
    return math.log1p(features) / math.log1p(most)


def _box(
    corners: tuple[float, float, float, float], fill: str, edge: str, width: float, dash="solid"
) -> dict:
    x0, y0, x1, y1 = corners
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x0, x1, x1, x0, x0],
        "y": [y0, y0, y1, y1, y0],
        "fill": "toself",
        "fillcolor": fill,
        "line": {"color": edge, "width": width, "dash": dash},
        "hoverinfo": "skip",
    }


def _columns(left: float, low: float, high: float, width: float, columns: int, colour: str) -> dict:
    """Return the lines between the timesteps of a sheet."""
    x, y = [], []
    for number in range(1, columns):
        x += [left + number * width] * 2 + [None]
        y += [low, high, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 1},
        "hoverinfo": "skip",
    }


def _ends(style: Style) -> tuple[float, float]:
    """Return where a sheet begins and ends; large letters leave it less room."""
    return _SMALL_SHEET if style.presentation else _SHEET


def _lengths(tensor: Tensor, middle: float, timesteps: int, style: Style) -> list[dict]:
    """Return the text beside a tensor: its shape in words, and with this run's numbers."""
    words = style.words
    kind = "tokens" if tensor.is_tokens else "sequence" if tensor.whole else "vector"
    named = tensor.shape(words("shapes.batch"), words("shapes.timesteps"))
    numbers = tensor.shape(1, f"{timesteps:,}")
    second = words(f"shapes.{kind}", shape=numbers)
    place = {
        "x": _ends(style)[1] + 0.05,
        "xanchor": "left",
        "xref": "x",
        "yref": "y",
        "align": "left",
    }
    text = f"<b>{named}</b><br><span style='color:{style.ink.muted}'>{second}</span>"
    return [place | {"y": middle, "text": text, "showarrow": False, "yanchor": "middle"}]


def _layer_note(layer: KerasLayer, middle: float, style: Style) -> dict:
    """Return the arrow and the name of the layer between two tensors."""
    name = layer.class_name
    if layer.spec is not None and name != layer.spec.cell:  # a layer around it
        name = f"{name}({layer.spec.cell})"
    text = f"↓  {layer.name}" if style.presentation else f"↓  {layer.name} · {name}"
    if layer.spec is not None:
        text += f" · {style.words(f'shapes.return_{str(layer.spec.return_sequences).lower()}')}"
    return {
        "x": _ends(style)[0],
        "xanchor": "left",
        "xref": "x",
        "yref": "y",
        "y": middle,
        "yanchor": "middle",
        "text": text,
        "showarrow": False,
        "font": {"size": style.tick_size},
    }


VIEW = View("shapes", "keras", analyse, draw, order=0, both_directions=True)

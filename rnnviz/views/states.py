"""The main view: a run as a heatmap over time, two strips beneath, the step at the cursor beside.

What the cells show is up to the lens (:mod:`rnnviz.views._plot.lenses`): hidden states by default.
"""

from __future__ import annotations

import dataclasses
import math
from weakref import WeakKeyDictionary

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.level_of_detail import Blocks, reduce_to_blocks
from rnnviz.analysis.saturation import saturation
from rnnviz.engine import Run, Trace
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import sample
from rnnviz.views._plot.cursor import CURSOR
from rnnviz.views._plot.hatching import hatching
from rnnviz.views._plot.lenses import lens_for, state_scale
from rnnviz.views._plot.picture import (
    HIGHEST,
    LOWEST,
    MISSING,
    Field,
    InputBand,
    Picture,
    Strip,
    encode,
    rounded_up,
    symmetric_limit,
    with_contrast,
)
from rnnviz.views._plot.picture_frame import INPUT_AXIS, frame, mark_titles, own_contrast
from rnnviz.views._plot.picture_words import how_to_read, title_of
from rnnviz.views._plot.style import FIRST_STEP, Style, template_dict
from rnnviz.views._plot.trial_lenses import TRIAL_LENSES
from rnnviz.views.registry import Told, View

COLUMNS, ROWS = 1200, 512
"""Most cells of a plain figure: beyond 65,535 columns Plotly would draw nothing at all."""
_COLOUR_STEPS = 128
_BANDS: WeakKeyDictionary[Run, dict[bool, InputBand]] = WeakKeyDictionary()
_ON_OWN_SCALE: WeakKeyDictionary[Trace, dict[str, Field]] = WeakKeyDictionary()
"""What was measured for a picture, as long as its run lives."""
_LATEST: WeakKeyDictionary[Run, tuple[tuple[object, ...], Picture]] = WeakKeyDictionary()
"""The picture that was asked for last: a page asks for the same one three times."""
WRITTEN_OUT = 20_000
"""Most cells whose values a plain figure carries as text, to the last digit."""
_SATURATED = {(-1.0, 1.0): "saturated", (0.0, 1.0): "saturated_between"}
"""Range of a state -> the strip whose title names its ends; others are "an end"."""


def state_picture(
    states: np.ndarray,
    state_range: tuple[float, float],
    saturated: np.ndarray,
    mean: np.ndarray,
    *,
    experiment: str = "",
    part: str = "",
    timestep: int = 0,
    unit: int = 0,
    backwards: bool = False,
) -> Picture:
    """Describe the picture of hidden states.

    Parameters
    ----------
    states : ndarray (timesteps, units)
        What the heatmap shows.
    state_range : (float, float)
        Least and greatest value that a state can take. Finite ones are the ends of the colour
        scale, and what is exactly there is marked; otherwise the largest state sets the scale.
    saturated, mean : ndarray (timesteps,)
        Share of saturated units and mean state of each step.
    experiment, part, timestep, unit, backwards
        As in :class:`~rnnviz.views._plot.picture.Picture`.
    """
    low, high = state_range
    field = Field(states, "state", **state_scale(states, state_range))
    strips: tuple[Strip, ...]
    if math.isfinite(low) and math.isfinite(high):
        name = _SATURATED.get(state_range, "saturated_at_an_end")
        strips = (Strip(saturated, name, 0.0, 1.0, percent=True), Strip(mean, "mean", low, high))
    else:
        limit = symmetric_limit(mean)
        strips = (Strip(mean, "mean", -limit, limit),)
    return Picture(field, strips, timestep, unit, experiment, part, backwards=backwards)


def analyse(run, perspective) -> Picture:
    """Return the picture of a run: layer, lens and cursor are those of the perspective."""
    number = perspective.layer_in(run.layers)
    cursor = (perspective.timestep, perspective.unit)
    asked = (number, perspective.lens, perspective.contrast, *cursor)
    kept = _LATEST.get(run)
    if kept is None or kept[0] != asked:
        kept = _LATEST[run] = asked, _picture(run, number, perspective)
    return kept[1]  # never what is there by now: visitors share a run, and look at it differently


def _picture(run: Run, number: int, perspective: Perspective) -> Picture:
    layer = run.layers[number]
    result = saturation(layer.both or layer.trace)
    backwards = run.network.is_turned(number)
    picture = state_picture(
        layer.states,
        layer.state_range,
        result.share_by_step,
        result.mean_by_step,
        experiment=run.identity,
        part=str(number),
        timestep=perspective.timestep,
        unit=perspective.unit,
        backwards=backwards,
    )
    lens = lens_for(perspective.lens, layer.both or layer.trace)
    if lens.name == "state":
        kept = _ON_OWN_SCALE.setdefault(layer.trace, {})
        ends = (result.lowest, result.highest)
        if perspective.contrast not in kept:
            kept[perspective.contrast] = with_contrast(picture.field, perspective.contrast, ends)
        field = kept[perspective.contrast]
    else:
        field = with_contrast(lens.field(layer.trace, layer.both), perspective.contrast)
    band: InputBand | None
    if _is_over_trials(run, perspective):
        over_trials = TRIAL_LENSES[perspective.lens].field(run, number)
        field = with_contrast(over_trials, perspective.contrast)
        picture, band = dataclasses.replace(picture, strips=(_mean_of(over_trials),)), None
    else:
        band = input_band(run, backwards)
    if field.own and field.name in ("state", "trial_mean"):
        picture = _mean_on(picture, field)
    identity = f"{run.source.to_query()} {run.trial_index}"
    return dataclasses.replace(picture, field=field, input=band, identity=identity)


def tell(run: Run, perspective: Perspective, say: Words) -> Told:
    """Return what is said of the picture of a run: that of the lens through which it is shown."""
    field = analyse(run, perspective).field
    read = how_to_read(field, say)
    if field.name != "state":  # whose own sentence begins so
        read = f"{say('view.states.how_to_read')} {read}"
    return Told(title_of(field, say), read, _is_over_trials(run, perspective))


def _is_over_trials(run: Run, perspective: Perspective) -> bool:
    return perspective.lens in TRIAL_LENSES and run.whole.has_trials


def _mean_of(field: Field) -> Strip:
    """Return the mean over the units of what a heatmap over all trials shows."""
    with np.errstate(invalid="ignore", over="ignore"):
        mean = field.values.mean(axis=1, dtype=np.float64)
    mean.setflags(write=False)
    name = "mean" if field.name == "trial_mean" else "mean_spread"
    return Strip(mean, name, field.low, field.high)


def _mean_on(picture: Picture, field: Field) -> Picture:
    """Return a picture whose mean state is drawn on the scale of its field."""
    low, high = min(field.low, 0.0), max(field.high, 0.0)
    strips = tuple(
        dataclasses.replace(strip, low=low, high=high) if strip.name == "mean" else strip
        for strip in picture.strips
    )
    return dataclasses.replace(picture, strips=strips)


def input_band(run, backwards: bool = False) -> InputBand:
    """Return what the network read, as the band above its states.

    Parameters
    ----------
    run : Run
        Of a single sequence.
    backwards : bool
        Whether the columns are in the order of a layer that reads from the end.
    """
    kept = _BANDS.setdefault(run, {})
    if backwards not in kept:
        kept[backwards] = _input_band(run, backwards)
    return kept[backwards]


def _input_band(run: Run, backwards: bool) -> InputBand:
    order = slice(None, None, -1 if backwards else 1)
    values = run.inputs[order]
    limit = rounded_up(symmetric_limit(values))
    positive = bool(values.min() >= 0)
    kind = "sequential" if positive else "diverging"
    field = Field(values, "input", 0.0 if positive else -limit, limit, kind, array_name="inputs")
    return InputBand(field, run.token_labels[order], run.data.feature_names)


def draw(picture: Picture, style: Style) -> go.Figure:
    """Draw a picture as a plain Plotly figure, the state at the cursor beside it."""
    blocks = reduce_to_blocks(picture.field.values, COLUMNS, ROWS)
    traces = [_heatmap(picture.field, blocks), _colour_bar(picture.field)]
    for number, strip in enumerate(picture.strips, start=2):
        traces += _strip_lines(strip, f"y{number}", style.ink.series[number - 2], style)
    traces.append(_state_at_cursor(picture, style))
    traces += _input(picture.input, style) if picture.input else []
    layout = frame(picture, style) | {"template": template_dict(style)}
    layout["coloraxis"] = _colour_axis(picture.field, style)
    timestep = picture.cursor[0] + FIRST_STEP
    layout["shapes"] = _cursor(timestep, picture, style)
    layout["annotations"].append(_label(_at(timestep, style), "x2 domain", 0.5, style))
    _mark(layout, picture.field, blocks, style)
    return go.Figure({"data": traces, "layout": layout})


def _cursor(timestep: int, picture: Picture, style: Style) -> list[dict]:
    """Return the time cursor as a line in each panel: between them stand the panels' titles."""
    panels = ["y", *(f"y{number}" for number, _ in enumerate(picture.strips, start=2))]
    panels += [f"y{INPUT_AXIS}"] if picture.input else []
    line = {"type": "line", "name": CURSOR, "xref": "x", "x0": timestep, "x1": timestep}
    pen = {"color": style.ink.cursor, "width": 1.5}
    return [line | {"yref": f"{axis} domain", "y0": 0, "y1": 1, "line": pen} for axis in panels]


def _heatmap(field: Field, blocks: Blocks) -> dict:
    """Return the heatmap trace, with every value to the last digit while there are few."""
    trace = {
        "type": "heatmap",
        "z": _within(blocks.mean.T, field),
        "x0": FIRST_STEP + (blocks.steps - 1) / 2,
        "dx": blocks.steps,
        "y0": FIRST_STEP + (blocks.units - 1) / 2,
        "dy": blocks.units,
        "coloraxis": "coloraxis",
        "hovertemplate": "%{x} · %{y}<br>%{z}<extra></extra>",
    }
    if field.values.size <= WRITTEN_OUT:
        trace["text"] = [[repr(value) for value in row] for row in field.values.T.tolist()]
        trace["hovertemplate"] = "%{x} · %{y}<br>%{text}<extra></extra>"
    elif blocks.is_reduced:
        trace["customdata"] = np.stack([blocks.minimum.T, blocks.maximum.T], axis=-1)
        trace["hovertemplate"] = (
            "%{x} · %{y}<br>%{z} (%{customdata[0]} … %{customdata[1]})<extra></extra>"
        )
    return trace


def _input(band: InputBand, style: Style) -> list[dict]:
    """Return the traces of the input: one curve a feature, or a heatmap in its own colours."""
    axis, field = f"y{INPUT_AXIS}", band.field
    if band.is_curve:
        lines = []
        for feature, values in enumerate(field.values.T):
            strip = Strip(values, "input", field.low, field.high)
            colour = style.ink.series[(feature + 2) % len(style.ink.series)]
            lines += _strip_lines(strip, axis, colour, style)
        return lines
    blocks = reduce_to_blocks(field.values, COLUMNS, ROWS)
    trace = {
        "type": "heatmap",
        "z": _within(blocks.mean.T, field),
        "x0": FIRST_STEP + (blocks.steps - 1) / 2,
        "dx": blocks.steps,
        "y0": FIRST_STEP + (blocks.units - 1) / 2,
        "dy": blocks.units,
        "yaxis": axis,
        "zmin": field.low,
        "zmax": field.high,
        "colorscale": [list(stop) for stop in style.scale(field.kind)],
        "showscale": False,
        "hovertemplate": "x[%{x}, %{y}] = %{z}<extra></extra>",
    }
    return [trace]


def _colour_axis(field: Field, style: Style) -> dict:
    scale = [list(stop) for stop in style.scale(field.kind)]
    return {"colorscale": scale, "cmin": field.low, "cmax": field.high, "showscale": False}


def _colour_bar(field: Field) -> dict:
    """Return the colour bar as a trace: the scale drawn over its own axis."""
    ends = np.linspace(field.low, field.high, _COLOUR_STEPS + 1)
    return {
        "type": "heatmap",
        "x": ends,
        "y": [-0.5, 0.5],
        "z": [(ends[1:] + ends[:-1]) / 2],
        "xaxis": "x2",
        "yaxis": "y9",
        "coloraxis": "coloraxis",
        "hoverinfo": "skip",
    }


def _strip_lines(strip: Strip, axis: str, colour: str, style: Style) -> list[dict]:
    """Return the line of a strip and, where it was reduced, the band of its extremes."""
    blocks = reduce_to_blocks(strip.values[:, None], COLUMNS, 1)
    steps = FIRST_STEP + (blocks.steps - 1) / 2 + blocks.steps * np.arange(len(blocks.mean))
    axes = {"type": "scatter", "mode": "lines", "xaxis": "x", "yaxis": axis, "x": steps}
    line = axes | {"y": blocks.mean[:, 0], "line": {"color": colour, "width": style.line_width}}
    if not blocks.is_reduced:
        return [line]
    edge = {"line": {"width": 0, "color": colour}, "hoverinfo": "skip"}
    return [
        axes | edge | {"y": blocks.minimum[:, 0]},
        axes | edge | {"y": blocks.maximum[:, 0], "fill": "tonexty"},
        line,
    ]


def _state_at_cursor(picture: Picture, style: Style) -> dict:
    field = picture.field
    state = field.values[picture.cursor[0]]
    return {
        "type": "bar",
        "orientation": "h",
        "x": _within(state, field),
        "y": FIRST_STEP + np.arange(len(state)),
        "customdata": [repr(value) for value in state.tolist()],
        "xaxis": "x2",
        "yaxis": "y",
        "marker": {"color": _shades(state, field, style), "line": {"width": 0}},
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }


def _within(values: np.ndarray, field: Field) -> np.ndarray:
    """Return infinite values as the ends of the scale: Plotly would leave them out."""
    infinite = np.isinf(values)
    return np.where(infinite, np.clip(values, field.low, field.high), values)


def _shades(values: np.ndarray, field: Field, style: Style) -> list[str]:
    """Return the colour of each value; a bar in Plotly does not read the colour axis."""
    positions = (encode(values, field).astype(float) - 2) / 252
    return sample(style.scale(field.kind), positions)


def _at(timestep: int, style: Style) -> str:
    return style.words("viewer.at", timestep=f"{timestep:,}")


def _label(text: str, xref: str, x: float, style: Style) -> dict:
    """Return a line of text above the heatmap, or above what stands beside it."""
    place = {"xref": xref, "yref": "y domain", "x": x, "y": 1, "yanchor": "bottom"}
    return place | {"text": text, "showarrow": False, "font": {"size": style.tick_size}}


def _mark(layout: dict, field: Field, blocks: Blocks, style: Style) -> None:
    """Hatch the cells that are (or hold one that is) at a mark, and say what hatching means."""
    low = encode(blocks.minimum, field) == LOWEST
    high = encode(blocks.maximum, field) == HIGHEST
    faint = field.kind == "sequential" and not high.any()
    source = hatching(low, high, style.ink.hatch_faint if faint else style.ink.hatch)
    (left, right), (bottom, top) = layout["xaxis"]["range"], layout["yaxis"]["range"]
    if source is not None:
        layout["images"] = [
            {"source": source, "sizing": "stretch", "layer": "above", "xref": "x", "yref": "y"}
            | {"x": left, "y": top, "sizex": right - left, "sizey": top - bottom}
        ]
    low_title, high_title = mark_titles(field, style)
    titles = [f"▨ {high_title}"] * bool(high.any()) + [f"▧ {low_title}"] * bool(low.any())
    if (encode(blocks.mean, field) == MISSING).any():
        block = f'<span style="color:{style.ink.missing}">■</span>'
        titles.append(f"{block} {style.words(field.missing_key)}")
    titles += [own_contrast(field, style)] * field.own
    if titles:
        legend = _label("   ".join(titles), "x domain", 0, style)
        layout["annotations"].append(legend | {"xanchor": "left"})


VIEW = View("states", "states", analyse, draw, order=0, both_directions=True, tell=tell)

"""The viewer in one HTML file, with every layer and lens, in both languages, and without a server.

It is opened from a disk, a memory stick or a phone. Its security policy lets it fetch nothing:
script and style are named by their hashes, and all else is forbidden. A small run of float64 also
carries its weights, and the file computes what its knobs are moved to.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from string import Template
from typing import Any

from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.codegen.annotated_loop import annotated_loop
from rnnviz.engine.run import Run
from rnnviz.export.caption import caption
from rnnviz.export.file_engine import engine_part, radius_of
from rnnviz.export.file_figures import figure_part
from rnnviz.export.html_page import Head, viewer_html
from rnnviz.export.source import source_json
from rnnviz.export.standalone import plotly_file
from rnnviz.i18n import LANGUAGES, words
from rnnviz.sentences.metrics import metrics
from rnnviz.sentences.reading import read_layer
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer.network_payload import EXACT_NUMBERS, Drawn, network_parts
from rnnviz.viewer.packing import Arrays, Pool, pack
from rnnviz.viewer.payload import picture_parts
from rnnviz.views import states
from rnnviz.views._plot.lenses import LENSES
from rnnviz.views._plot.picture import Field
from rnnviz.views._plot.picture_words import how_to_read_any
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import view

MOST_EXACT = 20_000
"""Up to so many cells of a layer every lens has its values in the file; beyond, the state alone."""
_SAID = ("reading.", "meaning.", "metric.", "lens.", "field.", "contrast.", "keys.", "file.")
_KNOBS = ("weight_scale", "input_gain", "recurrent_gain")
_KEYS = {
    "steps": "← →",
    "units": "↑ ↓",
    "ends": "Home End",
    "zoom": "+ − 0",
    "pan": "Shift ← →",
    "help": "?",
}
_BODY = Template("""\
<header><h1 data-part="title">$title</h1>
<div class="rf-choices" role="group" data-part="languages"></div>
<div class="rf-choices" role="group" data-part="themes"></div></header>
<main>
<div class="rf-top"><div>
<div class="rf-reading" data-part="reading" aria-live="polite">$reading</div>
<div class="rf-knobs" data-part="knobs"></div></div>
<div data-part="network"></div></div>
<div class="rf-bar"><div class="rf-choices" role="group" data-part="layers"></div>
<div class="rf-choices" role="group" data-part="lenses"></div>
<p class="rf-how" data-part="how-to-read"></p></div>
<div data-part="viewer"></div>
<div data-part="figures"></div>
</main>
<footer data-part="parameters">$caption</footer>
<div class="rf-help" role="dialog" data-part="help" hidden></div>""")
_STYLES = ("viewer.css", "network.css", "file.css")


def viewer_page(
    run: Run,
    perspective: Perspective,
    language: str,
    *,
    theme: str = "auto",
    link: str | None = "",
    linked: Sequence[str] = (),
) -> bytes:
    """Return a run with its viewer as one HTML page, UTF-8.

    Parameters
    ----------
    run : Run
        Of a single sequence.
    perspective : Perspective
        Where the file begins: cursor, layer, lens; palette and contrast hold for all of it.
    language : {"en", "ko"}
        That it begins in; the reader can change it.
    theme : {"auto", "light", "dark"}
        That it begins in; the reader can change it.
    link : str or None
        Address of the same in an app, at the foot under parameters and origin; None for no foot.
    linked : sequence of str
        Views that stand below and follow the cursor; with them the file holds Plotly, 5 MB.
    """
    arrays = Pool()
    parts = _parts(run, perspective, arrays)
    parts["figures"] = [figure_part(run, perspective, view(name), arrays) for name in linked]
    parts |= {"language": language, "theme": theme}
    parts["captions"] = {
        name: [] if link is None else _caption(run, perspective, name, link) for name in LANGUAGES
    }
    data = pack(parts, arrays)
    say = words(language)
    title = say("view.states.title")
    body = _BODY.substitute(
        title=html.escape(title),
        reading=spoken(parts["readings"][f"{parts['layer']} {language}"]),
        caption="".join(f"<p>{html.escape(line)}</p>" for line in parts["captions"][language]),
    )
    return viewer_html(
        Head(language, title, source_json(run.source)),
        body,
        data,
        module="file_page.js",
        styles=_STYLES,
        needs_script=say("file.needs_script"),
        plotly=plotly_file().read_text(encoding="utf-8") if linked else "",
    )


def _parts(run: Run, perspective: Perspective, arrays: Arrays) -> dict[str, Any]:
    """Return everything of the file but where it begins; arrays are added to the pool."""
    pictures: dict[str, Any] = {}
    networks: dict[str, Any] = {}
    readings: dict[str, Any] = {}
    layers: list[Any] = []
    fields: dict[str, list[Field]] = {}
    whole = perspective.replace(page="states")
    for index, name in enumerate(run.network.layer_names):
        there = whole.replace(layer=index)
        lenses = tuple(_lenses(run, index))
        layers.append({"name": name, "lenses": lenses})
        shown = {lens: states.analyse(run, there.replace(lens=lens)) for lens in lenses}
        for lens, picture in shown.items():
            fields.setdefault(lens, []).append(picture.field)
        for language in LANGUAGES:
            style = _style(perspective, language)
            for lens, picture in shown.items():
                exact = lens == "state" or picture.field.values.size <= MOST_EXACT
                parts = picture_parts(arrays, picture, style, exact=exact)
                pictures[f"{index} {lens} {language}"] = parts
            if _is_drawn(run):
                loop = annotated_loop(run, index, words(language))
                drawn = Drawn(run, index, shown["state"].field, listing=loop)
                networks[f"{index} {language}"] = network_parts(arrays, drawn, style)
        readings |= readings_of(run, index)
    layer = perspective.layer_in(run.layers)
    return {
        "layers": layers,
        "layer": layer,
        "lens": perspective.lens if perspective.lens in layers[layer]["lenses"] else "state",
        "timestep": max(0, min(perspective.timestep, run.layers[layer].trace.timesteps - 1)),
        "timesteps": run.timesteps,
        "contrast": perspective.contrast,
        "pictures": pictures,
        "networks": networks,
        "readings": readings,
        "engine": engine_part(run, arrays, _KNOBS),
        "sentences": {
            language: _sentences(perspective, language, fields) for language in LANGUAGES
        },
        "keys": list(_KEYS.items()),
    }


def _lenses(run: Run, index: int) -> Iterator[str]:
    layer = run.layers[index]
    return (name for name, lens in LENSES.items() if lens.applies(layer.both or layer.trace))


def _is_drawn(run: Run) -> bool:
    numbers = sum(one.layer.parameter_count for one in run.layers)
    numbers += sum(one.trace.full_states.size + one.trace.inputs.size for one in run.layers)
    return numbers <= EXACT_NUMBERS


def _style(perspective: Perspective, language: str) -> Style:
    return Style(language, palette=perspective.palette, presentation=perspective.presentation)


def readings_of(run: Run, index: int) -> dict[str, dict[str, Any]]:
    """Return what the page of states says of a layer on top, by layer and language."""
    layer = run.layers[index]
    result = saturation(layer.trace)
    diagnosis = diagnose(layer.trace, result)
    numbers = metrics(result, diagnosis, layer, radius_of(layer.layer))
    readings: dict[str, dict[str, Any]] = {}
    for language in LANGUAGES:
        say = words(language)
        reading = read_layer(layer, say, diagnosis)
        readings[f"{index} {language}"] = {
            "headline": reading.headline,
            "meaning": reading.meaning,
            "numbers": [[say(f"metric.{name}"), value] for name, value, _ in numbers],
        }
    return readings


def spoken(reading: dict[str, Any]) -> str:
    """Return a reading as HTML, for a reader or a program without script."""
    headline, meaning = html.escape(reading["headline"]), html.escape(reading["meaning"])
    return f"<h2>{headline}</h2><p>{meaning}</p>"


def _sentences(
    perspective: Perspective, language: str, fields: dict[str, list[Field]]
) -> dict[str, str]:
    """Return the sentences that the file says by itself.

    How a lens is read is said once for all layers: ``fields`` has what it shows of each.
    """
    say = words(language, perspective.palette)
    chosen = {key: text for key, text in say.sentences.items() if key.startswith(_SAID)} | {
        f"knob.{name}.label": say(f"knob.{name}.label") for name in _KNOBS
    }
    chosen |= {
        f"lens.{name}.how_to_read": how_to_read_any(shown, say) for name, shown in fields.items()
    }
    return chosen | {"view.states.title": say("view.states.title")}


def _caption(run: Run, perspective: Perspective, language: str, link: str) -> list[str]:
    said = caption(view("states"), run, perspective, words(language))
    return [said.parameters, said.origin, link or said.link]

"""The notebook of the notes: their loop and their Keras models, ready to run, with the viewer.

It is written as plain JSON in the notebook format 4.5; nothing of Jupyter is needed to write it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from rnnviz.codegen.models import NOTES_MODELS
from rnnviz.codegen.notes_loop import Reading, loop_parts
from rnnviz.codegen.programs import cells
from rnnviz.codegen.recreate import recreate
from rnnviz.engine import Layer, Run
from rnnviz.engine.source import Given
from rnnviz.engine.unroll import Trace
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import GAIN, INITIALIZER
from rnnviz.spec.shapes import gate_count

FILE_NAME = "rnnviz.ipynb"
_WEIGHTS = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}
"""What the notes call a weight; their W and U are transposed."""
_NOTES_SIZES = {
    "W": "(output_features, input_features)",
    "U": "(output_features, output_features)",
    "b": "(output_features,)",
}
_MAIN = ("v", "timesteps", "input_features", "units", "weight_scale", "seed")
_KERAS_MODELS = ("last_output", "whole_sequence", "four_stacked")


def notebook(run: Run, say: Words) -> str:
    """Return a notebook as JSON text: the run's own loop, the notes' Keras models, the viewer.

    Parameters
    ----------
    run : Run
        What is looked at; of several trials the first. Where it comes from files, they must lie
        beside the notebook.
    say : Words
        The language of the notebook.
    """
    run = run.trial(0)
    parts = [*_head(run, say), *_loops(run, say), *_viewer(run, say), *_keras(run, say)]
    content = {
        "cells": [_cell(number, *part) for number, part in enumerate(parts)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, kind: str, lines: Iterable[str]) -> dict[str, Any]:
    """Return one cell; its id is its place, which the format asks to be unique."""
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell | {"source": "\n".join(lines).splitlines(keepends=True)}


Part = tuple[str, Iterable[str]]


def _head(run: Run, say: Words) -> Iterator[Part]:
    yield "markdown", [f"# {say('notebook.title')}", "", say("notebook.about"), "", _cited(run)]
    if isinstance(run.source, Given):
        yield "markdown", [say("notebook.files")]
    yield "code", ["import numpy as np", "", "import rnnviz", "", *_made_again(run), "print(run)"]


def _cited(run: Run) -> str:
    """Return what is shown, as code: a link may hold what Markdown would read otherwise."""
    recipe = _recipe(run)
    query = run.source.to_query() if recipe is None else _short_query(recipe)
    fence = "```"
    return f"{fence}text\n?{query}\n{fence}"


def _made_again(run: Run) -> list[str]:
    """Return the lines after which ``run`` holds the run."""
    recipe = _recipe(run)
    if recipe is None:
        return [line for line in recreate(run) if line != "import rnnviz"]
    query = _short_query(recipe)
    return [
        f'experiment = rnnviz.Experiment.from_query("{query}")',
        f"run = rnnviz.simulate(experiment){_chosen(run)}",
    ]


def _chosen(run: Run) -> str:
    """Return what takes the trial that is looked at from its run."""
    return "" if run.trial_index is None else f".trial({run.trial_index})"


def _recipe(run: Run) -> Experiment | None:
    """Return the experiment that draws all of a run; None where something was given."""
    return run.experiment if isinstance(run.experiment, Experiment) else None


def _short_query(experiment: Experiment) -> str:
    """Return a link with the version, the main knobs and what is unusual, as captions have it.

    Within a version, which the link names, no default ever changes.
    """
    usual = frozenset(Experiment().pairs())
    kept = [pair for pair in experiment.pairs() if pair[0] in _MAIN or pair not in usual]
    return urlencode(kept, safe=",")


def _loops(run: Run, say: Words) -> Iterator[Part]:
    """Yield the cells of every layer and direction, from the input up."""
    yield "markdown", [f"## {say('notebook.loop')}", "", say("notebook.loop_about")]
    several = len(run.layers) > 1 or run.layers[0].backward is not None
    for index, layer in enumerate(run.layers):
        for name, trace in (("trace", layer.trace), ("backward", layer.backward)):
            if trace is None:
                continue
            if several:
                heading = "notebook.backward" if name == "backward" else "notebook.layer"
                yield "markdown", [f"### {say(heading, number=index + 1)}"]
            path = f"run.layers[{index}].{name}"
            yield "code", _arrays(run, index, trace, path)
            reading = _reading(trace, path)
            functions, before, loop = loop_parts(trace.layer, "suc_outputs", reading)
            mask = [f"mask = {reading.mask}"] if reading.mask else []
            start = f"state_t = {reading.start_of(0)}"
            yield "code", [*functions[1:], *mask, start, *before, "", *loop]
            yield "code", ["suc_outputs[:3]"]
            yield "code", ["final_output_sequence.shape"]
            yield "markdown", [say("notebook.check")]
            yield "code", [f"np.abs(final_output_sequence - {path}.states).max()"]


def _reading(trace: Trace, path: str) -> Reading:
    """Return from which state the loop starts and what it passes over; inputs are in order."""
    parts = len(trace.layer.state_names)
    start = f"np.split({path}.initial_state, {parts})[{{part}}]"
    return Reading(
        start=start if trace.initial_state.any() else Reading.start,
        mask="" if trace.mask is None else f"{path}.mask",
    )


def _arrays(run: Run, index: int, trace: Trace, path: str) -> list[str]:
    """Return the lines that name what the loop reads, as the notes name it."""
    cell = trace.layer
    recipe = _recipe(run)
    layer = run.network.layers[index]
    # What reads from the end, or through another part, has its inputs in its own order and form.
    changed = index or layer.before or layer.go_backwards or path.endswith("backward")
    source = path if changed else "run"
    drawn = recipe and not changed and (recipe.signal, recipe.signal_amplitude) == ("uniform", 1)
    remark = "  # np.random.random((timesteps, input_features))" if drawn else ""
    lines = [
        f"timesteps = {trace.timesteps}",
        f"input_features = {cell.features}",
        f"output_features = {cell.units}",
        "",
        f"inputs = {source}.inputs{remark}",
        "",
        f"layer = {path}.layer",
    ]
    for letter in cells.letters(Layer(cell)):
        weight = _WEIGHTS[letter]
        transposed = "" if letter == "b" else ".T"
        how = "" if recipe is None else f"  # {_draw(recipe, index, letter)}"
        lines.append(f"{letter} = layer.{weight}{transposed}{how}")
    return lines


def _draw(experiment: Experiment, index: int, letter: str) -> str:
    """Return how a weight is drawn: the notes' own expression where it is theirs."""
    weight, spec = _WEIGHTS[letter], experiment.layers[index]
    name = getattr(spec, INITIALIZER[weight])
    factor = experiment.weight_scale * (getattr(spec, GAIN[weight]) if weight in GAIN else 1.0)
    times = "" if factor == 1 else f"{factor:.6g} * "
    plain = name == "numpy_random" and gate_count(spec.cell) == 1
    return f"{times}np.random.random({_NOTES_SIZES[letter]})" if plain else f"{times}{name}"


def _viewer(run: Run, say: Words) -> Iterator[Part]:
    """Yield the cells that show the run, and what the loop gave, in the viewer."""
    yield "markdown", [f"## {say('notebook.viewer')}", "", say("notebook.viewer_about")]
    if _recipe(run) is not None:
        line = f'rnnviz.show(experiment, controls=True, language="{say.language}")'
    else:
        line = f'rnnviz.show(run, language="{say.language}")'
    yield "code", [line]
    yield "markdown", [say("notebook.array_about")]
    yield "code", [f'rnnviz.show(final_output_sequence, language="{say.language}")']


def _keras(run: Run, say: Words) -> Iterator[Part]:
    """Yield the notes' Keras models; where there is no Keras, each cell does nothing."""
    first, seed = NOTES_MODELS[_KERAS_MODELS[0]], (_recipe(run) or Experiment()).seed
    yield "markdown", [f"## {say('notebook.keras')}", "", say("notebook.keras_about")]
    yield (
        "code",
        [
            "try:",
            "    from keras.layers import Embedding, SimpleRNN",
            "    from keras.models import Sequential",
            "",
            "    has_keras = True",
            "except ImportError as error:",
            "    has_keras = False",
            f"    print({say('notebook.no_keras')!r}, error)",
            "",
            f"tokens = np.random.default_rng({seed}).integers("
            f"{first.vocabulary_size}, size=(1, {first.timesteps}))",
        ],
    )
    for name in _KERAS_MODELS:
        yield "markdown", [say(f"notebook.model.{name}")]
        yield "code", ["if has_keras:", *(f"    {line}" for line in _model(NOTES_MODELS[name]))]
    yield "markdown", [say("notebook.show_about")]
    yield (
        "code",
        [
            "viewer = None",
            "if has_keras:",
            f'    viewer = rnnviz.show(model, tokens, language="{say.language}")',
            "viewer",
        ],
    )


def _model(model: Experiment) -> Iterator[str]:
    """Yield the notes' lines that build a model."""
    yield "model = Sequential()"
    yield f"model.add(Embedding({model.vocabulary_size}, {model.input_features}))"
    for spec in model.layers:
        whole = ", return_sequences=True" if spec.return_sequences else ""
        yield f"model.add(SimpleRNN({spec.units}{whole}))"
    yield "outputs = model(tokens)  # builds it"
    yield "model.summary()"
    yield "print(outputs.shape)"

"""Sliders that repaint the viewer while they are dragged, and the pictures it shows meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rnnviz.app.components.viewer import LiveKnob
from rnnviz.app.runtime.jobs import Progress
from rnnviz.app.runtime.results import key_of, run_of, shared, simulation, trial_of
from rnnviz.app.sidebar.controls import stops, widget_name
from rnnviz.engine.run import Run
from rnnviz.engine.running import part
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.given import acting_knobs, recipe_of, with_recipe
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.picture import Picture


def live_knobs(source: Shown, layer: int, say: Words) -> tuple[LiveKnob, ...]:
    """Return the main sliders as the viewer watches them."""
    experiment, acting = recipe_of(source), acting_knobs(source)
    layer = min(layer, len(experiment.layers) - 1)
    return tuple(
        LiveKnob(
            row.name,
            say(f"knob.{row.name}.label"),
            stops(row, widget_name(row, layer), _of_layer(experiment, layer, row.name)),
            changes_size=row.name != "weight_scale",
        )
        for row in TABLE.values()
        if row.group == "main" and row.control == "scale" and row.name in acting
    )


def prefetched_pictures(
    source: Shown, perspective: Perspective
) -> Callable[[str, Sequence[Any]], Sequence[Picture]]:
    """Return what gives the viewer the pictures of other values of a knob.

    The result takes a knob's name and values, and returns one picture a value, up to the first
    value that the experiment does not allow.
    """
    experiment = recipe_of(source)
    layer = perspective.layer_in(experiment.layers)

    def pictures(name: str, values: Sequence[Any]) -> Sequence[Picture]:
        found: list[Shown] = []
        for value in values:
            try:
                other = with_recipe(source, with_knob(experiment, layer, name, value))
            except ExperimentError:
                break
            found.append(other)
        if not found:
            return ()
        if len(found) == 1:
            # What is said of it and drawn beside it belongs to the same run: computed once.
            return (states.analyse(trial_of(run_of(found[0]), perspective), perspective),)
        key = (*map(key_of, found), layer, perspective.lens, perspective.trial)
        # A class that starts from one link drags the same knob: computed once for all of them.
        jobs = [simulation(one) for one in found]
        seconds = sum(cost.seconds for _, cost in jobs)
        runs = [compute for compute, _ in jobs]
        what = f"pictures of {name}"
        return shared("pictures", key, seconds, lambda told: _draw(runs, perspective, told), what)

    return pictures


def _draw(
    runs: Sequence[Callable[[Progress | None], Run]], perspective: Perspective, progress: Progress
) -> tuple[Picture, ...]:
    pictures = []
    for index, compute in enumerate(runs):
        run = trial_of(compute(part(progress, index, len(runs))), perspective)
        pictures.append(states.analyse(run, perspective))
    return tuple(pictures)


def _of_layer(experiment: Experiment, layer: int, name: str) -> Any:
    return getattr(experiment.layers[layer] if TABLE[name].per_layer else experiment, name)


def with_knob(experiment: Experiment, layer: int, name: str, value: Any) -> Experiment:
    """Return the experiment with one knob (of one layer) at another value."""
    if TABLE[name].per_layer and len(experiment.layers) > 1:
        several = [getattr(spec, name) for spec in experiment.layers]
        several[layer] = value
        value = tuple(several)
    return experiment.replace(**{name: value})

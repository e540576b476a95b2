"""Sliders that repaint the viewer while they are dragged, and the pictures it shows meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rnnviz.app.components.viewer import LiveKnob
from rnnviz.app.runtime.jobs import Progress
from rnnviz.app.runtime.results import shared
from rnnviz.app.sidebar.controls import stops, widget_name
from rnnviz.engine.run import part
from rnnviz.i18n import Words
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.views import states
from rnnviz.views._plot.picture import Picture


def live_knobs(experiment: Experiment, layer: int, say: Words) -> tuple[LiveKnob, ...]:
    """Return the main sliders as the viewer watches them."""
    layer = min(layer, len(experiment.layers) - 1)
    return tuple(
        LiveKnob(
            row.name,
            say(f"knob.{row.name}.label"),
            stops(row, widget_name(row, layer), _of_layer(experiment, layer, row.name)),
            changes_size=row.name != "weight_scale",
        )
        for row in TABLE.values()
        if row.group == "main" and row.control == "scale"
    )


def prefetched_pictures(
    experiment: Experiment, perspective: Perspective
) -> Callable[[str, Sequence[Any]], Sequence[Picture]]:
    """Return what gives the viewer the pictures of other values of a knob.

    The result takes a knob's name and values, and returns one picture a value, up to the first
    value that the experiment does not allow.
    """
    layer = perspective.layer_in(experiment.layers)

    def pictures(name: str, values: Sequence[Any]) -> Sequence[Picture]:
        found = []
        for value in values:
            try:
                other = _with(experiment, layer, name, value)
            except ExperimentError:
                break
            found.append(other)
        if not found:
            return ()
        key = (tuple(found), layer, perspective.lens)
        # A class that starts from one link drags the same knob: computed once for all of them.
        seconds = sum(one.cost.seconds for one in found)
        what = f"pictures of {name}"
        return shared("pictures", key, seconds, lambda told: _draw(found, perspective, told), what)

    return pictures


def _draw(
    experiments: Sequence[Experiment], perspective: Perspective, progress: Progress
) -> tuple[Picture, ...]:
    count = len(experiments)
    return tuple(
        states.analyse(simulate(one, part(progress, index, count)), perspective)
        for index, one in enumerate(experiments)
    )


def _of_layer(experiment: Experiment, layer: int, name: str) -> Any:
    return getattr(experiment.layers[layer] if TABLE[name].per_layer else experiment, name)


def _with(experiment: Experiment, layer: int, name: str, value: Any) -> Experiment:
    """Return the experiment with one knob (of one layer) at another value."""
    if TABLE[name].per_layer and len(experiment.layers) > 1:
        several = [getattr(spec, name) for spec in experiment.layers]
        several[layer] = value
        value = tuple(several)
    return experiment.replace(**{name: value})

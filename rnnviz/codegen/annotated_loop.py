"""The notes' loop for a layer of a run, with remarks where its arrays are other ones.

A line says how an array was drawn only where it was drawn so: a factor, a spectral radius, a state
that was carried stand in the remark, and reading from the end or past masked timesteps in the loop.
"""

from __future__ import annotations

from rnnviz.codegen.notes_loop import Reading, notes_loop
from rnnviz.engine import CELLS
from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import GAIN, INITIALIZER
from rnnviz.spec.shapes import gate_count

_LECTURE = Experiment()
_INPUTS = ("signal", "signal_amplitude", "dtype")
"""Knobs that change how inputs are drawn; those that change a weight are in its remark."""
_WEIGHTS = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}
"""What the notes call a weight."""


SCALE = "{scale}"
"""Stands for a weight scale that is not known yet."""


def annotated_loop(run: Run, layer: int, say: Words, scale: str | None = None) -> tuple[str, ...]:
    """Return the notes' loop, with a remark where weights are not drawn as in the notes.

    Parameters
    ----------
    run, layer
        Of which network and which layer of it.
    say : Words
        The language of the remarks.
    scale : str, optional
        Written in the place of the weight scale that the run has.
    """
    recipe = run.recipe if isinstance(run.recipe, Experiment) else None
    if recipe is not None and scale is None:
        scale = f"{recipe.weight_scale:g}"
    drawn = None
    if not _is_lecture(run, layer, scale):
        kernel, recurrent, bias = (
            _how(run, recipe, layer, letter, scale or "1", say) for letter in _WEIGHTS
        )
        drawn = (kernel, recurrent, bias)
    reading = _reading(run, layer, say)
    return notes_loop(run.layers[layer].layer, run.timesteps, drawn, reading)


def _is_lecture(run: Run, layer: int, scale: str | None) -> bool:
    """Whether inputs and all weights are drawn as in the notes."""
    experiment = run.experiment
    if not isinstance(experiment, Experiment) or layer or scale != "1":
        return False
    spec, lecture = experiment.layers[0], _LECTURE.layers[0]
    as_drawn = (*INITIALIZER.values(), *GAIN.values(), "spectral_radius")
    return (
        gate_count(spec.cell) == 1
        and all(getattr(spec, name) == getattr(lecture, name) for name in as_drawn)
        and all(getattr(experiment, name) == getattr(_LECTURE, name) for name in _INPUTS)
    )


def _how(
    run: Run, recipe: Experiment | None, layer: int, letter: str, scale: str, say: Words
) -> str:
    """Return where a weight comes from, and what it is multiplied by."""
    weight = _WEIGHTS[letter]
    if recipe is None or (isinstance(run.source, Given) and run.source.network):
        name = getattr(run.source, "network_name", "") or say("export.unnamed")
        how = say("network.given", name=name)
    else:
        how = _draw(recipe, layer, letter, say)
    gain = 1.0
    if recipe is not None and weight in GAIN:
        gains = getattr(recipe, GAIN[weight])
        gain = gains[min(layer, len(gains) - 1)] if isinstance(gains, tuple) else gains
    factors = ["" if one == "1" else f" × {one}" for one in (f"{gain:g}", scale)]
    return how + "".join(factors)


def _draw(recipe: Experiment, layer: int, letter: str, say: Words) -> str:
    """Return how a weight is drawn, before any factor."""
    spec = recipe.layers[layer]
    how = say(f"choice.{getattr(spec, INITIALIZER[_WEIGHTS[letter]])}")
    spectral_radius = spec.spectral_radius
    if letter == "U" and spectral_radius is not None and spec.recurrent_initializer != "zeros":
        how += f" (ρ(U) = {spectral_radius:g})"
    if letter == "b":
        cell = CELLS[spec.cell]
        starts = cell.starting_biases(cell.settings_of(spec)).items()
        how += "".join(f" (b_{gate} = {value:g})" for gate, (value, _) in starts)
    return how


def _reading(run: Run, layer: int, say: Words) -> Reading:
    """Return how a layer goes through its inputs; of a Bidirectional one, forwards."""
    trace = run.layers[layer].trace
    start = f"...  # {say('network.carried')}" if trace.initial_state.any() else Reading.start
    mask = f"...  # {say('network.masked')}" if trace.mask is not None else ""
    return Reading(run.network.layers[layer].go_backwards, start, mask)

"""The notes' loop for a layer of a run, with remarks where its weights are other ones."""

from __future__ import annotations

from rnnviz.codegen.notes_loop import notes_loop
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment

_LECTURE = Experiment()
_NOTES = ("kernel_initializer", "recurrent_initializer", "bias_initializer", "signal")


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
    cell = run.layers[layer].layer
    if run.experiment is None:
        name = getattr(run.source, "network_name", "") or say("export.unnamed")
        return notes_loop(cell, run.timesteps, (say("network.given", name=name),) * 3)
    experiment, spec = run.experiment, run.experiment.layers[layer]
    scale = f"{experiment.weight_scale:g}" if scale is None else scale
    same = scale == "1" and all(
        getattr(source, name) == getattr(_LECTURE, name)
        for name in _NOTES
        for source in [spec if hasattr(spec, name) else experiment]
    )
    drawn: tuple[str, str, str] | None = None
    if not same or layer:
        factor = "" if scale == "1" else f" × {scale}"
        names = (spec.kernel_initializer, spec.recurrent_initializer, spec.bias_initializer)
        kernel, recurrent, bias = (f"{say(f'choice.{name}')}{factor}" for name in names)
        drawn = (kernel, recurrent, bias)
    return notes_loop(cell, run.timesteps, drawn)

"""The caption of an exported figure: what it shows, from which parameters, and where to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rnnviz
from rnnviz.engine.layer import Layer
from rnnviz.engine.network import Network
from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.export.fonts import width as letters_width
from rnnviz.i18n import Words
from rnnviz.knobs import Choice, Flag, Knob
from rnnviz.link import Link
from rnnviz.spec.experiment import TABLE, Experiment
from rnnviz.spec.given import acting_knobs, source_of_run
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import View

_PLAIN = Experiment()
_ALWAYS = ("timesteps", "input_features", "units", "weight_scale", "cell", "activation")
_LINK_BREAK = "&"


@dataclass(frozen=True)
class Caption:
    """The words beneath an exported figure.

    Parameters
    ----------
    title : str
        What the figure shows.
    how_to_read : str
        One line on how to read it.
    parameters : str
        The main knobs, and every other one that is not at its default.
    origin : str
        Seed and version.
    link : str
        Address that shows the same again; without a server, its query alone.
    """

    title: str
    how_to_read: str
    parameters: str
    origin: str
    link: str

    def lines(self, width: float, size: float) -> list[str]:
        """Return title, parameters, origin and link in lines that fit a width.

        Parameters
        ----------
        width : float
            Room in pixels.
        size : float
            Size of the letters in pixels; how wide they are is known of the faces.
        """
        lines = wrapped(self.title, width, size, bold=True)
        lines += wrapped(self.parameters, width, size)
        return [*lines, *wrapped(f"{self.origin} · {self.link}", width, size)]


def caption(
    view: View, run: Run, perspective: Perspective, say: Words, address: str = ""
) -> Caption:
    """Return the caption of a view of a run, which names the arrays that are shown.

    Parameters
    ----------
    view : View
        Gives the title and how it is read.
    run, perspective : Run, Perspective
        What is shown, and how it is looked at.
    say : Words
        The language.
    address : str
        Where this rnnviz is served, e.g. ``"http://localhost:8501/"``; "" when nowhere.
    """
    layer = run.layers[perspective.layer_in(run.layers)]
    told = view.told(run, perspective, say)
    shown = parameters(run, perspective, say, all_trials=told.all_trials)
    if view.leaves_out_backward(layer):
        shown.append(_unbroken(say("export.forward")))
    return Caption(
        title=told.title,
        how_to_read=told.how_to_read,
        parameters=" · ".join(shown),
        origin=_origin(run, say),
        link=_leading_to(run, perspective).caption(address),
    )


def _leading_to(run: Run, perspective: Perspective) -> Link:
    """Return the link to a run; that of a trained network leads to its training."""
    training = getattr(run.source, "training", None)
    if training is None:
        return Link(source_of_run(run), perspective)
    return Link(training.experiment, perspective.replace(page="training"), training=training)


def _origin(run: Run, say: Words) -> str:
    """Return the seed, where something was drawn by one, and the version."""
    source = run.source
    if run.recipe is None or (isinstance(source, Given) and source.inputs):
        return say("export.version", version=rnnviz.__version__)
    return say("export.origin", seed=run.recipe.seed, version=rnnviz.__version__)


def parameters(
    run: Run, perspective: Perspective, say: Words, *, all_trials: bool = False
) -> list[str]:
    """Return what matters of a run, each as words: the files, the main knobs, the unusual ones.

    Of several trials it names the one that the run is, or all of them if ``all_trials``.
    """
    named = what_is_given(run.whole if all_trials else run, say)
    if all_trials and run.whole.has_trials:
        named.append(_unbroken(say("trials.all")))
    if run.recipe is not None:
        acting = acting_knobs(source_of_run(run))
        always = _ALWAYS if run.experiment is not None else ()
        named += [
            _named(row, run.recipe, say)
            for row in TABLE.values()
            if row.name != "seed" and row.name in acting and _matters(row, run.recipe, always)
        ]
    if not (all_trials or run.trial_index is None or isinstance(run.source, Given)):
        named.append(_unbroken(say("export.trial", trial=run.trial_index + 1)))
    if len(run.layers) > 1:
        layer = perspective.layer_in(run.layers)
        named.append(_unbroken(say("export.layer", layer=layer + 1, layers=len(run.layers))))
    return named


def what_is_given(run: Run, say: Words) -> list[str]:
    """Return the files or arrays that a run was given, each with what is in it and its hash."""
    source, named = run.source, []
    if not isinstance(source, Given):
        return []
    if source.network:
        spoken = [*_spoken_masking(run.network), *map(_spoken_layer, run.network.layers)]
        layers = " → ".join(spoken)
        values = {"layers": layers, "count": f"{run.network.parameter_count:,}"}
        name = source.network_name or say("export.unnamed")
        named.append(say("export.network", name=name, hash=source.network[:12], **values))
    if source.inputs:
        name = source.inputs_name or say("export.unnamed")
        shape = " × ".join(f"{length:,}" for length in run.data.values.shape)
        named.append(say("export.inputs", name=name, hash=source.inputs[:12], shape=shape))
    if run.trial_index is not None:
        named.append(_unbroken(say("export.trial", trial=run.trial_index + 1)))
    return named


def _spoken_masking(network: Network) -> list[str]:
    """Return the layer by which a network passes over timesteps; nothing where it reads all."""
    if not network.masks:
        return []
    value = network.mask_value
    return ["Embedding(mask_zero=True)" if value is None else f"Masking({value:g})"]


def _spoken_layer(layer: Layer) -> str:
    """Return a layer as Keras writes it, with what is unusual in how it reads and merges."""
    if not layer.bidirectional:
        backwards = ", go_backwards=True" if layer.go_backwards else ""
        return f"{layer.cell}({layer.units}{backwards})"
    merged = "" if layer.merge_mode == "concat" else f', merge_mode="{layer.merge_mode}"'
    return f"Bidirectional({layer.cell}({layer.units}){merged})"


def _named(row: Knob, recipe: Experiment, say: Words) -> str:
    text = ", ".join(_spoken(row, one, say) for one in _values(row.name, recipe))
    return f"{say(f'knob.{row.name}.label')} {text}"


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _matters(row: Knob, experiment: Experiment, always: tuple[str, ...]) -> bool:
    """Return whether a knob belongs into a caption.

    Never where it changes nothing; always where an unusual setting has brought it into play.
    """
    deciders = [(_values(name, experiment), wanted) for name, wanted in row.when]
    if not all(set(values) & set(wanted) for values, wanted in deciders):
        return False
    brought = any(_values(name, experiment) != _values(name, _PLAIN) for name, _ in row.when)
    return (
        row.name in always or brought or _values(row.name, experiment) != _values(row.name, _PLAIN)
    )


def _values(name: str, experiment: Experiment) -> tuple:
    """Return the values of a knob: one, or one a layer."""
    value = getattr(experiment, name)
    return value if isinstance(value, tuple) else (value,)


def _spoken(row: Knob, value: Any, say: Words) -> str:
    """Return a value as the control of its knob shows it."""
    if value is None:
        return say("page.as_drawn")
    if isinstance(row.kind, Flag):
        return say("export.yes" if value else "export.no")
    if isinstance(row.kind, Choice):
        return say(f"choice.{value}")
    if isinstance(value, str):
        return f"“{value}”"
    return f"{value:,}" if isinstance(value, int) else f"{value:.10g}"


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines of at most ``room`` pixels, with letters of a size in pixels.

    Lines end at spaces, and links at their ampersands.
    """
    lines, line = [], ""
    for piece in _pieces(text, room / size):
        if line and letters_width(line + piece.rstrip(), size, bold=bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, room: float) -> list[str]:
    """Return the parts between which a line may end; none is wider than a line."""
    parts = []
    for word in text.split(" "):
        heads = word.split(_LINK_BREAK)
        parts += [head + _LINK_BREAK for head in heads[:-1]] + [heads[-1] + " "]
    most = max(1, int(room))  # no letter is wider than an em
    return [part[i : i + most] for part in parts for i in range(0, len(part), most)]

"""What a viewer in a notebook can show: a run, a training's checkpoints, or bare arrays.

Each gives the choices that there are (layer, lens, trial, checkpoint), the picture of what is
chosen, and a sentence about it. None of them knows of widgets.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Layer, Network
from rnnviz.engine.run import LayerRun, Run
from rnnviz.engine.source import Given
from rnnviz.engine.unroll import Trace
from rnnviz.i18n import Words
from rnnviz.notebook.arrays import ArrayRun
from rnnviz.sentences.numbers import number
from rnnviz.sentences.reading import read_layer
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.train import Trained
from rnnviz.views import states
from rnnviz.views._plot.lenses import LENSES, Lens
from rnnviz.views._plot.picture import Picture, symmetric_limit
from rnnviz.views._plot.trial_lenses import TRIAL_LENSES

CELL_STATE = "cell_state"
"""What ``lens`` is called for the second state of an LSTM."""


@dataclass(frozen=True)
class Chosen:
    """What of it is looked at; a number beyond what there is means the last.

    Parameters
    ----------
    layer, trial, checkpoint : int
        Counted from 0.
    lens : str
        A lens, or a gate by Keras's name; the state where there is no such thing.
    timestep, unit : int
        Where the cursor stands.
    """

    layer: int = 0
    trial: int = 0
    checkpoint: int = 0
    lens: str = "state"
    timestep: int = 0
    unit: int = 0


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: the field of `Chosen`, its label, its options with theirs."""

    name: str
    label: str
    options: tuple[tuple[int | str, str], ...]


class Shown(Protocol):
    """What a viewer shows."""

    def first(self) -> Chosen:
        """Return what is looked at to begin with."""

    def choices(self, chosen: Chosen, say: Words) -> tuple[Choice, ...]:
        """Return what can be chosen; a choice with one option is left out."""

    def picture(self, chosen: Chosen) -> Picture:
        """Return what the heatmap shows."""

    def reading(self, chosen: Chosen, say: Words) -> str:
        """Return one sentence about it."""

    def run_at(self, chosen: Chosen) -> Run | None:
        """Return the run of a single sequence that is looked at; None for bare arrays."""


@dataclass(frozen=True, eq=False)
class ShownRun:
    """A run: every layer, lens, gate and trial of it."""

    run: Run

    def first(self) -> Chosen:
        """Begin at the top layer, which most tasks read."""
        return Chosen(layer=len(self.run.layers) - 1)

    def run_at(self, chosen: Chosen) -> Run:
        """Return the trial."""
        return self.run.trial(min(chosen.trial, self.run.trials - 1))

    def choices(self, chosen: Chosen, say: Words) -> tuple[Choice, ...]:
        """Offer layers, lenses and gates, trials."""
        names = self.run.network.layer_names
        layers = tuple((index, name) for index, name in enumerate(names))
        layer = self._layer(chosen)
        trace = layer.trace
        lenses: list[tuple[int | str, str]] = [
            (lens.name, say(f"lens.{lens.name}.label"))
            for lens in LENSES.values()
            if lens.applies(layer.both or trace)
        ]
        lenses += [(name, say(key)) for name, key in _inside(trace).items()]
        if self.run.has_trials:
            lenses += [(name, say(f"lens.{name}.label")) for name in TRIAL_LENSES]
        trials = tuple((index, label) for index, label in enumerate(_trial_labels(self.run)))
        found = (
            Choice("layer", say("widget.layer"), layers),
            Choice("lens", say("widget.lens"), tuple(lenses)),
            Choice("trial", say("widget.trial"), trials),
        )
        return tuple(choice for choice in found if len(choice.options) > 1)

    def picture(self, chosen: Chosen) -> Picture:
        """Return the picture that the page shows, or the same with a gate in its place."""
        run, layer = self.run_at(chosen), self._layer(chosen)
        inside = _inside(layer.trace)
        perspective = Perspective(
            layer=min(chosen.layer, len(run.layers) - 1),
            lens=chosen.lens if chosen.lens in (*LENSES, *TRIAL_LENSES) else "state",
            timestep=chosen.timestep,
            unit=chosen.unit,
        )
        picture = states.analyse(run, perspective)
        if chosen.lens not in inside:
            return picture
        field = _gate_lens(layer.trace, chosen.lens).field(layer.trace, layer.both)
        field = dataclasses.replace(field, title_key=inside[chosen.lens])
        identity = f"{picture.identity} {chosen.lens}"
        return dataclasses.replace(picture, field=field, identity=identity)

    def reading(self, chosen: Chosen, say: Words) -> str:
        """Say what the layer's states do."""
        return read_layer(self._layer(chosen), say).headline

    def _layer(self, chosen: Chosen) -> LayerRun:
        layers = self.run_at(chosen).layers
        return layers[min(chosen.layer, len(layers) - 1)]


@dataclass(frozen=True, eq=False)
class ShownTraining:
    """Every checkpoint of a training, each on the held-out trials."""

    trained: Trained

    def first(self) -> Chosen:
        """Begin at the last checkpoint."""
        top = len(self.trained.start.layers) - 1
        return Chosen(layer=top, checkpoint=len(self.trained.kept) - 1)

    def run_at(self, chosen: Chosen) -> Run:
        """Return the checkpoint's run of one held-out trial."""
        return self._shown(chosen).run_at(chosen)

    def choices(self, chosen: Chosen, say: Words) -> tuple[Choice, ...]:
        """Offer the checkpoints, and what a run offers."""
        steps = tuple(
            (index, say("widget.step", step=f"{one.step:,}", loss=number(one.loss)))
            for index, one in enumerate(self.trained.kept)
        )
        checkpoints = Choice("checkpoint", say("widget.checkpoint"), steps)
        return (checkpoints, *self._shown(chosen).choices(chosen, say))

    def picture(self, chosen: Chosen) -> Picture:
        """Return the picture of a checkpoint's run."""
        return self._shown(chosen).picture(chosen)

    def reading(self, chosen: Chosen, say: Words) -> str:
        """Say what the states of the checkpoint do."""
        return self._shown(chosen).reading(chosen, say)

    def _shown(self, chosen: Chosen) -> ShownRun:
        number = min(chosen.checkpoint, len(self.trained.kept) - 1)
        return _run_of_checkpoint(self.trained, number)


@lru_cache(maxsize=4)
def _run_of_checkpoint(trained: Trained, number: int) -> ShownRun:
    """Return a checkpoint's run; moving about in it does not compute it again."""
    return ShownRun(trained.run(trained.kept[number].step))


@dataclass(frozen=True, eq=False)
class ShownArray:
    """Any numbers over timesteps and units, one sequence or several."""

    array: ArrayRun

    def first(self) -> Chosen:
        """Begin at the first trial."""
        return Chosen()

    def run_at(self, chosen: Chosen) -> None:
        """There is no network behind it."""
        return None

    def choices(self, chosen: Chosen, say: Words) -> tuple[Choice, ...]:
        """Offer the trials."""
        count = self.array.trials
        trials = tuple((index, str(index)) for index in range(count))
        return (Choice("trial", say("widget.trial"), trials),) if count > 1 else ()

    def picture(self, chosen: Chosen) -> Picture:
        """Return the picture of one trial."""
        picture = self.array.picture(min(chosen.trial, self.array.trials - 1))
        return dataclasses.replace(picture, timestep=chosen.timestep, unit=chosen.unit)

    def reading(self, chosen: Chosen, say: Words) -> str:
        """Say how many numbers there are, and between which."""
        field = self.picture(chosen).field
        finite = field.values[np.isfinite(field.values)]
        sizes = {"timesteps": f"{field.timesteps:,}", "units": f"{field.units:,}"}
        if not finite.size:
            return say("widget.array_empty", **sizes)
        ends = {"low": number(float(finite.min())), "high": number(float(finite.max()))}
        return say("widget.array", **sizes, **ends)


def run_of_trace(trace: Trace) -> Run:
    """Return a trace as the run of a network of one layer."""
    network, data = Network((Layer(trace.layer),)), Inputs(trace.inputs)
    source = Given(network.sha256, data.sha256)
    return Run(network, data, trace.inputs, (LayerRun(trace.layer, trace),), source)


def _inside(trace: Trace) -> dict[str, str]:
    """Return what is inside a gated cell: the name of a gate, and the key of its words."""
    cell = type(trace.layer).__name__
    gates = {name: f"layers.{cell}_{name}" for name in trace.layer.gate_names}
    return gates | ({} if trace.cell_states is None else {CELL_STATE: "layers.cell_state"})


def _gate_lens(trace: Trace, name: str) -> Lens:
    """Return a lens on a gate, or on the cell state."""

    def values(trace: Trace) -> np.ndarray:
        found = trace.cell_states if name == CELL_STATE else trace.gates[name]
        return np.array(found)

    def scale(values: np.ndarray, trace: Trace) -> dict[str, Any]:
        is_gate = name != CELL_STATE and name != trace.layer.candidate
        if is_gate and trace.layer.gate_range(name) == (0.0, 1.0):
            return {"low": 0.0, "high": 1.0, "kind": "sequential"}
        limit = symmetric_limit(values)
        return {"low": -limit, "high": limit, "low_mark": -np.inf, "high_mark": np.inf}

    expression = "cell_states" if name == CELL_STATE else f"gates['{name}']"
    return Lens("gate", values, scale, expression)


def _trial_labels(run: Run) -> Sequence[str]:
    labels = run.data.labels
    if not labels:
        return [str(index) for index in range(run.trials)]
    return [f"{index} · {label}" for index, label in enumerate(labels)]

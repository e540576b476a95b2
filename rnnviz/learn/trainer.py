"""The training loop: draw a batch, go forward and back, take a step; keep what there is to see."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rnnviz.engine.network import Network
from rnnviz.learn.backpropagation import Backpropagation
from rnnviz.learn.checkpoints import BUDGET, checkpoint_steps
from rnnviz.learn.dropout import LayerMasks, draw_masks
from rnnviz.learn.gradients import column_targets
from rnnviz.learn.losses import loss_named
from rnnviz.learn.optimizers import (
    OPTIMIZERS,
    SCHEDULES,
    OptimizerSettings,
    clip_by_global_norm,
)
from rnnviz.learn.parameters import Parameters
from rnnviz.learn.tasks import Batch, Task

HELD_OUT_TRIALS = 64
SNAPSHOT_EVERY = 20
"""The optimiser's memory is kept at every so many checkpoints, to go back to."""
STREAMS = {"batches": 0, "held_out": 1, "dropout": 2}
"""One random stream per purpose, so that one draw never shifts another: never renumber."""


@dataclass(frozen=True)
class TrainerSettings:
    """How a network is trained.

    Attributes
    ----------
    optimizer, schedule : str
        Names in `OPTIMIZERS` and `SCHEDULES`.
    definition : OptimizerSettings
        What the optimiser is besides its learning rate.
    learning_rate : float
    batch_size, steps : int
        Trials in a batch, and how many batches are learnt from.
    clip_norm : float or None
        Longest gradient of all weights together; None does not clip.
    truncate : int or None
        Of `Backpropagation`.
    dropout, recurrent_dropout : float
        Rates of `draw_masks`, new masks at each step; held-out trials are looked at without any.
    patience : int
        Stop after so many checkpoints in a row that are no better on held-out trials; 0 goes on.
    seed : int
        Of the batches.
    changes : tuple of (step, name, value)
        ``learning_rate`` or ``clip_norm`` from a step on.
    """

    optimizer: str = "adam"
    schedule: str = "constant"
    definition: OptimizerSettings = field(default_factory=OptimizerSettings)
    learning_rate: float = 1e-3
    batch_size: int = 64
    steps: int = 500
    clip_norm: float | None = 1.0
    truncate: int | None = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    patience: int = 0
    seed: int = 0
    changes: tuple[tuple[int, str, float | None], ...] = ()


@dataclass(frozen=True)
class Checkpoint:
    """The weights after a step, and what was measured with them.

    Attributes
    ----------
    step : int
        Steps done before.
    values : ndarray (parameters,)
        All weights in Keras's order, read-only.
    loss, measure : float
        On held-out trials.
    delta_norms : tuple of ndarray (timesteps,)
        ‖∂L/∂h_t‖ of each layer, on the batch of this step.
    """

    step: int
    values: np.ndarray
    loss: float
    measure: float
    delta_norms: tuple[np.ndarray, ...]


class Trainer:
    """Trains a network step by step; the same settings give the same bits on one machine.

    Parameters
    ----------
    network : Network
        Where it begins.
    task : Task
    settings : TrainerSettings
    budget : int
        Bytes that the weights of all checkpoints may take.

    Attributes
    ----------
    losses, gradient_norms : list of float
        Of each step: the loss on its batch before the update, and ‖gradient‖ before clipping.
    weight_norms : list of ndarray (weights,)
        ‖∂L/∂weight‖ of each step, in the order of `Network.weights`.
    checkpoints : list of Checkpoint
    diverged : bool
        Whether the loss has become inf or nan: there is nothing left to learn from.
    """

    def __init__(
        self, network: Network, task: Task, settings: TrainerSettings, budget: int = BUDGET
    ) -> None:
        self.task, self.settings, self.network = task, settings, network
        self.parameters = Parameters(network)
        self.loss = loss_named(task.loss)
        size = (task.timesteps, settings.batch_size)
        self._passes = Backpropagation(
            self.parameters,
            *size,
            self.loss.activation,
            settings.truncate,
            masked=settings.recurrent_dropout > 0,
        )
        self._looking = self._passes
        if settings.batch_size != HELD_OUT_TRIALS:
            self._looking = Backpropagation(
                self.parameters, task.timesteps, HELD_OUT_TRIALS, self.loss.activation
            )
        self._optimizer = OPTIMIZERS[settings.optimizer](
            self.parameters.values.size, self.parameters.dtype, settings.definition
        )
        self.held_out = task.held_out(self._generator("held_out", 0), HELD_OUT_TRIALS)
        nbytes = self.parameters.values.nbytes
        self._kept_steps = frozenset(checkpoint_steps(settings.steps, nbytes, budget))
        self.losses: list[float] = []
        self.gradient_norms: list[float] = []
        self.weight_norms: list[np.ndarray] = []
        self.checkpoints: list[Checkpoint] = []
        self.diverged = False
        self._snapshots: dict[int, dict[str, np.ndarray]] = {}

    @property
    def step(self) -> int:
        """Steps done."""
        return len(self.losses)

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do: all steps done, diverged, or no longer better."""
        return self.step >= self.settings.steps or self.diverged or self._stopped_early()

    def advance(self, keep: bool = False) -> float:
        """Take one step and return the loss on its batch before the update.

        The checkpoint before it is kept if it is its turn, or if ``keep`` asks for it.
        """
        batch = self.task.draw(self._generator("batches", self.step), self.settings.batch_size)
        passes, parameters = self._passes, self.parameters
        outputs = passes.forward(batch.values, masks=self._masks())
        loss, deltas = self._loss_of(outputs, batch)
        passes.backward(deltas)
        norms = [float(np.sqrt(np.vdot(g, g))) for g in parameters.gradients.values()]
        if keep or self.step in self._kept_steps:
            self.keep_checkpoint(tuple(passes.delta_norms()))
        learning_rate, clip = self._now()
        framework = self.settings.definition.framework
        with np.errstate(all="ignore"):
            norm = clip_by_global_norm(parameters.gradient, clip, framework)
            if math.isfinite(loss) and math.isfinite(norm):
                self._optimizer.update(parameters.values, parameters.gradient, learning_rate)
            else:
                self.diverged = True
        self.losses.append(loss)
        self.gradient_norms.append(norm)
        self.weight_norms.append(np.array(norms))
        if self.done:
            self.keep_checkpoint(())
        return loss

    def keep_checkpoint(self, delta_norms: tuple[np.ndarray, ...]) -> None:
        """Keep the weights as they are now, with how they do on held-out trials."""
        if self.checkpoints and self.checkpoints[-1].step == self.step:
            if delta_norms and not self.checkpoints[-1].delta_norms:
                self.checkpoints[-1] = replace(self.checkpoints[-1], delta_norms=delta_norms)
            return
        if len(self.checkpoints) % SNAPSHOT_EVERY == 0:
            memory = self._optimizer.memory
            self._snapshots[self.step] = {name: array.copy() for name, array in memory.items()}
        values = self.parameters.values.copy()
        values.setflags(write=False)
        outputs = self._looking.forward(self.held_out.values)
        loss, _ = self._loss_of(outputs, self.held_out)
        measure = self.task.measure(outputs, self.held_out)
        self.checkpoints.append(Checkpoint(self.step, values, loss, measure, delta_norms))

    def network_at(self, checkpoint: Checkpoint) -> Network:
        """The network with the weights of a checkpoint."""
        return with_values(self.network, checkpoint.values)

    def change(self, name: str, value: float | None) -> None:
        """Change ``learning_rate`` or ``clip_norm`` from the next step on."""
        changes = (*self.settings.changes, (self.step, name, value))
        self.settings = replace(self.settings, changes=changes)

    def rewind(self, step: int) -> None:
        """Go back to the last state at or before a step from which it goes on to the same bits.

        What was changed at that step or later is forgotten; what was changed before it will
        happen again. Without a state to go back to it stays where it is.
        """
        places = [one for one in self.checkpoints if one.step in self._snapshots]
        places = [one for one in places if one.step <= step]
        if not places:
            return
        place = places[-1]
        self.parameters.values[:] = place.values
        for name, array in self._optimizer.memory.items():
            array[:] = self._snapshots[place.step][name]
        self._optimizer.step = place.step
        for kept in (self.losses, self.gradient_norms, self.weight_norms):
            del kept[place.step :]
        self.checkpoints = [one for one in self.checkpoints if one.step <= place.step]
        self._snapshots = {at: one for at, one in self._snapshots.items() if at <= place.step}
        changes = tuple(one for one in self.settings.changes if one[0] < step)
        self.settings = replace(self.settings, changes=changes)
        self.diverged = False

    def state(self) -> dict[str, np.ndarray]:
        """All that `restore` needs to go on to the same bits."""
        memory = {f"memory/{name}": array for name, array in self._optimizer.memory.items()}
        return {
            "values": self.parameters.values,
            "losses": np.array(self.losses),
            "gradient_norms": np.array(self.gradient_norms),
            "weight_norms": np.array(self.weight_norms).reshape(self.step, -1),
            **memory,
        }

    def restore(self, state: Mapping[str, np.ndarray], checkpoints: list[Checkpoint]) -> None:
        """Go on from `state` of a training with the same settings."""
        self.parameters.values[:] = state["values"]
        self.losses = state["losses"].tolist()
        self.gradient_norms = state["gradient_norms"].tolist()
        self.weight_norms = list(state["weight_norms"])
        for name, array in self._optimizer.memory.items():
            array[:] = state[f"memory/{name}"]
        self._optimizer.step = self.step
        self.checkpoints = [one for one in checkpoints if one.step <= self.step]
        if self.checkpoints and not self.checkpoints[-1].delta_norms:
            self.checkpoints.pop()  # kept because it ended there, not because it was its turn
        self.diverged = bool(self.losses) and not math.isfinite(self.losses[-1])

    def _now(self) -> tuple[float, float | None]:
        """Learning rate and clip of this step."""
        settings = self.settings
        values: dict[str, Any] = {
            "learning_rate": settings.learning_rate,
            "clip_norm": settings.clip_norm,
        }
        values |= {name: value for step, name, value in settings.changes if step <= self.step}
        rate = SCHEDULES[settings.schedule](values["learning_rate"], self.step, settings.steps)
        return rate, values["clip_norm"]

    def _loss_of(self, outputs: np.ndarray, batch: Batch) -> tuple[float, np.ndarray]:
        mask = None if batch.mask is None else batch.mask.T
        return self.loss(outputs, column_targets(batch.targets, outputs, self.loss), mask)

    def _masks(self) -> list[LayerMasks] | None:
        """What is dropped at this step; None where nothing is."""
        rates = self.settings.dropout, self.settings.recurrent_dropout
        if not any(rates):
            return None
        seed = self._seed("dropout", self.step)
        size, dtype = self.settings.batch_size, self.parameters.dtype
        return draw_masks(self.network, size, *rates, seed, dtype)

    def _seed(self, purpose: str, index: int) -> np.random.SeedSequence:
        key = (STREAMS[purpose], index)
        return np.random.SeedSequence(self.settings.seed, spawn_key=key)

    def _generator(self, purpose: str, index: int) -> np.random.Generator:
        return np.random.default_rng(self._seed(purpose, index))

    def _stopped_early(self) -> bool:
        patience = self.settings.patience
        losses = [one.loss for one in self.checkpoints if one.step in self._kept_steps]
        if not patience or len(losses) <= patience:
            return False
        return min(losses[-patience:]) >= min(losses[:-patience])


def with_values(network: Network, values: np.ndarray) -> Network:
    """The network with the weights of one vector, (parameters,), in Keras's order."""
    weights, start = {}, 0
    for name, array in network.weights.items():
        weights[name] = values[start : start + array.size].reshape(array.shape)
        start += array.size
    return network.with_weights(weights)

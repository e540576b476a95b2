"""From a Training to a Trained: every state of it that was kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnviz.engine import Inputs, Network, Run, run
from rnnviz.engine.source import Given
from rnnviz.learn import Checkpoint, Trainer
from rnnviz.learn.trainer import with_values
from rnnviz.spec.simulate import build_network
from rnnviz.spec.training import Training

Progress = Callable[[Trainer], None]


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training gave. Arrays are read-only.

    Attributes
    ----------
    training : Training
        The recipe.
    losses, gradient_norms : ndarray (steps,)
        Of each step done: the loss on its batch before the update, and the norm of the gradient
        of all weights before clipping.
    weight_gradient_norms : dict of ndarray (steps,)
        The same of each weight, by the names of `Network.weights`.
    kept : tuple of Checkpoint
        Weights, held-out loss and measure, and gradient through time, of the steps kept.
    held_out : Inputs
        The trials that nothing was learnt from, with their targets.
    diverged : bool
        Whether it ended because the loss was no longer a number.
    """

    training: Training
    start: Network
    losses: np.ndarray
    gradient_norms: np.ndarray
    weight_gradient_norms: dict[str, np.ndarray]
    kept: tuple[Checkpoint, ...]
    held_out: Inputs
    diverged: bool = False

    @property
    def steps(self) -> int:
        """Steps done."""
        return len(self.losses)

    @property
    def checkpoints(self) -> Iterator[tuple[int, Network]]:
        """Every step that was kept, with its network."""
        return ((one.step, self.network_at(one)) for one in self.kept)

    def network_at(self, checkpoint: Checkpoint) -> Network:
        """The network with the weights of a checkpoint."""
        return with_values(self.start, checkpoint.values)

    @cached_property
    def network(self) -> Network:
        """The network after the last step."""
        return self.network_at(self.kept[-1])

    @property
    def best(self) -> Checkpoint:
        """The checkpoint with the least loss on held-out trials."""
        return min(self.kept, key=lambda one: one.loss)

    def checkpoint(self, step: int | None = None) -> Checkpoint:
        """The last checkpoint at or before a step; the very last by default."""
        if step is None:
            return self.kept[-1]
        before = [one for one in self.kept if one.step <= step]
        if not before:
            raise ValueError(f"There is no checkpoint at or before step {step}.")
        return before[-1]

    def until(self, step: int) -> Trained:
        """The same, as it was at the last checkpoint at or before a step."""
        kept = tuple(one for one in self.kept if one.step <= step)
        end = kept[-1].step
        norms = {name: one[:end] for name, one in self.weight_gradient_norms.items()}
        return dataclasses.replace(
            self,
            losses=self.losses[:end],
            gradient_norms=self.gradient_norms[:end],
            weight_gradient_norms=norms,
            kept=kept,
            diverged=self.diverged and end == self.steps,
        )

    def run(self, step: int | None = None) -> Run:
        """The network of a step on the held-out trials; the last by default."""
        checkpoint = self.checkpoint(step)
        network = named(self.network_at(checkpoint), self.training, checkpoint.step)
        names = network.name, self.held_out.name
        cited = self.training.at(checkpoint.step)
        source = Given(network.sha256, self.held_out.sha256, *names, training=cited)
        return run(network, self.held_out, source=source)

    def __repr__(self) -> str:
        last = self.kept[-1]
        return f"<Trained {self.training.task}: {self.steps} steps, held-out loss {last.loss:.4g}>"


def named(network: Network, training: Training, step: int) -> Network:
    """The network under a name that says what it has learnt."""
    return Network(network.layers, network.embedding, network.head, f"{training.task}, {step}")


def start_network(training: Training) -> Network:
    """The network of a training before its first step."""
    return build_network(training.network_experiment)


def trainer_of(training: Training) -> Trainer:
    """The training loop at its first step."""
    return Trainer(start_network(training), training.learnt_task, training.trainer_settings)


def trained_of(training: Training, trainer: Trainer) -> Trained:
    """What a training loop has given so far; it keeps the weights as they are now."""
    trainer.keep_checkpoint(())
    names = list(trainer.parameters.weights)
    norms = np.array(trainer.weight_norms).reshape(trainer.step, len(names))
    return Trained(
        training,
        trainer.network,
        _read_only(np.array(trainer.losses)),
        _read_only(np.array(trainer.gradient_norms)),
        {name: _read_only(column) for name, column in zip(names, norms.T, strict=True)},
        tuple(trainer.checkpoints),
        held_out_inputs(training, trainer),
        trainer.diverged,
    )


def held_out_inputs(training: Training, trainer: Trainer) -> Inputs:
    """The held-out trials as inputs of a run, with their targets."""
    batch = trainer.held_out
    names = tuple(_shown(name) for name in training.learnt_task.vocabulary)
    return Inputs(batch.values, vocabulary=names, targets=batch.targets, name=training.task)


def train(training: Training, progress: Progress | None = None) -> Trained:
    """Train a network; the same training gives the same bits on one machine.

    Parameters
    ----------
    training : Training
        What is trained, on what, and how.
    progress : callable (trainer), optional
        Called after each step with the loop, whose ``step``, ``losses`` and ``checkpoints`` it
        may read. KeyboardInterrupt raised in it ends the training and keeps what there is.
    """
    trainer = trainer_of(training)
    return carry_on(training, trainer, progress)


def carry_on(training: Training, trainer: Trainer, progress: Progress | None = None) -> Trained:
    """Go on with a training loop to its end; see `train`."""
    try:
        while not trainer.done:
            trainer.advance()
            if progress is not None:
                progress(trainer)
    except KeyboardInterrupt:
        pass  # What has been learnt so far is the result.
    return trained_of(training, trainer)


def _shown(name: str) -> str:
    return {" ": "␣", "\n": "↵"}.get(name, name)


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array

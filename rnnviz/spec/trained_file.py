"""A training as an ``.npz`` file: the last weights by Keras's names, and all that going on needs.

The weights stand under the names of `Network.weights`, so the file opens as a network as well.
Everything else stands under ``training/``: the link, losses and norms of each step, the optimiser's
memory, and step, weights, held-out loss and measure of every checkpoint.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rnnviz.learn import Checkpoint, Trainer
from rnnviz.spec.codec import ExperimentError
from rnnviz.spec.train import trainer_of
from rnnviz.spec.training import Training

_PREFIX = "training/"


class NotATrainingError(ValueError):
    """The file holds no training that can be gone on with."""


def write_training(file: BinaryIO, training: Training, trainer: Trainer) -> None:
    """Write a training as it is now; the weights are kept as a checkpoint."""
    trainer.keep_checkpoint(())
    kept = trainer.checkpoints
    layers = len(trainer.network.layers)
    norms = np.full((len(kept), layers, trainer.task.timesteps), np.nan)
    for row, one in zip(norms, kept, strict=True):
        for layer, values in enumerate(one.delta_norms):
            row[layer] = values
    arrays = {
        "link": np.array(training.to_query()),
        "checkpoint_steps": np.array([one.step for one in kept]),
        "checkpoint_values": np.stack([one.values for one in kept]),
        "checkpoint_losses": np.array([one.loss for one in kept]),
        "checkpoint_measures": np.array([one.measure for one in kept]),
        "checkpoint_delta_norms": norms,
        **trainer.state(),
    }
    named: dict[str, Any] = {_PREFIX + name: array for name, array in arrays.items()}
    np.savez(file, allow_pickle=False, **(dict(trainer.parameters.weights) | named))


def read_training(path: Path) -> tuple[Training, Trainer]:
    """Return a training that was written, ready to go on to the same bits.

    Raises
    ------
    NotATrainingError
        Where the file holds none; the sentence says what is missing.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {
                name.removeprefix(_PREFIX): file[name]
                for name in file.files
                if name.startswith(_PREFIX)
            }
        training = Training.from_query(str(found["link"]))
        trainer = trainer_of(training)
        trainer.restore(found, list(_checkpoints(found)))
    except (KeyError, ValueError, OSError, EOFError) as error:
        if isinstance(error, (FileNotFoundError, ExperimentError)):
            raise
        raise NotATrainingError(str(error)) from error
    return training, trainer


def _checkpoints(found: dict[str, np.ndarray]):
    """Every checkpoint of a file."""
    names = ("steps", "values", "losses", "measures", "delta_norms")
    columns = (found[f"checkpoint_{name}"] for name in names)
    for step, values, loss, measure, norms in zip(*columns, strict=True):
        values.setflags(write=False)
        known = () if np.isnan(norms).all() else tuple(norms)
        yield Checkpoint(int(step), values, float(loss), float(measure), known)

"""What a training is compared with: the same task, seed and batches with one thing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnviz.spec.experiment import Experiment

if TYPE_CHECKING:
    from rnnviz.spec.training import Training

_CELLS = ("SimpleRNN", "LSTM", "GRU")
BESIDE = ("alone", *_CELLS, "lecture_weights", "no_clipping")
"""``alone`` compares with nothing; the others say what is changed."""

_DRAWN = ("kernel_initializer", "recurrent_initializer", "bias_initializer")


def _with_cell(experiment: Experiment, cell: str) -> Experiment:
    """The experiment with another cell; a linear activation stays with the cell that it was for."""
    if cell == experiment.cell or experiment.activation != "linear":
        return experiment.replace(cell=cell)
    return experiment.replace(cell=cell, activation=Experiment().activation)


def training_beside(training: Training) -> Training | None:
    """Return what a training is compared with; None where it runs alone."""
    name, alone = training.compared_with, training.replace(compared_with="alone")
    if name in _CELLS:
        return alone.replace(experiment=_with_cell(training.experiment, name))
    if name == "lecture_weights":
        lecture = {one: getattr(Experiment(), one) for one in _DRAWN}
        return alone.replace(experiment=training.experiment.replace(**lecture))
    if name == "no_clipping":
        return alone.replace(clip_norm=None)
    return None

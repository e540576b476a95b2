"""Files of a training besides its own ``.npz``, by the ending of their names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import BinaryIO

from rnnviz.codegen.training import training_program
from rnnviz.export.animation import write_moving
from rnnviz.export.weights import keras_weights, torch_weights
from rnnviz.i18n import Words
from rnnviz.spec.train import Trained

Writer = Callable[[Trained, BinaryIO, Words], object]


def loss_table(trained: Trained) -> str:
    """Return the loss curve as CSV: a row a step, held-out values where a checkpoint was kept.

    ``loss`` is that of the step's batch before its update, and ``gradient_norm`` that of all
    weights before clipping; both are empty after the last step, which only a checkpoint follows.
    """
    kept = {one.step: one for one in trained.kept}
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["step", "loss", "gradient_norm", "held_out_loss", "measure"])
    for step in range(trained.steps + 1):
        row: list[object] = [step, "", "", "", ""]
        if step < trained.steps:
            row[1:3] = [
                repr(float(trained.losses[step])),
                repr(float(trained.gradient_norms[step])),
            ]
        if step in kept:
            row[3:] = [repr(kept[step].loss), repr(kept[step].measure)]
        rows.writerow(row)
    return table.getvalue()


def _moving(format: str) -> Writer:
    return lambda trained, file, say: write_moving(trained, file, format, say)


def _program(framework: str) -> Writer:
    return lambda trained, file, _: file.write(
        training_program(trained.training, framework).package()
    )


TRAINING_FILES: dict[str, Writer] = {
    ".weights.h5": lambda trained, file, _: file.write(keras_weights(trained.network)),
    ".safetensors": lambda trained, file, _: file.write(torch_weights(trained.network)),
    ".keras.zip": _program("keras"),
    ".torch.zip": _program("torch"),
    ".csv": lambda trained, file, _: file.write(loss_table(trained).encode()),
    ".webp": _moving("webp"),
    ".gif": _moving("gif"),
    ".mp4": _moving("mp4"),
}
"""Weights for Keras and PyTorch; a program of each that trains the same; the loss curve; pictures.

Raises
------
Unwritable
    Where the framework has no such network or training; the text says why.
ExportFailure
    Where Pillow or ffmpeg is missing.
"""

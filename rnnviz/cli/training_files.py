"""What ``rnnviz train --also FILE`` writes, by the ending of the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from rnnviz.cli.sources import Misunderstood
from rnnviz.codegen.training import training_program
from rnnviz.export.animation import write_moving
from rnnviz.export.weights import keras_weights, torch_weights
from rnnviz.i18n import Words
from rnnviz.spec.train import Trained

Writer = Callable[[Trained, BinaryIO, Words], object]


def _moving(format: str) -> Writer:
    return lambda trained, file, say: write_moving(trained, file, format, say)


def _program(framework: str) -> Writer:
    return lambda trained, file, _: file.write(
        training_program(trained.training, framework).package()
    )


_WRITERS: dict[str, Writer] = {
    ".weights.h5": lambda trained, file, _: file.write(keras_weights(trained.network)),
    ".safetensors": lambda trained, file, _: file.write(torch_weights(trained.network)),
    ".keras.zip": _program("keras"),
    ".torch.zip": _program("torch"),
    ".webp": _moving("webp"),
    ".gif": _moving("gif"),
    ".mp4": _moving("mp4"),
}
ALSO = tuple(_WRITERS)
"""Weights for Keras and PyTorch; a program of each that trains the same; moving pictures."""


def ending_of(path: Path) -> str | None:
    """Return the ending that says what a file is to hold; None where there is none of ours."""
    return next((one for one in ALSO if path.name.endswith(one)), None)


def write_also(path: Path, trained: Trained, file: BinaryIO, say: Words) -> None:
    """Write what a file's name asks for.

    Raises
    ------
    Misunderstood
        Where the framework has no such network or training; the text says why.
    """
    ending = ending_of(path)
    assert ending is not None
    try:
        _WRITERS[ending](trained, file, say)
    except ValueError as error:
        raise Misunderstood(say("cli.train.not_written", path=path, reason=str(error))) from error

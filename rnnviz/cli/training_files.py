"""What ``rnnviz train --also FILE`` writes, by the ending of the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from rnnviz.cli.sources import Misunderstood
from rnnviz.codegen.unwritable import Unwritable
from rnnviz.export.training_files import TRAINING_FILES
from rnnviz.i18n import Words
from rnnviz.spec.train import Trained

ALSO = tuple(TRAINING_FILES)


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
        TRAINING_FILES[ending](trained, file, say)
    except Unwritable as error:
        reason = error.sentence(say.language)
        raise Misunderstood(say("cli.train.not_written", path=path, reason=reason)) from error

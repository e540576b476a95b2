"""From an experiment to a program."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np

from rnnviz.codegen.programs import keras_program, numpy_program, torch_program
from rnnviz.codegen.programs.sampling import INPUTS_FILE, MEASURED, origin
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import draw_inputs

_WRITERS = {
    "numpy": numpy_program.lines,
    "keras": keras_program.lines,
    "torch": torch_program.lines,
}
FRAMEWORKS = tuple(_WRITERS)


@dataclass(frozen=True)
class Program:
    """A program that reproduces an experiment.

    Parameters
    ----------
    framework : {"numpy", "keras", "torch"}
        What it needs to run.
    text : str
        Python source, UTF-8. Run, it has the model's output in ``outputs``, an array, and
        prints its shape and its first row (or its only one) to the last digit.
    files : tuple of (str, bytes) pairs
        What must lie beside it, by name; empty unless the input is a measured series.
    """

    framework: str
    text: str
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def file_name(self) -> str:
        """Name to save it under."""
        return f"rnnviz_{self.framework}.py"

    def package(self) -> bytes:
        """Return what to hand over: the program, or a ZIP of it and the files that it reads."""
        text = self.text.encode()
        if not self.files:
            return text
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in ((self.file_name, text), *self.files):
                archive.writestr(zipfile.ZipInfo(name), content)
        return stream.getvalue()


def package_name(experiment: Experiment, framework: str) -> str:
    """Return the name of a program's package, which is known before it is made."""
    return f"rnnviz_{framework}.{'zip' if experiment.signal in MEASURED else 'py'}"


def program(experiment: Experiment, framework: str) -> Program:
    """Return the program of an experiment in one framework; KeyError for an unknown one."""
    text = "\n".join(_WRITERS[framework](origin(experiment))) + "\n"
    files = ()
    if experiment.signal in MEASURED:
        packed = io.BytesIO()
        np.savez_compressed(packed, inputs=draw_inputs(experiment))
        files = ((INPUTS_FILE, packed.getvalue()),)
    return Program(framework, text, files)

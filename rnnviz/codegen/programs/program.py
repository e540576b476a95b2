"""From an experiment, a network or a run to a program."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np

from rnnviz.codegen.programs import keras_program, numpy_program, torch_program
from rnnviz.codegen.programs.loading import Loaded, loaded
from rnnviz.codegen.programs.sampling import MEASURED, companion_name, origin
from rnnviz.engine import Network
from rnnviz.engine.run import Run
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
    """A program that computes what a model does.

    Parameters
    ----------
    framework : {"numpy", "keras", "torch"}
        What it needs to run.
    text : str
        Python source, UTF-8. Run, it has the model's output in ``outputs``, an array, and
        prints its shape and its first row (or its only one) to the last digit.
    files : tuple of (str, bytes) pairs
        What must lie beside it, by name: a measured input series, or the arrays of a network that
        no recipe draws. Empty otherwise.
    file_name : str
        Name to save it under.
    """

    framework: str
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    file_name: str = ""

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


def package_name(model: Experiment | Network | Run, framework: str) -> str:
    """Return the name of a program's package, which is known before it is made."""
    recipe = _recipe(model)
    if recipe is None:
        return f"rnnviz_{framework}_{loaded(model).key}.zip"
    return f"rnnviz_{framework}.{'zip' if recipe.signal in MEASURED else 'py'}"


def program(model: Experiment | Network | Run, framework: str) -> Program:
    """Return the program of a model in one framework.

    Of an experiment, or of a run that one describes, it draws the weights from the same streams.
    Any other network's weights lie in a file beside it; see `Program.files`.

    Raises
    ------
    KeyError
        For an unknown framework.
    ValueError
        If the run began with another state than zeros.
    """
    recipe = _recipe(model)
    if recipe is None:
        return _of_arrays(loaded(model), framework)
    text = "\n".join(_WRITERS[framework](origin(recipe, framework))) + "\n"
    files: tuple[tuple[str, bytes], ...] = ()
    if recipe.signal in MEASURED:
        packed = io.BytesIO()
        np.savez_compressed(packed, inputs=draw_inputs(recipe))
        files = ((companion_name(recipe, framework), packed.getvalue()),)
    return Program(framework, text, files, f"rnnviz_{framework}.py")


def _of_arrays(model: Loaded, framework: str) -> Program:
    text = "\n".join(_WRITERS[framework](model.origin(framework))) + "\n"
    files = ((model.file_name(framework), model.file()),)
    return Program(framework, text, files, f"rnnviz_{framework}_{model.key}.py")


def _recipe(model: Experiment | Network | Run) -> Experiment | None:
    """Return the experiment that draws all of a model; None where arrays were given or learnt."""
    source = model.source if isinstance(model, Run) else model
    return source if isinstance(source, Experiment) else None

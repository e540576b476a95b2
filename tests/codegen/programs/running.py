"""Run a generated program as its reader would, and hold what it computes against the page."""

import contextlib
import io

import numpy as np

from rnnviz import Experiment, simulate
from rnnviz.codegen.programs import program

BOUNDS = {"float64": 1e-12, "float32": 1e-6}


def execute(model, framework, folder):
    """Run the program of a model in a folder; return its variables and what it printed."""
    written = program(model, framework)
    for name, content in written.files:
        (folder / name).write_bytes(content)
    printed, variables = io.StringIO(), {"__name__": "__main__"}
    code = compile(written.text, written.file_name, "exec")
    # The program changes how NumPy prints.
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed), np.printoptions():
        exec(code, variables)
    return variables, printed.getvalue()


def assert_agrees(experiment, framework, folder):
    """The program's outputs are the page's, in shape, dtype and value, and it prints them."""
    return assert_computes(experiment, simulate(experiment), framework, folder)


def assert_returns_states(last_states, run, largest):
    """What a program holds as the last states is the run's, of the last sequence if stateful."""
    expected = run.layers[-1].last_states
    if run.experiment.stateful:
        expected = tuple(one[-1] for one in expected)
    assert len(last_states) == len(expected)
    for theirs, ours in zip(last_states, expected, strict=True):
        assert theirs.shape == ours.shape
        assert np.abs(theirs - ours).max() <= BOUNDS[ours.dtype.name] * largest


def assert_computes(model, run, framework, folder):
    """As :func:`assert_agrees`, for anything that a program can be written of, and its run."""
    expected = run.output
    variables, printed = execute(model, framework, folder)
    outputs = variables["outputs"]
    assert isinstance(outputs, np.ndarray)
    assert outputs.dtype == expected.dtype == run.network.dtype
    assert outputs.shape == expected.shape
    largest = max(1, np.abs(expected).max())  # relu and linear know no bounds
    assert np.abs(outputs - expected).max() <= BOUNDS[expected.dtype.name] * largest
    assert str(outputs.shape) in printed
    numbers = printed[printed.rindex(str(outputs.shape)) + len(str(outputs.shape)) :]
    if isinstance(model, Experiment) and model.return_state:
        assert_returns_states(variables["last_states"], run, largest)
    row = np.array(numbers.strip().strip("[]").split(), dtype=float)
    first = outputs if outputs.ndim == 1 else outputs.reshape(-1, outputs.shape[-1])[0]
    assert np.array_equal(row.astype(outputs.dtype), first)
    return variables

"""The list of analyses: each file declares one with its parameters, every front end reads it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from rnnviz import analysis as package
from rnnviz.engine import Run, Trace
from rnnviz.knobs import Knob, Problem, check, read, table

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Cursor:
    """Where the reader looks: the timestep and the unit under the cursor."""

    timestep: int = 0
    unit: int = 0


@dataclass(frozen=True)
class NoParameters:
    """The parameters of an analysis that has none."""


@dataclass(frozen=True)
class Analysis:
    """One question, with what can be set about it.

    Parameters
    ----------
    name : str
        What links, command line and views call it.
    parameters : type
        A frozen dataclass whose fields are knobs: page controls, link names, flags of the command
        line and keywords of :func:`analyse` are made of it.
    of : callable (trace, parameters, cursor, progress) -> result
        The answer for the run of one sequence through one layer; the result is frozen and has
        ``to_frame()``.
    fitted : callable (parameters, trace) -> parameters, optional
        Makes parameters of a link fit a run that is shorter, or reads fewer features, than the one
        that the link was made for: as with the cursor, what lies beyond means the last there is.
    """

    name: str
    parameters: type
    of: Callable[[Trace, Any, Cursor, Progress | None], Any]
    fitted: Callable[[Any, Trace], Any] | None = None

    @property
    def table(self) -> Mapping[str, Knob]:
        """The rows of its parameters, by name."""
        return _table(self.parameters)

    def made_of(self, settings: Mapping[str, object]) -> Any:
        """Return its parameters, all that is not in ``settings`` at its default.

        Raises
        ------
        ValueError
            Where a name is unknown or a value does not fit; the sentence says what does.
        """
        values = {}
        for name, value in settings.items():
            if name not in self.table:
                known = ", ".join(self.table) or "none"
                raise ValueError(f"{self.name} has no parameter {name!r}; there are {known}.")
            values[name], problems = check(self.table[name], value)
            if problems:
                raise ValueError(problems[0].sentence())
        return self.parameters(**values)

    def read(self, texts: Mapping[str, str]) -> tuple[Any, list[Problem]]:
        """Return its parameters as a link or a command line has them, and what was wrong."""
        values, problems = read(self.table, texts.items())
        return self.parameters(**values), problems


_table = cache(table)


@cache
def analyses() -> Mapping[str, Analysis]:
    """Return every analysis by name."""
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        analysis = getattr(loaded, "ANALYSIS", None)
        if analysis is not None:
            found[analysis.name] = analysis
    return MappingProxyType(dict(sorted(found.items())))


def analysis_named(name: str) -> Analysis:
    """Return the analysis of that name.

    Raises
    ------
    ValueError
        Where there is none; the sentence names those there are.
    """
    if name not in analyses():
        raise ValueError(f"There is no analysis {name!r}; there are {', '.join(analyses())}.")
    return analyses()[name]


def analyse(
    run: Run,
    name: str,
    *,
    trial: int | None = None,
    layer: int | None = None,
    timestep: int | None = None,
    unit: int = 0,
    progress: Progress | None = None,
    **parameters: Any,
) -> Any:
    """Return the frozen result of one analysis of a run.

    >>> from rnnviz import Experiment, analyse, simulate
    >>> analyse(simulate(Experiment()), "fixed_points", held_input=0.0, starts=64).points.shape
    (2, 64)

    Parameters
    ----------
    run : Run
        Of one sequence, or of several trials.
    name : str
        One of :func:`analyses`: "fixed_points", "gradients", "lyapunov", …
    trial : int, optional
        Which of several trials; needed where there is more than one.
    layer : int, optional
        Which recurrent layer, from the input up; the top one by default. Of a Bidirectional one,
        the direction that reads forwards.
    timestep, unit : int
        Where the cursor stands, for what depends on it; the last timestep and unit 0 by default.
    progress : callable (fraction), optional
        Called with 0…1; raising in it ends the analysis.
    **parameters
        The analysis's own: ``analyses()[name].table`` lists them.

    Raises
    ------
    ValueError
        Where anything asked for does not exist or does not fit; the sentence says what does.
    """
    analysis = analysis_named(name)
    settings = analysis.made_of(parameters)
    trace = _trace(run, trial, layer)
    if timestep is None:
        timestep = trace.timesteps - 1
    elif not 0 <= timestep < trace.timesteps:
        last = trace.timesteps - 1
        raise ValueError(f"timestep is {timestep}, but the run goes from 0 to {last}.")
    if not 0 <= unit < trace.layer.units:
        last = trace.layer.units - 1
        raise ValueError(f"unit is {unit}, but the layer's units go from 0 to {last}.")
    return analysis.of(trace, settings, Cursor(timestep, unit), progress)


def _trace(run: Run, trial: int | None, layer: int | None) -> Trace:
    if trial is None and run.has_trials:
        if run.trials > 1:
            raise ValueError(
                f"The run holds {run.trials} trials, and an analysis looks at one: say which with "
                f"trial=0 … trial={run.trials - 1}."
            )
        trial = 0
    if trial is not None:
        if not 0 <= trial < run.trials:
            raise ValueError(f"trial is {trial}, but there are trials 0 to {run.trials - 1}.")
        run = run.trial(trial)
    count = len(run.layers)
    layer = count - 1 if layer is None else layer
    if not 0 <= layer < count:
        raise ValueError(f"layer is {layer}, but the network has layers 0 to {count - 1}.")
    return run.layers[layer].trace

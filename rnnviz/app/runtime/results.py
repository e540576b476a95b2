"""What the pages show, computed once and shared by everybody who looks at the same link."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any

from rnnviz.app.runtime import state
from rnnviz.app.runtime.cache import BoundedCache, size_of
from rnnviz.app.runtime.jobs import JobQueue, Progress
from rnnviz.app.runtime.memory import MemoryBudget, budget_bytes
from rnnviz.app.runtime.waiting import client, meanwhile
from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.link import Shown
from rnnviz.spec.cost import Cost, cost_problems
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.given import cost_of_given, recipe_of, seconds_of, simulate_given, source_of_run
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate

LONG = 0.05
"""A computation of more seconds than this, by estimate, is done apart."""
READ_SPEED = 2e7
"""Bytes a second at which files are read, roughly."""
SLOW_FROM = 1.0
"""A computation that took more seconds than this is noted."""

_LOG = logging.getLogger(__name__)
JOBS = JobQueue()
CACHES = {
    "runs": BoundedCache(limit=640 * 2**20, size=lambda run: run.nbytes),
    "results": BoundedCache(limit=64 * 2**20, size=size_of),
    "pictures": BoundedCache(limit=64 * 2**20, size=size_of),
}
CACHES["files"] = BoundedCache(limit=128 * 2**20, size=size_of)
MEMORY = MemoryBudget(budget_bytes(), CACHES["runs"].shrink)


class SlowRuns:
    """The last few computations that took long."""

    def __init__(self) -> None:
        self._kept: deque[str] = deque(maxlen=20)

    def note(self, what: Hashable, seconds: float) -> None:
        """Keep and log what took long."""
        line = f"{seconds:.1f} s  {what}"
        self._kept.appendleft(line)
        _LOG.warning("slow: %s", line)

    def lines(self) -> list[str]:
        """Return what was kept, newest first."""
        return list(self._kept) or ["none"]


SLOW = SlowRuns()


def run_of(source: Shown) -> Run:
    """Return the run of a source, from the cache if it was asked for lately.

    A large one waits until there is memory for it, which is held as long as the page runs.

    Raises
    ------
    NotOpenedError
        Where the source names a file that this visitor has not opened.
    ExperimentError
        Where a network of a file would take too long on what is asked for.
    """
    return _runs(source)[0]


def runs_of(first: Shown, second: Shown) -> tuple[Run, Run]:
    """Return two runs that are shown together; memory is waited for once, for both."""
    one, other = _runs(first, second)
    return one, other


def _runs(*sources: Shown) -> list[Run]:
    kept = [CACHES["runs"].peek(key_of(source)) for source in sources]
    wanted = [source for source, run in zip(sources, kept, strict=True) if run is None]
    costs = [simulation(source)[1] for source in wanted]
    with MEMORY.page():
        if wanted:
            key = tuple(map(key_of, wanted))
            with meanwhile() as look:
                nbytes = sum(cost.nbytes for cost in costs)
                MEMORY.hold(key, nbytes, lambda before: look(0.0, before), client())
        return [
            _run(source) if run is None else run for source, run in zip(sources, kept, strict=True)
        ]


def _run(source: Shown) -> Run:
    compute, cost = simulation(source)
    return shared("runs", key_of(source), cost.seconds, compute, source.to_query())


def trial_of(run: Run, perspective: Perspective) -> Run:
    """Return the trial of a run that is looked at; the run itself if it is a single sequence."""
    return run.trial(perspective.trial_in(run))


def simulation(source: Shown) -> tuple[Callable[[Progress | None], Run], Cost]:
    """Return what computes the run of a source, and what that costs."""
    if not isinstance(source, Given):
        return lambda progress: simulate(source, progress), source.cost
    files, recipe = state.opened(), recipe_of(source)
    network, inputs = files.network_of(source), files.inputs_of(source)
    cost = cost_of_given(recipe, network, inputs)
    if problems := cost_problems(cost):
        raise ExperimentError(problems)
    return lambda progress: simulate_given(recipe, network, inputs, progress), cost


def key_of(source: Shown) -> Hashable:
    """Return what a source is kept under: a recipe is shared, files are their visitor's alone."""
    return (state.opened().token, source) if isinstance(source, Given) else source


def result_of(
    name: str,
    of: Run | Experiment,
    compute: Callable[[Progress], Any],
    seconds: float | None = None,
    detail: Hashable = None,
) -> Any:
    """Return an analysis of a run, shared like the run itself.

    Parameters
    ----------
    name : str
        Which analysis.
    of : Run or Experiment
        The run, or the experiment whose run it is.
    compute : callable (progress) -> result
        The analysis; a long one calls ``progress(fraction)`` often.
    seconds : float, optional
        How long it takes on a slow laptop; ten times the run by default.
    detail : hashable, optional
        What else the result depends on, such as the layer.
    """
    source = source_of_run(of) if isinstance(of, Run) else of
    trial = of.trial_index if isinstance(of, Run) else None
    if seconds is None:
        seconds = 10 * (source.cost.seconds if isinstance(source, Experiment) else seconds_of(of))
    key = (name, detail, key_of(source), trial)
    return shared("results", key, seconds, compute, f"{name} of {source.to_query()}")


def read_once(file: str, nbytes: int, read: Callable[[], Any]) -> Any:
    """Return what a file of this visitor holds: read apart from the pages, and once.

    Parameters
    ----------
    file : str
        Its identity.
    nbytes : int
        How long it is.
    read : callable () -> result
        Reads it. An ``Exception`` of it is kept like a result, and raised at each call.
    """

    def outcome(progress: Progress) -> tuple[Any, Exception | None]:
        try:
            return read(), None
        except Exception as error:
            return None, error

    key, seconds = (state.opened().token, file), LONG + nbytes / READ_SPEED
    result, error = shared("files", key, seconds, outcome, f"a file of {nbytes} bytes")
    if error is not None:
        raise error.with_traceback(None)
    return result


def shared(
    cache: str, key: Hashable, seconds: float, compute: Callable[[Progress], Any], what: str
) -> Any:
    """Return what is kept under a key, or compute it: at once if it is short, apart if it is long.

    Parameters
    ----------
    cache : str
        One of :data:`CACHES`.
    key : hashable
        What is asked for.
    seconds : float
        How long it takes on a slow laptop, roughly.
    compute : callable (progress) -> result
        Computes it; something long calls ``progress(fraction)`` often.
    what : str
        What it is, for the log.
    """
    kept = CACHES[cache]
    if seconds < LONG:
        return kept.get(key, lambda: compute(_unheard))

    def timed(progress: Progress) -> Any:
        began = time.perf_counter()
        result = compute(progress)
        took = time.perf_counter() - began
        if took > SLOW_FROM:
            SLOW.note(what, took)
        kept.put(key, result)
        return result

    found = kept.peek(key)
    if found is not None:
        return found
    with meanwhile() as look:
        return JOBS.result((cache, key), seconds, timed, look, client())


def kept_result(key: Hashable) -> Any:
    """Return a result that is kept under a key already; None where there is none."""
    return CACHES["results"].peek(key)


def _unheard(fraction: float) -> None:
    """Stand in for a progress that nobody watches."""

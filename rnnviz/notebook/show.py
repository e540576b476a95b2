"""``rnnviz.show``: whatever has states over time, in the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rnnviz.engine.run import Run
from rnnviz.engine.unroll import Trace
from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.notebook.arrays import array_run
from rnnviz.notebook.shown import Shown, ShownArray, ShownRun, ShownTraining, run_of_trace
from rnnviz.readers import run as run_model
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.simulate import simulate
from rnnviz.spec.train import Trained, train
from rnnviz.spec.training import Training
from rnnviz.views._plot.colours import PALETTES

if TYPE_CHECKING:
    from rnnviz.notebook.widget import Viewer


def show(
    what: Any,
    inputs: Any = None,
    *,
    labels: Sequence[Any] | None = None,
    controls: bool = False,
    name: str | None = None,
    language: str = DEFAULT_LANGUAGE,
    theme: str | None = None,
    palette: str = PALETTES[0],
) -> Viewer:
    """Show states over time in a notebook: cursor, play, zoom, layers, lenses, gates, trials.

    Parameters
    ----------
    what : Run, Trace, Experiment, Training, Trained, Network, Keras model, PyTorch module or array
        What has states. A Network or a model is run on ``inputs``; an Experiment is run, a
        Training is trained first. An array is ``(timesteps, units)``, or ``(trials, timesteps,
        units)``.
    inputs : Inputs or array_like, optional
        What a Network or a model reads; see :func:`rnnviz.run`.
    labels : sequence, optional
        Of an array: one label for each timestep.
    controls : bool
        Of an Experiment: whether it has the four main sliders, which run it anew.
    name : str, optional
        Which of several recurrent stacks of a model is meant.
    language : {"en", "ko"}
        Of every word in it.
    theme : {"light", "dark"}, optional
        Follows the notebook by default.
    palette : str
        As in :func:`rnnviz.figure`.

    Returns
    -------
    Viewer
        A widget. ``timestep``, ``unit``, ``window``, ``layer``, ``lens``, ``trial`` and
        ``checkpoint`` follow what is done in it, may be set, and are observed by ``observe``;
        ``link`` lets figures follow its cursor.

    Raises
    ------
    ImportError
        Where anywidget is missing; the message says how to install it.
    TypeError, ValueError
        Where it cannot be shown; the message says why.
    """
    say = words(language)
    try:
        from rnnviz.notebook.widget import Viewer, styled
    except ImportError as error:
        raise ImportError(say("widget.missing", reason=str(error))) from error
    if controls and not isinstance(what, Experiment):
        raise TypeError(say("widget.no_controls"))
    settings = None
    if controls:
        from rnnviz.notebook.settings import Settings

        settings = Settings(what)
    shown = _shown(what, inputs, labels, name, say)
    return Viewer(shown, styled(language, palette), settings, theme)


def _shown(
    what: Any, inputs: Any, labels: Sequence[Any] | None, name: str | None, say: Words
) -> Shown:
    """Return what is shown, by what it is."""
    if isinstance(what, Training):
        what = train(what)
    if isinstance(what, Trained):
        return ShownTraining(what)
    if isinstance(what, Experiment):
        return ShownRun(simulate(what))
    if isinstance(what, Trace):
        return ShownRun(run_of_trace(what))
    if isinstance(what, Run):
        return ShownRun(what)
    if inputs is not None:
        return ShownRun(run_model(what, inputs, name=name))
    if hasattr(what, "layers") or hasattr(what, "named_modules"):
        raise TypeError(say("widget.no_inputs", name=type(what).__name__))
    return ShownArray(array_run(what, labels))

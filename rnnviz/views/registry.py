"""The list of views: each figure file declares one, and every front end reads them from here."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Generic, TypeVar

import plotly.graph_objects as go

from rnnviz import views as package
from rnnviz.engine.run import LayerRun, Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.follow import Follow
from rnnviz.views._plot.style import Style

Result = TypeVar("Result")
"""What an analysis gives and a drawing takes: a frozen value of its own kind."""


@dataclass(frozen=True)
class Told:
    """What is said of a view of one run.

    Parameters
    ----------
    title, how_to_read : str
        What is shown, and how it is read.
    all_trials : bool
        Whether it shows all trials of a run, and not the one that is looked at.
    """

    title: str
    how_to_read: str
    all_trials: bool = False


@dataclass(frozen=True)
class View(Generic[Result]):
    """One thing to look at, from run to figure.

    Parameters
    ----------
    name : str
        What the command line and links call it; its words are ``view.<name>.title`` and
        ``view.<name>.how_to_read``, unless it has others to ``tell``.
    page : str
        Page that shows it.
    analyse : callable (run, perspective) -> result
        What is computed; ``result`` is frozen. With ``progress``, it takes a keyword ``progress``.
    draw : callable (result, style) -> plotly Figure
        How it is drawn. ``layout.meta = {"time_axis": "x"}`` says that the axis counts timesteps.
    order : int
        Place on the page and in lists, lowest first.
    progress : bool
        Whether it may take long enough to report its progress.
    at_cursor : bool
        Whether the result depends on where the time cursor stands.
    follow : callable (result) -> tuple of Follow, optional
        Which traces of the figure move with the time cursor.
    group : str
        What it is about, where a page has views of several kinds; its words are
        ``group.<group>``.
    needs_trials : bool
        Whether it compares the trials of a run; a page with one sequence does not offer it.
    needs_recipe : bool
        Whether it draws other weights by the same recipe, and so has nothing to say of weights
        that are given.
    needs_head : bool
        Whether it shows the output of a Dense layer; a network without one is not offered it.
    time_order : bool
        Whether its columns are the timesteps of the input, in whichever order a layer reads them.
    both_directions : bool
        Whether it shows both directions of a Bidirectional layer; the others show the layer that
        reads forwards, and say so.
    both_beside : bool
        Whether it does so where their states stand beside each other (merge mode ``concat``) only.
    tell : callable (run, perspective, words) -> Told, optional
        What is said of it, where its words do not fit every run.
    """

    name: str
    page: str
    analyse: Callable[..., Result]
    draw: Callable[[Result, Style], go.Figure]
    order: int
    progress: bool = False
    at_cursor: bool = False
    follow: Callable[[Result], tuple[Follow, ...]] | None = None
    group: str = ""
    needs_trials: bool = False
    needs_recipe: bool = False
    needs_head: bool = False
    both_directions: bool = False
    both_beside: bool = False
    time_order: bool = False
    tell: Callable[[Run, Perspective, Words], Told] | None = None

    def figure(self, run: Run, perspective: Perspective, result: Result, style: Style) -> go.Figure:
        """Draw a result of a run; its time axis says in which order the layer reads.

        The time cursor counts as the layer that is looked at reads; where the columns are in
        another order, it would mark the wrong one, and the figure has none.
        """
        figure = self.draw(result, style)
        looked_at = perspective.layer_in(run.layers)
        shown = len(run.layers) - 1 if self.needs_head else looked_at
        backwards = not self.time_order and run.network.is_turned(shown)
        if backwards:
            _tell_order(figure, style)
        if backwards != run.network.is_turned(looked_at):
            meta = figure.layout.meta or {}
            figure.layout.meta = {key: meta[key] for key in meta if key not in _TIME_AXIS}
        return figure

    def leaves_out_backward(self, layer: LayerRun) -> bool:
        """Return whether a layer has a direction that the view does not show."""
        if layer.both is None or self.both_directions:
            return False
        return not (self.both_beside and layer.both.layer.merge_mode == "concat")

    def told(self, run: Run, perspective: Perspective, say: Words) -> Told:
        """Return what is said of the view of a run, and what of the layer it does not show."""
        key = f"view.{self.name}"
        told = Told(say(f"{key}.title"), say(f"{key}.how_to_read"), self.needs_trials)
        if self.tell is not None:
            told = self.tell(run, perspective, say)
        if self.leaves_out_backward(run.layers[perspective.layer_in(run.layers)]):
            read = f"{told.how_to_read} {say('direction.forward_only')}"
            told = dataclasses.replace(told, how_to_read=read)
        return told

    def is_offered(self, run) -> bool:
        """Return whether a page offers the view for a run."""
        return run.whole.has_trials if self.needs_trials else self.why_not(run) is None

    def why_not(self, run) -> str | None:
        """Return the key of the sentence that says why a run has no such view; None if it has."""
        if self.needs_head and run.dense is None:
            return "view.needs_head"
        return "view.needs_recipe" if self.needs_recipe and run.experiment is None else None


_TIME_AXIS = ("time_axis", "first_step")


def _tell_order(figure: go.Figure, style: Style) -> None:
    """Name the axes of time, and a colour bar of it, after the order of reading."""
    usual, order = (style.words(f"axis.{name}") for name in ("timestep", "read_backwards"))
    for axis in (*figure.select_xaxes(), figure.layout.coloraxis.colorbar):
        if axis.title.text == usual:
            axis.title.text = order
    for trace in figure.data:
        if "hovertemplate" in trace and trace.hovertemplate:
            trace.hovertemplate = trace.hovertemplate.replace("t = %{", "%{")


@cache
def views() -> Mapping[str, View]:
    """Return every view by name, in their order.

    Raises
    ------
    ValueError
        If two figure files give their view the same name.
    """
    found: dict[str, View] = {}
    for module in pkgutil.iter_modules(package.__path__):
        view = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "VIEW", None)
        if view is None:
            continue
        if view.name in found:
            raise ValueError(f"two figure files define the view {view.name!r}")
        found[view.name] = view
    ordered = sorted(found.values(), key=lambda view: (view.order, view.name))
    return MappingProxyType({view.name: view for view in ordered})


def view(name: str) -> View:
    """Return the view of that name; KeyError when there is none."""
    return views()[name]


def grouped(offered: Iterable[View]) -> dict[str, list[View]]:
    """Return views by their group; groups in the order of their first view."""
    groups: dict[str, list[View]] = {}
    for one in offered:
        groups.setdefault(one.group, []).append(one)
    return groups


def views_of(page: str) -> tuple[View, ...]:
    """Return the views of a page, in their order."""
    return tuple(view for view in views().values() if view.page == page)

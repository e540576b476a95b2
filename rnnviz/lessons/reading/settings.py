"""Knobs and looks of a lesson's file: where it starts, and what a card sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from rnnviz.engine.source import Given
from rnnviz.knobs import LINK_LIMIT, Knob, Problem, check
from rnnviz.learn import TASKS
from rnnviz.lessons.lesson import FILE, Recipe, changed_recipe
from rnnviz.lessons.reading.lines import Path
from rnnviz.lessons.reading.tables import Tables
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.given import acting_knobs
from rnnviz.spec.perspective import TABLE as PERSPECTIVE
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import TABLE as TRAINING
from rnnviz.spec.training import Training

AnyRecipe = TypeVar("AnyRecipe", Experiment, Training, Recipe)

LOOKS = ("page", "view", "lens", "timestep", "unit", "layer", "trial", "contrast")
"""What of the page a lesson may set."""
PAGES = ("states", "dynamics", "keras")
"""Pages that show one experiment, and so the one of a lesson."""


def read_start(tables: Tables) -> tuple[Recipe | None, dict[str, Any]]:
    """Return where a lesson starts and what of the page its link sets.

    A link as it stands in the address bar, or a table of knobs; the lecture where it says nothing.
    A table ``training`` of a task and knobs, of the training and of its network, stands for both.
    """
    if "training" in tables.root:
        return _training(tables), {}
    found = tables.root.get("start", {})
    if isinstance(found, str):
        return _of_link(tables, found)
    if not isinstance(found, dict):
        tables.fault(("start",), "not_a_start")
        return None, {}
    return changed(tables, Experiment(), found, ("start",))[0], {}


def _of_link(tables: Tables, link: str) -> tuple[Experiment | None, dict[str, Any]]:
    if len(link) > LINK_LIMIT:
        tables.problem(("start",), Problem("link_too_long", (("limit", f"{LINK_LIMIT:,}"),)))
        return None, {}
    query = link.strip().partition("#")[0]
    pairs = parse_qsl(query.rpartition("?")[2], keep_blank_values=True)
    experiment, problems = Experiment.from_pairs(pairs)
    perspective, more = Perspective.from_pairs(pairs, {name for name, _ in pairs})
    for problem in (*problems, *more):
        tables.problem(("start",), problem)
    usual = Perspective()
    looks = {name: getattr(perspective, name) for name in LOOKS}
    return experiment, {
        name: value
        for name, value in looks.items()
        if value != getattr(usual, name) and (name != "page" or value in PAGES)
    }


def _training(tables: Tables) -> Training | None:
    found = tables.value(tables.root, (), "training", dict)
    if found is None:
        return None
    at = ("training",)
    if "start" in tables.root:
        tables.fault(("start",), "start_and_training")
    task = found.get("task", "")
    if not isinstance(task, str) or task not in TASKS:
        tables.fault((*at, "task"), "no_task_to_learn", known=", ".join(TASKS))
        return None
    return changed(tables, Training.of(task), found, at)[0]


def changed(
    tables: Tables, experiment: AnyRecipe, found: Mapping[str, Any], path: Path
) -> tuple[AnyRecipe, dict[str, Any]]:
    """Return a recipe with the knobs of a table, and these; what it refuses is a fault."""
    known = dict(knobs_of(experiment))
    if path[-1] != "solution":
        known.pop(FILE.name, None)  # a card does not open files; the visitor does
    settings = _knobs_of(tables, found, path, known)
    try:
        return cast(AnyRecipe, changed_recipe(experiment, settings)), settings
    except ExperimentError as error:
        for problem in error.problems:
            knob = dict(problem.values).get("knob")
            tables.problem((*path, str(knob)) if knob in found else path, problem)
        return experiment, settings


def knobs_of(recipe: Recipe) -> dict[str, Knob]:
    """Return the knobs of a recipe by name; of a training its own and those of its network.

    Where a file is open, those that still act.
    """
    if isinstance(recipe, Training):
        return {**TABLE, **TRAINING}
    if isinstance(recipe, Given):
        return {**{name: TABLE[name] for name in acting_knobs(recipe)}, FILE.name: FILE}
    return {**TABLE, FILE.name: FILE}


def _knobs_of(
    tables: Tables, found: Mapping[str, Any], path: Path, known: Mapping[str, Knob]
) -> dict[str, Any]:
    """Return the knobs of a table by name, each with a value that it takes."""
    settings: dict[str, Any] = {}
    for name, value in found.items():
        row = known.get(name)
        if row is None:
            tables.fault((*path, name), "no_knob", name=name[:40], known=", ".join(known))
            continue
        value = tuple(value) if isinstance(value, list) else value
        checked, problems = check(row, value)
        for problem in problems:
            tables.problem((*path, name), problem)
        if not problems:
            settings[name] = checked
    return settings


def read_look(tables: Tables, table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return what a ``look`` sets of the page."""
    found = tables.value(table, path, "look", dict) or {}
    at = (*path, "look")
    tables.only(found, at, LOOKS)
    look = {}
    for name in LOOKS:
        if name not in found:
            continue
        value, problems = check(PERSPECTIVE[name], found[name])
        for problem in problems:
            tables.problem((*at, name), problem)
        if name == "page" and value not in PAGES:
            tables.fault((*at, name), "no_page", known=", ".join(PAGES))
        look[name] = value
    return look

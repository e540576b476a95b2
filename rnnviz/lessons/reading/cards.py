"""The cards of a lesson's file: notice, predict, try, why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rnnviz.i18n import words
from rnnviz.knobs import Note, Refusal, finite
from rnnviz.lessons.lesson import (
    Card,
    Do,
    Measured,
    Notice,
    Numbers,
    Predict,
    Recipe,
    Why,
    measured_at_once,
)
from rnnviz.lessons.named_measures import MEASURES
from rnnviz.lessons.reading.goals import Goal, NoGoalError, checker, goals_of, written
from rnnviz.lessons.reading.lines import Path
from rnnviz.lessons.reading.settings import changed, knobs_of, read_look
from rnnviz.lessons.reading.tables import Tables
from rnnviz.lessons.reading.texts import fields_of

KINDS = ("notice", "predict", "try", "why")
_ALL = ("kind", "name", "text", "changes", "look", "formulas")
_OWN: dict[str, tuple[str, ...]] = {
    "predict": ("option",),
    "try": ("controls", "goal", "solution", "measure", "slider"),
}
MOST_STOPS = 200
"""Places at which a slider can stand."""
MOST_OPTIONS = 10
"""An answer is one digit in a link."""
MOST_FORMULAS = 12
FORMULA_LIMIT = 400
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

Texts = Mapping[str, dict[str, str]]
"""Sentences by language and key; what a card says is added here."""


def read_card(
    tables: Tables, table: Mapping[str, Any], number: int, before: Recipe, texts: Texts
) -> tuple[Card, Recipe] | None:
    """Read one card.

    Parameters
    ----------
    tables, table : Tables and Mapping
        The file, and the card's own table in it.
    number : int
        Its place in the file, from 0.
    before : Experiment or Training
        What is shown when the cards before it are done.
    texts : Mapping of str to dict
        Takes the card's sentences, by language and key.

    Returns
    -------
    tuple or None
        The card, and what is shown when it is done; None where its kind is not known.
    """
    path: Path = ("card", number)
    kind = tables.value(table, path, "kind", str, needed=True)
    if kind not in KINDS:
        if kind is not None:
            tables.fault((*path, "kind"), "no_kind", kind=kind[:40], known=", ".join(KINDS))
        return None
    tables.only(table, path, (*_ALL, *_OWN.get(kind, ())))
    name = named(tables, table, path, f"{kind}{number + 1}")
    key = f"{name}.text"
    for language, text in tables.texts(table, path, "text").items():
        texts[language][key] = text
    changes = tables.value(table, path, "changes", dict) or {}
    shown, settings = changed(tables, before, changes, (*path, "changes"))
    basis: dict[str, Any] = {
        "name": name,
        "changes": settings,
        "look": read_look(tables, table, path),
        "numbers": quoting(texts, key),
        "formulas": _formulas(tables, table, path),
    }
    if kind == "predict":
        return _predict(tables, table, path, basis, texts), shown
    if kind == "try":
        return _task(tables, table, path, basis, shown, texts)
    return (Notice if kind == "notice" else Why)(**basis), shown


def named(tables: Tables, table: Mapping[str, Any], path: Path, otherwise: str) -> str:
    """Return the name of a card or an option; made up where the file gives none."""
    name = tables.value(table, path, "name", str)
    if name is None:
        return otherwise
    if not _NAME.fullmatch(name):
        tables.fault((*path, "name"), "not_a_name", name=name[:40])
    return name


def quoting(texts: Texts, *keys: str) -> Callable[[Measured], Numbers]:
    """Return what measures the numbers that sentences quote, in whichever language."""

    def numbers(run: Measured) -> Numbers:
        sentences = [texts[language].get(key, "") for language in texts for key in keys]
        names = {name for sentence in sentences for name in fields_of(sentence)}
        return {name: MEASURES[name].written(run) for name in MEASURES if name in names}

    return numbers


def _formulas(tables: Tables, table: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    found = tables.value(table, path, "formulas", list) or []
    at = (*path, "formulas")
    if len(found) > MOST_FORMULAS:
        tables.fault(at, "too_many_formulas", most=MOST_FORMULAS)
        return ()
    for formula in found:
        try:
            sound = bool(Note(FORMULA_LIMIT).check(formula)) and "$" not in formula
        except Refusal:
            sound = False
        if not sound:
            tables.fault(at, "not_a_formula", limit=FORMULA_LIMIT)
    return tuple(str(one) for one in found)


def _predict(
    tables: Tables, table: Mapping[str, Any], path: Path, basis: dict[str, Any], texts: Texts
) -> Card:
    found = tables.tables(table, path, "option")
    if not 2 <= len(found) <= MOST_OPTIONS:
        tables.fault((*path, "option"), "options", most=MOST_OPTIONS)
    right, names = [], []
    for number, option in enumerate(found[:MOST_OPTIONS]):
        at = (*path, "option", number)
        tables.only(option, at, ("name", "text", "right", "tempting"))
        name = named(tables, option, at, f"option{number + 1}")
        if name in names:
            tables.fault((*at, "name"), "name_twice", name=name)
        names.append(name)
        tables.value(option, at, "right", bool)
        # What is meant to be right is taken so, even if it is not written as true.
        is_right = option.get("right", False) is not False
        right += [name] if is_right else []
        for language, text in tables.texts(option, at, "text", quotes=False).items():
            texts[language][f"{basis['name']}.option.{name}"] = text
        if is_right:
            if "tempting" in option:
                tables.fault((*at, "tempting"), "right_is_not_tempting")
            continue
        for language, text in tables.texts(option, at, "tempting", quotes=False).items():
            texts[language][f"{basis['name']}.tempting.{name}"] = text
    if len(right) != 1:
        tables.fault((*path, "option", 0), "one_right", count=len(right))
    return Predict(**basis, options=tuple(names), answer=right[0] if right else "")


def _task(
    tables: Tables,
    table: Mapping[str, Any],
    path: Path,
    basis: dict[str, Any],
    shown: Recipe,
    texts: Texts,
) -> tuple[Card, Recipe]:
    controls = tables.value(table, path, "controls", list, needed=True) or []
    rows = knobs_of(shown)
    for name in controls:
        if not isinstance(name, str) or name not in rows or not rows[name].control:
            known = ", ".join(one for one, row in rows.items() if row.control)
            tables.fault((*path, "controls"), "no_knob", name=str(name)[:40], known=known)
    if not controls and "controls" in table:
        tables.fault((*path, "controls"), "no_controls")
    goals = _goals(tables, table, path)
    solution = tables.value(table, path, "solution", dict, needed=True) or {}
    for name in solution:
        if name not in controls and all(one in rows for one in controls):
            tables.fault((*path, "solution", name), "not_a_control", name=name[:40])
    done, settings = changed(tables, shown, solution, (*path, "solution"))
    key = f"{basis['name']}.measure"
    _measured(tables, table, path, goals, texts, key)
    card = Do(
        **basis,
        knobs=tuple(str(name) for name in controls),
        check=checker(
            goals, lambda: measured_at_once(shown, to_the_end=False), quoting(texts, key)
        ),
        solution=settings,
        stops=_stops(tables, table, path, settings),
    )
    return card, done


def _stops(
    tables: Tables, table: Mapping[str, Any], path: Path, solution: Mapping[str, Any]
) -> tuple[float, ...]:
    """Return where a slider can stand, ``[from, to, step]``; the solution has to be among it."""
    found = tables.value(table, path, "slider", list)
    if found is None:
        return ()
    at = (*path, "slider")
    numbers = [finite(one) for one in found]
    if len(numbers) != 3 or None in numbers or len(table.get("controls") or ()) != 1:
        tables.fault(at, "not_a_slider")
        return ()
    low, high, step = (one or 0.0 for one in numbers)
    if not (step > 0 and low < high and (high - low) / step <= MOST_STOPS):
        tables.fault(at, "not_a_slider")
        return ()
    stops = tuple(round(low + step * number, 9) for number in range(int((high - low) / step + 1.5)))
    if any(value not in stops for value in solution.values()):
        tables.fault(at, "solution_off_slider")
    return stops


def _goals(tables: Tables, table: Mapping[str, Any], path: Path) -> tuple[Goal, ...]:
    text = tables.value(table, path, "goal", str, needed=True)
    if text is None:
        return ()
    try:
        return goals_of(text)
    except NoGoalError as wrong:
        tables.fault((*path, "goal"), wrong.key, **wrong.values)
        return ()


def _measured(
    tables: Tables,
    table: Mapping[str, Any],
    path: Path,
    goals: tuple[Goal, ...],
    texts: Texts,
    key: str,
) -> None:
    """Add the sentence that says how far a task has come: the file's, or one made of its goal."""
    if "measure" in table:
        found = tables.texts(table, path, "measure")
    else:
        found = {}
        for language in tables.languages if goals else ():
            say = words(language)
            parts = [f"{say(f'measured.{goal.name}')}: {{{goal.name}}}." for goal in goals]
            goal = say("lesson_file.goal", goal=written(str(table.get("goal"))))
            found[language] = " ".join([*parts, goal])
    for language, text in found.items():
        texts[language][key] = text

"""The card of the lesson that is on, beside the real page: a recipe in, and one out.

The recipe is an Experiment, a Training where the lesson is about one that goes on, or a network of
a file, once a task has it opened.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass

import streamlit as st

from rnnviz.app.panels.classroom import show_tally, vote
from rnnviz.app.panels.files import ask_for_file
from rnnviz.app.panels.homework import hand_in
from rnnviz.app.panels.note import inert
from rnnviz.app.runtime import state
from rnnviz.app.runtime.opened import NotOpenedError
from rnnviz.app.runtime.results import result_of, run_of
from rnnviz.app.sidebar.controls import controls_of
from rnnviz.app.sidebar.open_file import choose_file
from rnnviz.app.sidebar.training import some_controls
from rnnviz.i18n import Words
from rnnviz.knobs import Knob, Problem
from rnnviz.lessons.homework import Work
from rnnviz.lessons.lesson import (
    FILE,
    Card,
    Do,
    Lesson,
    Measured,
    Notice,
    Predict,
    Progress,
    Recipe,
    Why,
    changed_recipe,
)
from rnnviz.lessons.named_measures import MEASURES
from rnnviz.lessons.registry import next_lesson
from rnnviz.link import Link, Shown
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.given import acting_knobs, recipe_of, with_recipe
from rnnviz.spec.perspective import NAMES_LIMIT, Perspective
from rnnviz.spec.training import Training

_ICONS = {
    "predict": ":material/psychology_alt:",
    "do": ":material/tune:",
    "notice": ":material/visibility:",
    "why": ":material/lightbulb:",
}

_NOTHING = dict.fromkeys(MEASURES, "–")
"""What stands in a sentence while there is nothing to measure."""


@dataclass(frozen=True)
class _Place:
    """A card of a lesson, with the experiment and the look that the link names."""

    lesson: Lesson
    index: int
    experiment: Recipe
    perspective: Perspective

    @property
    def measured(self) -> Measured:
        """What the card measures: the run, or the training as far as it has gone."""
        if isinstance(self.experiment, Training):
            return state.training_session(self.experiment).trainer
        return run_of(self.experiment)

    @property
    def card(self) -> Card:
        return self.lesson.cards[self.index]

    def key(self, name: str) -> str:
        """Return the key of a word of this card."""
        return f"lesson.{self.lesson.name}.{self.card.name}.{name}"

    def turned(self, by: int, **looks: object) -> state.Target:
        """Return what :func:`state.go` takes to show another card."""
        recipe, look = self.lesson.turn(self.experiment, self.perspective, self.index + by)
        return state.target(recipe, look.replace(**looks))


def lesson_panel(
    lesson: Lesson, experiment: Recipe, perspective: Perspective, say: Words
) -> tuple[Recipe, Perspective, tuple[Problem, ...]]:
    """Draw the card and its control.

    Returns the experiment that the control asks for, the perspective with what was done so far, and
    why it is not another experiment.
    """
    index = min(perspective.card, len(lesson.cards) - 1)
    work = Work.read(perspective.work, lesson)
    if not work.begun:
        work = dataclasses.replace(work, begun=int(time.time()))
    perspective = perspective.replace(work=work.text)
    at = _Place(lesson, index, experiment, perspective)
    _heading(at, say)
    moved, problems = _card(at, say)
    at = _Place(lesson, index, moved, perspective)
    progress = None
    if isinstance(at.card, Do):
        progress = _progress(at, at.card, say)
        if moved != experiment:
            work = work.tried(lesson, index)
        if progress.met:
            work = work.at(lesson, index, met=True)
        at = dataclasses.replace(at, perspective=perspective.replace(work=work.text))
    _buttons(at, progress, say)
    if index + 1 == len(lesson.cards):
        hand_in(lesson, at.perspective, work, say)
    return moved, at.perspective, problems


def _heading(at: _Place, say: Words) -> None:
    kind = at.card.kind
    place = say("lessons.place", number=at.index + 1, count=len(at.lesson.cards))
    st.markdown(f"### {inert(say(f'lesson.{at.lesson.name}.title'))}")
    st.markdown(f"**{_ICONS[kind]} {say(f'lessons.{kind}')}** · {place}")


def _card(at: _Place, say: Words) -> tuple[Recipe, tuple[Problem, ...]]:
    """Draw what the card says, then its control; predictions come before the control."""
    _outcome(at, say)
    measured = _measured(at, say)
    numbers = _NOTHING if measured is None else at.card.numbers(measured)
    st.markdown(inert(say(at.key("text"), **numbers)))
    for formula in at.card.formulas:
        st.latex(formula)
    if isinstance(at.card, Predict):
        _options(at, at.card, say)
    moved = at.lesson.knobs_at(at.index)
    shown = moved or (at.lesson.knobs_next(at.index) if isinstance(at.card, Predict) else ())
    if isinstance(at.card, Notice | Why):
        # A file is opened for a task; a slider goes on being of use while one looks.
        shown = tuple(name for name in shown if name != FILE.name)
    if not shown:
        return at.experiment, ()
    with st.container(key="lesson_control"):
        asked = _controls(at, shown, frozenset(shown) - frozenset(moved), say)
    if not moved:
        st.caption(say("lessons.locked"))
    return asked


def _measured(at: _Place, say: Words) -> Measured | None:
    """Return what the card measures; None, and say so, where its file is not open here."""
    try:
        return at.measured
    except NotOpenedError as missing:
        ask_for_file(missing, say)
        return None


def _controls(
    at: _Place, names: tuple[str, ...], locked: frozenset[str], say: Words
) -> tuple[Recipe, tuple[Problem, ...]]:
    if isinstance(at.experiment, Training):
        return some_controls(at.experiment, names, say, locked)
    if FILE.name in names:
        shown = Link(at.experiment, at.perspective)
        choose_file(shown, say, disabled=FILE.name in locked)
    acting = acting_knobs(at.experiment)
    rows = _rows(at.lesson, at.index, tuple(name for name in names if name in acting))
    recipe, layer = recipe_of(at.experiment), at.perspective.layer
    moved, problems = controls_of(rows, recipe, layer, say, locked=locked)
    return with_recipe(at.experiment, moved), problems


def _rows(lesson: Lesson, index: int, shown: tuple[str, ...]) -> list[Knob]:
    """Return the rows of the knobs of a card; where the lesson says so, a slider for a number."""
    rows, stops = [TABLE[name] for name in shown], lesson.stops_at(index)
    if stops and len(rows) == 1:
        return [dataclasses.replace(rows[0], control="scale", options=stops)]
    return rows


def _options(at: _Place, card: Predict, say: Words) -> None:
    """Draw the answers; picking one keeps it in the link and turns to the next card."""
    position = at.lesson.predictions_until(at.index)
    answers = at.perspective.answers
    for number, option in enumerate(card.options):
        picked = answers[:position] + str(number) + answers[position + 1 :]
        st.button(
            say(at.key(f"option.{option}")),
            key=f"option.{number}",
            type="primary" if answers[position : position + 1] == str(number) else "secondary",
            width="stretch",
            on_click=_pick,
            args=(at, card, number, at.turned(1, answers=picked)),
        )
    show_tally(at.lesson, card, at.perspective, say, settled=False)


def _pick(at: _Place, card: Predict, number: int, target: state.Target) -> None:
    """Keep an answer, count it where a room counts, and turn to the next card."""
    vote(at.lesson, card, number, at.perspective)
    state.go(*target)


def _outcome(at: _Place, say: Words) -> None:
    """Say how the prediction turned out that this card settles."""
    settled = at.lesson.settled_at(at.index)
    if settled is None:
        return
    index, card = settled
    show_tally(at.lesson, card, at.perspective, say, settled=True)
    picked = at.lesson.answer(index, at.perspective.answers)
    if picked is None:
        return
    words = f"lesson.{at.lesson.name}.{card.name}"
    values = {"answer": say(f"{words}.option.{picked}")}
    if picked == card.answer:
        st.success(inert(say("lessons.right", **values)))
        return
    told = say("lessons.wrong", **values, truth=say(f"{words}.option.{card.answer}"))
    st.info(inert(f"{told} {say(f'{words}.tempting.{picked}')}"))


def _progress(at: _Place, task: Do, say: Words) -> Progress:
    """Measure the task on the run that is shown, and say how close it is."""
    experiment = at.experiment
    if isinstance(experiment, Training):
        progress = task.check(at.measured)
    else:
        progress = _progress_of_run(experiment, f"{at.lesson.name}: {task.name}", task)
    with st.container(key="task_met" if progress.met else "task_open"):
        percent = f"{progress.closeness:.0%}"
        done = say("lessons.met") if progress.met else say("lessons.closeness", percent=percent)
        measured = say(at.key("measure"), **progress.numbers)
        st.progress(progress.closeness, f"**{done}** {measured}")
    return progress


def _progress_of_run(source: Shown, name: str, task: Do) -> Progress:
    """Measure a task on a run; nothing is done while its file is not open here."""
    try:
        run = run_of(source)
    except NotOpenedError:
        return Progress(0.0, _NOTHING)
    return result_of(f"lesson {name}", run, lambda _: task.check(run))


def _buttons(at: _Place, progress: Progress | None, say: Words) -> None:
    """Draw the ways on, back and out."""
    open_task = progress is not None and not progress.met
    with st.container(horizontal=True, key="lesson_ways"):
        if at.index:
            _way(say("lessons.back"), "card_back", at.turned(-1))
        if open_task and isinstance(at.card, Do):
            shown = changed_recipe(at.experiment, at.card.solution)
            work = Work.read(at.perspective.work, at.lesson).at(at.lesson, at.index, shown=True)
            target = state.target(shown, at.perspective.replace(work=work.text))
            _way(say("lessons.show"), "card_show", target, say("lessons.show_help"))
        _way_on(at, open_task, say)
        left = at.perspective.without_lesson()
        before = state.before_lesson()
        help_ = say("lessons.leave_back" if before else "lessons.leave_keep")
        target = before or state.target(at.experiment, left)
        _way(say("lessons.leave"), "lesson_leave", target, help_, kind="tertiary")


def _way_on(at: _Place, open_task: bool, say: Words) -> None:
    """Draw the way to the next card; a prediction has none but its answers."""
    if at.index + 1 == len(at.lesson.cards):
        _way_out(at, say)
    elif open_task:
        _way(say("lessons.skip"), "card_next", at.turned(1))
    elif not isinstance(at.card, Predict) or _is_answered(at):
        _way(say("lessons.next"), "card_next", at.turned(1), kind="primary")


def _way_out(at: _Place, say: Words) -> None:
    """Draw the way to the list, where the lesson is ticked now, and to the next lesson."""
    done = tuple(sorted({*at.perspective.done, at.lesson.name}))
    if at.perspective.lesson_text or len(done) > NAMES_LIMIT:
        done = at.perspective.done
    left = at.perspective.without_lesson(page="lessons", done=done)
    target = state.before_lesson(page="lessons", done=done) or state.target(at.experiment, left)
    after = next_lesson(at.perspective)
    if after is not None:
        title = after.title(say)
        looked = at.perspective.without_lesson(done=done)
        _way(
            say("lessons.next_lesson", title=title),
            "lesson_next",
            state.target(after.start, after.begin(looked)),
            kind="primary",
        )
    _way(say("lessons.finish"), "card_next", target, kind="secondary" if after else "primary")


def _is_answered(at: _Place) -> bool:
    return not at.lesson.awaits_answer(at.index, at.perspective.answers)


def _way(label, key, target, help_=None, kind="secondary") -> None:
    st.button(label, key=key, type=kind, help=help_, on_click=state.go, args=target)

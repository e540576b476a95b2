"""The training page: a network that learns while it is looked at, and every state of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rnnviz.app.components.training import training_view
from rnnviz.app.panels.choices import choose
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.panels.read_text import read_text
from rnnviz.app.panels.training_now import (
    choose_beside,
    choose_sequence,
    compared,
    name_of,
    settings_now,
)
from rnnviz.app.runtime import state
from rnnviz.app.runtime.training import TrainingSession
from rnnviz.app.runtime.training_turns import TURNS
from rnnviz.app.sidebar.training import open_training
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.learn import TASKS
from rnnviz.link import Shown
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import Training

LOOK = 0.08
"""Seconds between two looks at a training that plays, where nobody else trains."""
LOOKS = 30
"""Looks a second of all pages together: each runs a part of the page, some 10 ms of a core."""
AHEAD = 8
"""Of two trainings side by side, so many steps one may be ahead of the other."""


def show(source: Shown, perspective: Perspective, say: Words, training: Training) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    task = training.task
    if not perspective.lesson:  # which has a task of its own
        task = choose(
            "training.task",
            TASKS,
            training.task,
            say("knob.task.label"),
            lambda name: say(f"choice.{name}"),
            st.pills,
        )
    if task != training.task:
        open_training(Training.of(task), perspective)
    st.markdown(say(f"task.{task}", delay=training.delay))
    buttons = st.container(horizontal=True, vertical_alignment="bottom", key="training.buttons")
    now = st.container(horizontal=True, vertical_alignment="bottom", key="training.now")
    beside = training.compared_with
    if not perspective.lesson:
        with now:
            beside = choose_beside(training, say)
    if beside != training.compared_with:
        open_training(training.replace(compared_with=beside), perspective)
    other = state.session_beside(training)
    session = state.training_session(training)
    sessions = [session] if other is None else [session, other]
    with buttons:
        _buttons(sessions, perspective, say)
    if TASKS[task].return_sequences is False and session.inputs.vocabulary:
        perspective = choose_sequence(session, perspective, say)
    for one in sessions:
        one.show_trial(perspective.trial)
    if not perspective.lesson:
        with now:
            settings_now(sessions, say)

    every = look_every(TURNS.active)

    @st.fragment(run_every=every if _is_busy(sessions) else None)
    def live() -> None:
        was_playing, was_busy, before = session.playing, _is_busy(sessions), _looked_at()
        for one in in_step(sessions) if was_playing else sessions:
            one.turn()
        session.playing = any(one.playing for one in sessions)
        _views(sessions, perspective, say)
        moved_on = was_playing and not session.playing
        moved_on |= was_busy and not _is_busy(sessions)
        moved_on |= session.playing and not every / 2 <= look_every(TURNS.active) <= every * 2
        if moved_on or (session.looked_at != before and not session.playing):
            session.looked_at = before
            st.rerun()  # so that nothing asks any more, and all that follows the view does

    live()
    if other is not None:
        st.markdown(compared(session, other, say))
    if task == "next_character" and not session.playing and not perspective.lesson:
        read_text(session, _looked_at(), say)
    return perspective


def as_it_ran(training: Training) -> Training:
    """The training with what was changed while it ran here, for the link."""
    ran = state.training_session(training).training
    return ran.replace(compared_with=training.compared_with, checkpoint=training.checkpoint)


def look_every(active: int) -> float:
    """Seconds between two looks of a page while so many trainings go on, on all pages."""
    return max(LOOK, active / LOOKS)


def in_step(sessions: Sequence[TrainingSession]) -> list[TrainingSession]:
    """Those of two trainings that go on now: the quicker one waits for the other."""
    going = [one for one in sessions if not one.trainer.done]
    least = min((one.trainer.step for one in going), default=0)
    return [one for one in going if one.trainer.step <= least + AHEAD]


def _is_busy(sessions: Sequence[TrainingSession]) -> bool:
    """Whether there is something to do: to train, or to make the frames that were left out."""
    return any(one.busy for one in sessions)


def _looked_at() -> int | None:
    """The step of the checkpoint that is looked at; None for the last."""
    step = state.asked(state.component("training.view"), "at")
    return step if isinstance(step, int) and step >= 0 else None


def _buttons(sessions: Sequence[TrainingSession], perspective: Perspective, say: Words) -> None:
    session = sessions[0]
    done = all(one.trainer.done for one in sessions)
    playing = session.playing
    st.button(
        say("training.pause" if playing else "training.play"),
        icon=":material/pause:" if playing else ":material/play_arrow:",
        type="primary",
        on_click=_play,
        args=(sessions, not playing),
        disabled=done,
        key="training.play",
    )
    st.button(
        say("training.step"),
        icon=":material/skip_next:",
        on_click=_one_step,
        args=(sessions,),
        disabled=done or playing,
        key="training.step",
    )
    st.button(
        say("training.again"),
        icon=":material/restart_alt:",
        on_click=state.forget_training,
        key="training.again",
    )
    if perspective.lesson:
        return
    st.button(
        say("training.from_here"),
        icon=":material/history:",
        help=say("training.from_here_help"),
        on_click=_from_here,
        args=(sessions,),
        disabled=playing or session.trainer.step == 0,
        key="training.from_here",
    )
    st.button(
        say("training.open"),
        icon=":material/open_in_new:",
        help=say("training.open_help"),
        on_click=_open,
        args=(session, perspective),
        key="training.open",
    )


def _play(sessions: Sequence[TrainingSession], playing: bool) -> None:
    for one in sessions:
        one.playing = playing and not one.trainer.done


def _one_step(sessions: Sequence[TrainingSession]) -> None:
    for one in sessions:
        one.one_step()


def _from_here(sessions: Sequence[TrainingSession]) -> None:
    step = _looked_at()
    for one in sessions:
        one.start_again_from(step)


def _open(session: TrainingSession, perspective: Perspective) -> None:
    """Go to the states page with the network that is looked at, on held-out trials."""
    session.playing = False
    network, inputs = session.network_of(_looked_at())
    state.opened().keep(network, inputs)
    given = Given(network.sha256, inputs.sha256, network.name, inputs.name, Experiment())
    state.go(given, perspective.replace(page="states", layer=0, timestep=0, unit=0))


def _views(sessions: Sequence[TrainingSession], perspective: Perspective, say: Words) -> None:
    if len(sessions) == 1:
        _view(sessions[0], "training.view", perspective, say)
        return
    one, other = sessions
    sides = ((one, other, "training.view"), (other, one, "training.view.beside"))
    for place, (session, its, name) in zip(st.columns(2), sides, strict=True):
        with place:
            st.markdown(f"**{name_of(session, its, say)}**")
            _view(session, name, perspective, say)


def _view(session: TrainingSession, name: str, perspective: Perspective, say: Words) -> None:
    key = state.component(name)
    lacking = state.asked(key, "lacking")
    everything = isinstance(lacking, int) and lacking != session.asked_for_all
    if everything:  # a page that came back, or missed a message
        session.asked_for_all = lacking
    frames = session.new_frames(everything)
    training_view(session, frames, TURNS.active, style_of(perspective, say), say, key=key)

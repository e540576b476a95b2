"""The training page: a network that learns while it is looked at, and every state of it."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.components.training import training_view
from rnnviz.app.panels.choices import choose
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.runtime import state
from rnnviz.app.runtime.training import TURNS, TrainingSession
from rnnviz.app.sidebar.training import open_training
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.learn import TASKS
from rnnviz.link import Shown
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import TABLE, Training

LOOK = 0.08
"""Seconds between two looks at a training that plays."""


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
    session = state.training_session(training)
    _buttons(session, perspective, say)

    @st.fragment(run_every=LOOK if session.playing else None)
    def live() -> None:
        was_playing = session.playing
        session.turn()
        _view(session, perspective, say)
        if was_playing and not session.playing:
            st.rerun()  # so that nothing asks any more, and the buttons say so

    session.sent = 0  # a page that is drawn anew has no frames
    live()
    return perspective


def _buttons(session: TrainingSession, perspective: Perspective, say: Words) -> None:
    done = session.trainer.done
    with st.container(horizontal=True, vertical_alignment="bottom", key="training.buttons"):
        playing = session.playing
        st.button(
            say("training.pause" if playing else "training.play"),
            icon=":material/pause:" if playing else ":material/play_arrow:",
            type="primary",
            on_click=_play,
            args=(session, not playing),
            disabled=done,
            key="training.play",
        )
        st.button(
            say("training.step"),
            icon=":material/skip_next:",
            on_click=session.one_step,
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
            say("training.open"),
            icon=":material/open_in_new:",
            help=say("training.open_help"),
            on_click=_open,
            args=(session, perspective),
            key="training.open",
        )
        _rate_now(session, say)


def _rate_now(session: TrainingSession, say: Words) -> None:
    """Draw the learning rate of the next step, which may be moved while the training plays."""
    now = session.training.learning_rate
    for _, name, value in session.training.changes:
        if name == "learning_rate":
            now = value
    options = tuple(sorted({*TABLE["learning_rate"].options, now}))
    name = f"training.now.{id(session)}"
    asked = st.select_slider(
        say("training.rate_now"),
        options,
        format_func=lambda rate: f"{rate:g}",
        key=state.widget(name, now),
        help=say("training.rate_now_help"),
        width=260,
    )
    if asked != now:
        session.change("learning_rate", asked)


def _play(session: TrainingSession, playing: bool) -> None:
    session.playing = playing


def _open(session: TrainingSession, perspective: Perspective) -> None:
    """Go to the states page with the network that is looked at, on held-out trials."""
    session.playing = False
    step = state.asked(state.component("training.view"), "at")
    network, inputs = session.network_of(step if isinstance(step, int) and step >= 0 else None)
    state.opened().keep(network, inputs)
    given = Given(network.sha256, inputs.sha256, network.name, inputs.name, Experiment())
    state.go(given, perspective.replace(page="states", layer=0, timestep=0, unit=0))


def _view(session: TrainingSession, perspective: Perspective, say: Words) -> None:
    everything = session.sent == 0
    frames = session.new_frames(everything)
    training_view(
        session,
        frames,
        everything,
        TURNS.active,
        style_of(perspective, say),
        say,
        key=state.component("training.view"),
    )

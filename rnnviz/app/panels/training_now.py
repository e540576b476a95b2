"""What may be moved while a training runs: learning rate, clip, pace, and what it is beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from rnnviz.app.components.training.component import tokens_of
from rnnviz.app.panels.choices import offered
from rnnviz.app.runtime import state
from rnnviz.app.runtime.training import PACES, SHOWN_TRIALS, TrainingSession
from rnnviz.i18n import Words
from rnnviz.sentences.training import Standing
from rnnviz.sentences.training import compared as in_words
from rnnviz.spec.beside import BESIDE
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import TABLE, Training

CLIPS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0, None)


def settings_now(sessions: Sequence[TrainingSession], say: Words) -> None:
    """Draw what the next step is taken with; a change goes to all that train side by side."""
    _change(sessions, "learning_rate", TABLE["learning_rate"].options, "rate_now", say)
    _change(sessions, "clip_norm", CLIPS, "clip_now", say)
    pace = st.select_slider(
        say("training.pace"),
        PACES,
        value=sessions[0].pace,
        format_func=lambda steps: say(f"training.pace_{steps}"),
        help=say("training.pace_help"),
        width=170,
        key="training.pace",
    )
    for one in sessions:
        one.pace = offered(pace, PACES, one.pace)


def _change(
    sessions: Sequence[TrainingSession],
    name: str,
    options: Sequence[float | None],
    words: str,
    say: Words,
) -> None:
    """Draw one setting of the next step, and change it where it was moved."""
    first = sessions[0]
    now = first.in_force(name)
    stops = sorted({*options, now}, key=lambda value: math.inf if value is None else value)
    # Another name after each return to a checkpoint: what stood there before counts again.
    key = f"training.{words}.{id(first)}.{first.rewinds}"
    asked = st.select_slider(
        say(f"training.{words}"),
        stops,
        format_func=lambda value: say("training.no_clip") if value is None else f"{value:g}",
        key=state.widget(key, now),
        help=say(f"training.{words}_help"),
        width=215,
    )
    if asked != now and asked in stops and first.pause_at is None:
        for one in sessions:
            one.change(name, asked)


def choose_beside(training: Training, say: Words) -> str:
    """Draw the choice of what the training is compared with, and return what is chosen."""
    usual = training.experiment.cell
    names = [name for name in BESIDE if name != usual]
    standing = training.compared_with if training.compared_with in names else "alone"
    chosen = st.selectbox(
        say("training.beside"),
        names,
        format_func=lambda name: say(f"training.beside_{name}"),
        key=state.widget(f"training.beside.{usual}", standing),
        width=200,
    )
    return offered(chosen, names, standing)


def choose_sequence(session: TrainingSession, perspective: Perspective, say: Words) -> Perspective:
    """Draw the choice of the held-out sequence that is shown, by its words."""
    count = min(SHOWN_TRIALS, len(session.inputs.values))
    standing = min(perspective.trial, count - 1)
    trial = st.selectbox(
        say("training.shown_trial"),
        range(count),
        format_func=lambda one: " ".join(tokens_of(session, one, say)).strip(" ·"),
        key=state.widget("trial", standing),
    )
    return perspective.replace(trial=offered(trial, range(count), standing))


def compared(one: TrainingSession, other: TrainingSession, say: Words) -> str:
    """Say in words how two trainings differ, and why."""
    first = _standing(name_of(one, other, say), one)
    return in_words(first, _standing(name_of(other, one, say), other), say)


def name_of(one: TrainingSession, other: TrainingSession, say: Words) -> str:
    """What tells one of two trainings from the other: its cell, its weights, or its clip."""
    mine, its = one.training, other.training
    if mine.experiment.cell != its.experiment.cell:
        return mine.experiment.layers[-1].cell
    if mine.experiment != its.experiment:
        drawn = mine.experiment.layers[0].recurrent_initializer
        return say("training.weights_of", initialiser=say(f"choice.{drawn}"))
    limit = mine.clip_norm
    return say("training.no_clip") if limit is None else say("training.clip_of", limit=f"{limit:g}")


def _standing(name: str, session: TrainingSession) -> Standing:
    layer = session.trainer.network.layers[-1].forward
    # Only there is the slope of ±1 the whole of what a gradient passes through.
    is_tanh = layer.structure == "elementwise" and layer.activation == "tanh" and not layer.kept
    return Standing(
        name=name,
        step=session.trainer.step,
        loss=session.trainer.checkpoints[-1].loss,
        left=session.gradient_left,
        pinned=session.frames[-1].saturated if is_tanh else 0.0,
    )

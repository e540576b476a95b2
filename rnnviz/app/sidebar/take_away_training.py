"""What can be taken away of a training: programs, weights, the loss curve, a moving picture."""

from __future__ import annotations

import importlib.util
import io
import shutil
import threading
from collections.abc import Callable

import streamlit as st

from rnnviz.app.panels.problems import plain
from rnnviz.app.panels.training_now import name_of
from rnnviz.app.runtime import state
from rnnviz.app.runtime.training import TrainingSession
from rnnviz.app.server.streamlit_private import DeltaGenerator
from rnnviz.app.sidebar.download import download
from rnnviz.codegen.training import training_program
from rnnviz.codegen.unwritable import Unwritable
from rnnviz.export.training_files import TRAINING_FILES
from rnnviz.export.weights import torch_weights
from rnnviz.i18n import Words
from rnnviz.spec.training import Training

_GROUPS = {
    "weights": (".npz", ".weights.h5", ".safetensors"),
    "programs": (".keras.zip", ".torch.zip"),
    "losses": (".csv",),
    "moving": (".webp", ".gif", ".mp4"),
}
_ONE_AT_A_TIME = threading.Lock()
"""A moving picture takes a second or two of the processor: they are drawn one after another."""


def training_files(training: Training, say: Words) -> None:
    """Draw a button for every file of the training that is on the page.

    What is taken is the training up to the checkpoint that is looked at.
    """
    session = _one_of(training, say)
    step = session.looked_at
    at = session.trained(step).steps
    st.caption(say("take_away.training.about", step=f"{at:,}"))
    for group, endings in _GROUPS.items():
        st.caption(say(f"take_away.training.{group}"))
        reasons = {ending: _reason(ending, session, say) for ending in endings}
        for place, ending in zip(st.columns(len(endings)), endings, strict=True):
            _button(place, ending, session, step, reasons[ending], say)
        for reason in dict.fromkeys(filter(None, reasons.values())):
            st.caption(plain(reason))


def _one_of(training: Training, say: Words) -> TrainingSession:
    """The session of the page; of two side by side, the one that is chosen."""
    session, other = state.training_session(training), state.session_beside(training)
    if other is None:
        return session
    names = (name_of(session, other, say), name_of(other, session, say))
    side = st.segmented_control(
        say("take_away.side"), names, default=names[0], required=True, key="take-away.training"
    )
    return other if side == names[1] else session


def _button(
    place: DeltaGenerator,
    ending: str,
    session: TrainingSession,
    step: int | None,
    reason: str,
    say: Words,
) -> None:
    name = f"rnnviz-{session.training.task}{ending}"
    label = say(f"take_away.training.file.{ending.strip('.').replace('.', '_')}")
    key = f"take-away.training{ending}"
    content = _writer(ending, session, step, say)
    disabled = bool(reason) and reason != say("take_away.training.own_masks")
    download(place, label, name, content, say, key=key, disabled=disabled)


def _writer(
    ending: str, session: TrainingSession, step: int | None, say: Words
) -> Callable[[], bytes]:
    def content() -> bytes:
        file = io.BytesIO()
        if ending == ".npz":
            session.write(file)
        elif ending in _GROUPS["moving"]:
            with _ONE_AT_A_TIME:
                TRAINING_FILES[ending](session.trained(step), file, say)
        else:
            TRAINING_FILES[ending](session.trained(step), file, say)
        return file.getvalue()

    return content


def _reason(ending: str, session: TrainingSession, say: Words) -> str:
    """Why a file cannot be written; "" where it can."""
    try:
        if ending in _GROUPS["programs"]:
            training_program(session.training, ending.split(".")[1])
        elif ending == ".safetensors":
            torch_weights(session.trainer.network)
    except Unwritable as error:
        return error.sentence(say.language)
    if ending in _GROUPS["moving"] and importlib.util.find_spec("PIL") is None:
        return say("problem.no_pillow")
    if ending == ".mp4" and shutil.which("ffmpeg") is None:
        return say("problem.no_ffmpeg")
    if ending == ".keras.zip" and (session.training.dropout or session.training.recurrent_dropout):
        return say("take_away.training.own_masks")
    return ""

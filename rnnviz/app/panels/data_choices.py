"""What may be chosen of a file of data: columns, trials, labels, targets, tokens, scale."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from rnnviz.app.panels.choices import offered
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.runtime.file_reading import FileContent
from rnnviz.i18n import Words
from rnnviz.readers import Choices, Data, Refused
from rnnviz.readers.data.opening import vocabulary_in
from rnnviz.readers.data.text import TOKENS

_MOST_FRAME = 4096
_VOCABULARY_MB = 4
_NONE = "…"


def choose_data(found: FileContent, choices: Choices, file: Any, say: Words) -> Choices:
    """Draw the choices that a file has, and return what is chosen of it.

    Parameters
    ----------
    found : FileContent
        Data, as it was read without any choice.
    choices : Choices
        What was settled before.
    file : UploadedFile
        Its name says what it is, its identity tells its widgets from another file's.
    say : Words
        The words of the page.
    """
    data, key = found.data, f"open.choice.{file.file_id}"
    assert data is not None
    if data.columns:
        choices = _of_table(data, choices, key, say)
    if data.inputs.vocabulary:
        return _of_text(choices, key, say)
    if file.name.lower().endswith(".wav"):
        frame = st.number_input(
            say("open.frame"), 1, _MOST_FRAME, 1, help=say("open.frame_help"), key=f"{key}.frame"
        )
        choices = dataclasses.replace(choices, frame=int(frame))
    if data.inputs.values.dtype.kind == "f":
        on = st.toggle(say("open.standardise"), key=f"{key}.standardise")
        choices = dataclasses.replace(choices, standardise=bool(on))
    return choices


def _of_table(data: Data, choices: Choices, key: str, say: Words) -> Choices:
    """Choose columns: what is read, what tells trials apart, their labels, what is asked for."""
    columns = st.multiselect(
        say("open.columns"), data.columns, default=data.columns, key=f"{key}.columns"
    )
    named = [*data.texts, *data.columns]
    trial = _one_of(say("open.trial"), named, f"{key}.trial")
    label = None
    if trial is not None:
        others = [one for one in named if one != trial]
        label = _one_of(say("open.label"), others, f"{key}.label", say("open.label_help"))
    chosen = st.multiselect(
        say("open.target"), data.columns, help=say("open.target_help"), key=f"{key}.target"
    )
    target = tuple(one for one in data.columns if one in chosen)
    settled = {trial, label, *target}
    kept = tuple(one for one in data.columns if one in columns and one not in settled)
    if kept != data.columns:
        choices = dataclasses.replace(choices, features=kept)
    return dataclasses.replace(choices, trial=trial, label=label, target=target)


def _one_of(label: str, options: list[str], key: str, help_: str | None = None) -> str | None:
    chosen = st.selectbox(label, options, index=None, key=key, placeholder=_NONE, help=help_)
    return offered(chosen, options, None)


def _of_text(choices: Choices, key: str, say: Words) -> Choices:
    """Choose what a token is, and give the vocabulary that the network learnt with."""
    kind = st.segmented_control(
        say("open.tokens"),
        TOKENS,
        default=TOKENS[0],
        required=True,
        format_func=lambda one: say(f"open.tokens_{one}"),
        key=f"{key}.tokens",
    )
    given = st.file_uploader(
        say("open.vocabulary"),
        type=["json"],
        key=f"{key}.vocabulary",
        max_upload_size=_VOCABULARY_MB,
        help=say("open.vocabulary_help"),
    )
    vocabulary = None
    if given is not None:
        state.opened().sent.add(given.file_id)
        try:
            vocabulary = vocabulary_in(given.getvalue())
        except Refused as refused:
            st.error(plain(refused.sentence(say.language)), icon=":material/error:")
    tokens = offered(kind, TOKENS, TOKENS[0])
    return dataclasses.replace(choices, tokens=tokens, vocabulary=vocabulary)

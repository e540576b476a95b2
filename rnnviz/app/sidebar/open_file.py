"""The one place where files are opened: a trained network, data for it, or a file of rnnviz."""

from __future__ import annotations

import dataclasses
from hashlib import sha256
from typing import Any

import streamlit as st

from rnnviz.app.panels.choices import offered
from rnnviz.app.panels.data_choices import choose_data
from rnnviz.app.panels.data_preview import preview
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.runtime.file_reading import ENDINGS, FileContent, read_file
from rnnviz.app.runtime.opened import NoRoomError
from rnnviz.app.runtime.results import read_once
from rnnviz.app.server.streamlit_private import give_back
from rnnviz.app.sidebar.compare import partner_of_source
from rnnviz.app.sidebar.open_lesson import ENDING as LESSON_ENDING
from rnnviz.app.sidebar.open_lesson import open_lesson
from rnnviz.engine import Inputs, Network
from rnnviz.engine.signals import SIGNALS
from rnnviz.engine.source import Given
from rnnviz.export.failures import ExportFailure
from rnnviz.i18n import Words
from rnnviz.link import Link, Shown
from rnnviz.readers import Choices, Question, Refused, Unanswered
from rnnviz.spec.cost import cost_problems
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.given import INPUT_KNOBS, cost_of_given, recipe_of

UPLOAD_LIMIT = 64
"""Largest file that is taken, in MB."""


def open_file(shown: Link, say: Words) -> None:
    """Draw the button; what it opens is made when it is pressed."""
    # A new key closes the menu and lets go of the file that was read.
    number = state.opened().count
    menu = st.popover(
        say("open.title"),
        icon=":material/folder_open:",
        key=f"open.{number}",
        on_change="rerun",
        width="stretch",
    )
    if not menu.open and state.opened().sent:
        _give_back()
        state.opened().count += 1  # a new field: the old one would still name the file
    if menu.open:
        with menu, st.container(key="open-sheet"):
            _menu(shown, number, say)
    if isinstance(shown.source, Given) and shown.source.network:
        st.caption(say("open.knobs"))


def _give_back() -> None:
    """Let the server forget the files that the menu held: what was opened is kept as arrays."""
    kept = state.opened()
    for file in kept.sent:
        give_back(file)
    kept.sent.clear()


def choose_file(shown: Link, say: Words, *, disabled: bool = False) -> None:
    """Draw the same on a card of a lesson, which stays on."""
    _menu(shown, state.opened().count, say, disabled=disabled)


def _menu(shown: Link, number: int, say: Words, *, disabled: bool = False) -> None:
    st.caption(say("open.about"))
    if shown.perspective.page == "compare":
        st.caption(say("open.for_b" if _is_second(shown) else "open.for_a"))
    file = st.file_uploader(
        say("open.file"),
        type=[*ENDINGS, LESSON_ENDING],
        key=f"open.file.{number}",
        max_upload_size=UPLOAD_LIMIT,
        disabled=disabled,
    )
    if file is None or disabled:
        return
    state.opened().sent.add(file.file_id)
    if file.name.lower().endswith(f".{LESSON_ENDING}"):
        open_lesson(file.getvalue(), shown.perspective, say)
        return
    try:
        content = _read(file, say)
    except Refused as refused:
        _error(refused.sentence(say.language))
    except ExportFailure as failure:
        _error(failure.sentence(say.language))
    except ExperimentError as error:
        for problem in error.problems:
            _error(problem.sentence(say.language))
    else:
        if content is not None:
            _offer(content, shown, say)


def _error(sentence: str) -> None:
    st.error(plain(sentence), icon=":material/error:")


def _read(file: Any, say: Words) -> FileContent | None:
    """Read a file, and ask what it leaves open; None while an answer is missing."""
    answers: dict[str, str] = {}
    choices = Choices()
    while True:
        try:
            found = _content(file, answers, choices)
        except Unanswered as left_open:
            answer = _ask(left_open.question, file.file_id, say)
            if answer is None:
                return None
            answers[left_open.question.key] = answer
            if left_open.question.key == "array":
                choices = dataclasses.replace(choices, array=answer)
            continue
        if found.data is None:
            return found
        chosen = choose_data(found, choices, file, say)
        return found if chosen == choices else _content(file, answers, chosen)


def _content(file: Any, answers: dict[str, str], choices: Choices) -> FileContent:
    """Read a file with some answers: once, and apart from the pages, as it may take long."""
    settled = dict(answers)
    named = "\0".join(choices.vocabulary or ()).encode()
    plain_choices = dataclasses.replace(choices, vocabulary=None)
    told = (file.file_id, sorted(settled.items()), plain_choices, sha256(named).hexdigest())
    key = repr(told)
    return read_once(
        key, file.size, lambda: read_file(file.getvalue(), file.name, settled, choices)
    )


def _ask(question: Question, file: str, say: Words) -> str | None:
    key = f"open.answer.{file}.{question.key}"
    label = plain(question.sentence(say.language))
    answer = st.selectbox(label, question.options, index=None, key=key, placeholder="…")
    return offered(answer, question.options, None)


def _offer(content: FileContent, shown: Link, say: Words) -> None:
    """Show a network at once; data, once it is looked at."""
    if content.exported is not None:
        if content.exported.differs:
            st.info(say("files.differs"), icon=":material/difference:")
        if st.button(say("take_away.open.go"), key="open.go", type="primary"):
            _go(content, content.exported.source, shown, say)
        return
    # Another network beside the first reads what that one reads; data is for the side that moves.
    before = shown.source
    if _is_second(shown) and content.network is None:
        before = shown.second or partner_of_source(shown.source)
    source = _source_with(content.network, content.inputs, before)
    if content.network is not None:
        _go(content, source, shown, say)
        return
    wrong = _does_not_fit(content.inputs, source, say)
    if wrong:
        st.warning(plain(wrong), icon=":material/warning:")
    if st.button(say("open.show"), key="open.show", type="primary", disabled=bool(wrong)):
        _go(content, source, shown, say)
    preview(content, say)


def _go(content: FileContent, source: Shown, shown: Link, say: Words) -> None:
    exported = content.exported
    network = content.network if exported is None else exported.network
    inputs = content.inputs if exported is None else exported.inputs
    try:
        state.opened().keep(network, inputs, content.found)
    except NoRoomError:
        _error(say("open.no_room"))
        return
    _give_back()
    perspective = shown.perspective.replace(trial=0, timestep=0)
    if _is_second(shown):
        state.go(shown.source, perspective, second=source)
    else:
        state.go(source, perspective)
    st.rerun()


def _is_second(shown: Link) -> bool:
    """Whether a file is for the second of two that stand side by side."""
    return shown.perspective.page == "compare" and shown.perspective.side == "b"


def _source_with(network: Network | None, inputs: Inputs | None, before: Shown) -> Given:
    """The source with a new file; the file that was there before stays where both fit."""
    kept, recipe = state.opened(), recipe_of(before)
    old = before if isinstance(before, Given) else Given("", "")
    if network is not None:
        beside = kept.data(old.inputs)
        if beside is not None and not fits(network, beside):
            beside = None
        # As trained: what was moved before belongs to another network. What it reads may stay.
        kept_knobs = INPUT_KNOBS if recipe.signal in SIGNALS else ("seed", "timesteps")
        recipe = Experiment().replace(**{name: getattr(recipe, name) for name in kept_knobs})
        inputs = beside
    else:
        network = kept.network(old.network)
    return Given(
        network.sha256 if network else "",
        inputs.sha256 if inputs else "",
        network.name if network else "",
        inputs.name if inputs else "",
        recipe,
    )


def fits(network: Network, inputs: Inputs) -> bool:
    """Whether a network can read inputs: tokens of its table, or as many features as it takes."""
    values = inputs.values
    if network.embedding is not None:
        whole = values.dtype.kind in "iu" and values.ndim < 3
        return whole and values.min() >= 0 and values.max() < network.embedding.input_dim
    return values.ndim > 1 and values.shape[-1] == network.input_features


def _does_not_fit(inputs: Inputs | None, source: Given, say: Words) -> str:
    """Say why data cannot be shown with the network that is there; "" where it can."""
    network = state.opened().network(source.network)
    if inputs is None:
        return ""
    if network is not None and not fits(network, inputs):
        if network.embedding is not None:
            return say("open.needs_tokens", count=f"{network.embedding.input_dim:,}")
        found = inputs.values.shape[-1] if inputs.values.ndim > 1 else 1
        return say("open.needs_features", wanted=network.input_features, found=found)
    problems = cost_problems(cost_of_given(recipe_of(source), network, inputs))
    return problems[0].sentence(say.language) if problems else ""

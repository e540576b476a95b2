"""The front door: language, controls, the page that the link names, and the link that is shown."""

from __future__ import annotations

import dataclasses
import logging
import uuid
from base64 import b64encode
from pathlib import Path

import streamlit as st

from rnnviz.i18n import LANGUAGES, Words, preferred_language, words
from rnnviz.perspective import Perspective
from rnnviz.ui import state
from rnnviz.ui.controls import experiment_controls
from rnnviz.ui.pages import PAGES
from rnnviz.ui.problems import show_problems
from rnnviz.ui.take_away import take_away
from rnnviz.ui.waiting import keep_a_place

_HERE = Path(__file__).parent
# Read once, not at every run. The icon is our own: Streamlit would fetch one from the internet.
_STYLE = f"<style>{(_HERE / 'page.css').read_text(encoding='utf-8')}</style>"
_ICON = f"data:image/svg+xml;base64,{b64encode((_HERE / 'icon.svg').read_bytes()).decode()}"
_LOG = logging.getLogger(__name__)
_LANGUAGE_NAMES = {"en": "English", "ko": "한국어"}


def show() -> None:
    """Run the page once: link -> experiment -> picture -> link."""
    st.set_page_config(page_title="rnnviz", page_icon=_ICON, layout="wide")
    st.html(_STYLE)
    say = words(preferred_language(st.context.locale))
    try:
        _show(say)
    except Exception:
        number = uuid.uuid4().hex[:8]
        _LOG.exception("error %s while showing %s", number, state.address())
        st.error(say("page.failed", number=number), icon=":material/error:")


def _show(say: Words) -> None:
    situation = state.arrive()
    with st.sidebar:
        perspective = _language(situation.perspective, say.language)
        say = words(perspective.language or say.language)
        experiment, problems = experiment_controls(situation.experiment, perspective.layer, say)
        _actions(experiment, perspective, say)
    show_problems(say("page.link_problems"), situation.problems, situation, say)
    show_problems(say("page.not_allowed"), problems, situation, say)
    perspective = _navigation(perspective, say)
    keep_a_place(say)
    perspective = PAGES[perspective.page].show(experiment, perspective, say)
    state.commit(dataclasses.replace(situation, experiment=experiment, perspective=perspective))
    take_away(experiment, perspective, say)


def _language(perspective: Perspective, spoken: str) -> Perspective:
    """Draw the language switch; until it is used, the visitor's browser decides."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {words(spoken)('page.title')}", width="stretch")
        chosen = st.segmented_control(
            words(spoken)("page.language"),
            LANGUAGES,
            required=True,
            format_func=_LANGUAGE_NAMES.get,
            key=state.widget("language", perspective.language or spoken),
            label_visibility="collapsed",
        )
    if perspective.language is None and chosen == spoken:
        return perspective
    return dataclasses.replace(perspective, language=chosen)


def _navigation(perspective: Perspective, say: Words) -> Perspective:
    """Draw the way to the other pages."""
    page = st.segmented_control(
        say("page.pages"),
        list(PAGES),
        required=True,
        format_func=lambda name: say(f"pages.{name}"),
        key=state.widget("page", perspective.page),
        label_visibility="collapsed",
    )
    return dataclasses.replace(perspective, page=page)


def _actions(experiment, perspective: Perspective, say: Words) -> None:
    """Draw the buttons that go to another link."""
    again = experiment.replace(seed=(experiment.seed + 1) % 2**32)
    st.button(
        say("page.resample"),
        icon=":material/casino:",
        help=say("page.resample_help"),
        on_click=state.go,
        args=(again, perspective),
        width="stretch",
    )
    st.button(
        say("page.back_to_lecture"),
        icon=":material/restart_alt:",
        help=say("page.back_to_lecture_help"),
        on_click=state.go,
        args=(type(experiment)(), perspective),
        width="stretch",
    )

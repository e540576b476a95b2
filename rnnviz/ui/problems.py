"""What was wrong, as sentences a visitor can act on. Foreign text is shown, never interpreted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from rnnviz.i18n import Words
from rnnviz.knobs import Problem
from rnnviz.ui import state

_MOST_SHOWN = 8
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def show_problems(
    heading: str, problems: Sequence[Problem], situation: state.Situation, say: Words
) -> None:
    """Show problems under a heading, with a button for each that has an obvious mend."""
    if not problems:
        return
    shown = problems[:_MOST_SHOWN]
    lines = [f"- {plain(problem.sentence(say.language))}" for problem in shown]
    lines += ["- …"] * (len(problems) > _MOST_SHOWN)
    st.warning("\n".join([heading, "", *lines]), icon=":material/warning:")
    for problem in shown:
        for name, value in problem.mend:
            st.button(
                say("page.mend", knob=say(f"knob.{name}.label"), value=f"{value:,}"),
                on_click=state.go,
                args=(situation.experiment.replace(**{name: value}), situation.perspective),
            )


def plain(text: str) -> str:
    """Return text escaped so that Markdown shows it letter by letter."""
    return _MARKDOWN.sub(r"\\\1", text)

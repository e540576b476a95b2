"""What was wrong, as sentences a visitor can act on. Foreign text is shown, never interpreted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.i18n import Words
from rnnviz.knobs import Problem
from rnnviz.link import Link
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.given import with_recipe

_MOST_SHOWN = 8
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def show_problems(heading: str, problems: Sequence[Problem], situation: Link, say: Words) -> None:
    """Show problems under a heading, with a button for each that has an obvious mend."""
    if not problems:
        return
    shown = problems[:_MOST_SHOWN]
    lines = [f"- {plain(problem.sentence(say.language))}" for problem in shown]
    lines += ["- …"] * (len(problems) > _MOST_SHOWN)
    st.warning("\n".join([heading, "", *lines]), icon=":material/warning:")
    for number, problem in enumerate(shown):
        mended = _mended(situation.experiment, problem)
        if mended is not None:
            st.button(
                _mend_label(problem, say),
                key=f"mend.{number}.{problem.key}",
                on_click=state.go,
                args=(with_recipe(situation.source, mended), situation.perspective),
            )


def _mended(experiment: Experiment, problem: Problem) -> Experiment | None:
    """Return what the visitor asked for with the mend on top; None when that does not help."""
    if not problem.mend:
        return None
    try:
        return experiment.replace(**dict(problem.asked) | dict(problem.mend))
    except ExperimentError:
        return None


def _mend_label(problem: Problem, say: Words) -> str:
    if f"mend.{problem.key}" in say:
        return say(f"mend.{problem.key}")
    name, value = problem.mend[0]
    return say("page.mend", knob=say(f"knob.{name}.label"), value=f"{value:,}")


def plain(text: str) -> str:
    """Return text escaped so that Markdown shows it letter by letter."""
    return _MARKDOWN.sub(r"\\\1", text)

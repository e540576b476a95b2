"""The views of a page: one is chosen, computed and shown, with how it is read."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from rnnviz.figures.registry import View, views_of
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.simulate import Run
from rnnviz.ui import state
from rnnviz.ui.main_view import style_of
from rnnviz.ui.runs import LONG, result_of
from rnnviz.ui.viewer import figure_view
from rnnviz.ui.work import Progress

_PLAIN = Perspective()
_LOOKS = ("page", "view", "language", "palette", "presentation")


def choose_view(page: str, run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Offer the views of a page and show the chosen one; nothing else is computed."""
    views = {view.name: view for view in views_of(page)}
    standing = perspective.view if perspective.view in views else next(iter(views))
    name = st.pills(
        say("page.views"),
        list(views),
        required=True,
        format_func=lambda name: say(f"view.{name}.short"),
        key=state.widget(f"view.{page}", standing),
        label_visibility="collapsed",
    )
    _show(views[name], run, perspective, say)
    return dataclasses.replace(perspective, view=name)


def _show(view: View, run: Run, perspective: Perspective, say: Words) -> None:
    st.markdown(f"##### {say(f'view.{view.name}.title')}")
    st.caption(say(f"view.{view.name}.how_to_read"))
    result = _analyse(view, run, perspective)
    figure_view(view.draw(result, style_of(perspective, say)), view.name)


def _analyse(view: View, run: Run, perspective: Perspective) -> Any:
    """Return a view's result: one computation for everybody who looks at the same thing."""

    def compute(progress: Progress) -> Any:
        more = {"progress": progress} if view.progress else {}
        return view.analyse(run, perspective, **more)

    # Whatever decides only how a result is drawn takes no part in it.
    looks = {name: getattr(_PLAIN, name) for name in _LOOKS}
    seconds = LONG if view.progress else None
    return result_of(
        view.name,
        run.experiment,
        compute,
        seconds=seconds,
        detail=dataclasses.replace(perspective, **looks),
    )

"""The views of a page: one is chosen, computed and shown, with how it is read."""

from __future__ import annotations

import dataclasses

import streamlit as st

from rnnviz.figures.registry import View, views_of
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.simulate import Run
from rnnviz.ui import state
from rnnviz.ui.main_view import style_of
from rnnviz.ui.viewer import figure_view


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
    result = _analyse(view, run, perspective, say)
    figure_view(view.draw(result, style_of(perspective, say)), view.name)


def _analyse(view: View, run: Run, perspective: Perspective, say: Words):
    """Compute a result; a long one shows how far it is, and stops when its visitor moves on."""
    if not view.progress:
        return view.analyse(run, perspective)
    bar = st.progress(0.0, say("page.computing"))
    # Streamlit ends a run that its visitor left at the next call of its own: this one.
    result = view.analyse(run, perspective, progress=lambda share: bar.progress(min(share, 1.0)))
    bar.empty()
    return result

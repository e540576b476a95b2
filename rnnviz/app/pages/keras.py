"""The Keras page: the stack, its shapes, the states of every layer, the summary, the code."""

from __future__ import annotations

from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

from rnnviz.app.components.viewer import figure_view
from rnnviz.app.panels.choices import choose
from rnnviz.app.panels.keras_texts import show_code, show_summary
from rnnviz.app.panels.main_view import main_view, style_of
from rnnviz.app.panels.views import show_view
from rnnviz.app.runtime.results import run_of, trial_of
from rnnviz.app.sidebar.stack_editor import Bench, draw_buttons
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.lessons.registry import lesson_of
from rnnviz.link import Shown
from rnnviz.spec.given import recipe_of
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import view
from rnnviz.views.shapes import TensorShapes

_PANELS = ("layers", "summary", "code")


def show(source: Shown, perspective: Perspective, say: Words, bench: Bench | None) -> Perspective:
    """Draw the page and return where the visitor looks now.

    ``bench`` is the stack with its knobs; None where a lesson has those on its cards.
    """
    run = trial_of(run_of(source), perspective)
    if bench:
        draw_buttons(bench, recipe_of(source), perspective, say)
    with bench.beside if bench else st.container():
        _shapes(run, perspective, say)
    perspective = main_view(run, perspective, say, compact=True)
    return _panel(run, perspective, say)


def _shapes(run: Run, perspective: Perspective, say: Words) -> None:
    """Show the shape lens beside the stack, small enough to need no title."""
    result = view("shapes").analyse(run, perspective)
    figure_view(_drawn_shapes(result, style_of(perspective, say)), "shapes")
    lesson = lesson_of(perspective)
    if lesson is None or not lesson.awaits_answer(perspective.card, perspective.answers):
        # It says what return_sequences does, which a lesson may just be asking.
        st.caption(say("view.shapes.how_to_read"))


@lru_cache(maxsize=64)
def _drawn_shapes(result: TensorShapes, style: Style) -> go.Figure:
    """Draw shapes once: most changes of a network leave them as they are."""
    return view("shapes").draw(result, style)


def _panel(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Offer what else there is to see of the stack, and show the chosen part of it."""
    if perspective.lesson and perspective.view not in _PANELS:
        return perspective  # a lesson shows no more than it speaks of
    standing = perspective.view if perspective.view in _PANELS else _PANELS[0]
    name = choose(
        "view.keras",
        _PANELS,
        standing,
        say("page.views"),
        lambda name: say(f"view.{name}.short"),
        st.pills,
    )
    if name == "layers":
        show_view(view("layers"), run, perspective, say)
    else:
        st.markdown(f"##### {say(f'view.{name}.title')}")
        show = {"summary": show_summary, "code": show_code}[name]
        perspective = show(run, perspective, say)
    return perspective.replace(view=name)

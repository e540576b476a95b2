"""Choices of exactly one thing: the browser holds visitors to it, and nobody else is held."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any

import streamlit as st

from rnnviz.app.runtime import state


def choose(
    name: str,
    options: Iterable[Any],
    standing: Any,
    label: str,
    called: Callable[[Any], str],
    control: Callable[..., Any] = st.segmented_control,
    **more: Any,
) -> Any:
    """Draw a choice of one thing that the link holds, and return what stands chosen then.

    Parameters
    ----------
    name : str
        The widget's name in :func:`rnnviz.app.runtime.state.widget`.
    options, standing
        What is offered, and what of it the link says.
    label : str
        What is chosen, for those who hear the page; seen only with ``label_visibility="visible"``.
    called : callable (option) -> str
        What an option is called.
    control : callable
        How the choice looks: ``st.segmented_control`` or ``st.pills``.
    **more
        Passed on to the control.
    """
    options = list(options)
    chosen = control(
        label,
        options,
        required=True,
        format_func=called,
        key=state.widget(name, standing),
        **({"label_visibility": "collapsed"} | more),
    )
    return offered(chosen, options, standing)


def offered(chosen: Any, options: Container[Any], standing: Any) -> Any:
    """Return what was chosen, or what stood before if that is nothing or was not offered.

    Streamlit hands on what a socket says that a choice stands at, whatever its options are.
    """
    return chosen if chosen in options else standing

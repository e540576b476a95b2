"""Choices of exactly one thing: the browser holds visitors to it, and nobody else is held."""

from __future__ import annotations

from collections.abc import Container
from typing import Any


def offered(chosen: Any, options: Container[Any], standing: Any) -> Any:
    """Return what was chosen, or what stood before if that is nothing or was not offered.

    Streamlit hands on what a socket says that a choice stands at, whatever its options are.
    """
    return chosen if chosen in options else standing

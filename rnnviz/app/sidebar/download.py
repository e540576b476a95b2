"""Buttons that give a file: made when it is asked for, and not before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from rnnviz.codegen.programs import package_name, program
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment

_LOG = logging.getLogger(__name__)


def download(
    place: Any, label: str, name: str, content: Callable[[], bytes], say: Words, **more: Any
) -> None:
    """Offer a file that is made when it is asked for.

    Parameters
    ----------
    place : module or container
        Where the button stands.
    label, name : str
        What it says, and the name of the file.
    content : callable
        Makes the file.
    say : Words
        The words of the page.
    **more
        Passed on to the button: a ``key`` of its own, and how it looks.
    """

    def made() -> bytes:
        # Streamlit would answer an exception with a sentence that helps nobody.
        try:
            return content()
        except Exception:
            _LOG.exception("error while making %s", name)
            return say("take_away.failed", name=name).encode()

    style = {"width": "stretch"} | more
    place.download_button(label, made, file_name=name, on_click="ignore", **style)


def program_download(
    place: Any, label: str, model: Experiment | Run, framework: str, say: Words, **more: Any
) -> None:
    """Offer the program of an experiment or a run; one that reads a file comes with it, zipped."""

    def content() -> bytes:
        return program(model, framework).package()

    download(place, label, package_name(model, framework), content, say, **more)

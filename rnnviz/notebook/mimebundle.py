"""What Jupyter asks of a value that stands at the end of a cell: the viewer, or a glance."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

from rnnviz.engine.network import Network
from rnnviz.notebook.glance import glance


def of(value: Any) -> Any:
    """Return the forms of a Run, Experiment, Network or Trained by their MIME types.

    In a notebook that can show widgets it is the viewer, with the glance beside it for where none
    can live; a Network, which has read nothing yet, is summed up.
    """
    if not isinstance(value, Network) and _has_widgets():
        from rnnviz.notebook.show import show

        data, metadata = show(value)._repr_mimebundle_()
        return {**data, "text/plain": repr(value)}, metadata
    return {"text/plain": repr(value), "text/html": glance(value)}


def _has_widgets() -> bool:
    """Whether a kernel of Jupyter's runs this, and anywidget is installed."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is None:
        return False
    return importlib.util.find_spec("anywidget") is not None

"""Who may come in and how fast: what stands between the network and Streamlit."""

from rnnviz.ui.guard.middleware import Guard
from rnnviz.ui.guard.rules import Rules

__all__ = ["Guard", "Rules"]

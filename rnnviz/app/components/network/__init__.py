"""The network drawn: what it computes at the time cursor, with its own numbers."""

from rnnviz.app.components.network.component import network_view

__all__ = ["network_view"]

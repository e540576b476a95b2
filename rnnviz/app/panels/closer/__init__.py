"""Look closer: what stands beneath the main picture, one thing at a time, when it is asked for."""

from rnnviz.app.panels.closer.choice import look_closer

__all__ = ["look_closer"]

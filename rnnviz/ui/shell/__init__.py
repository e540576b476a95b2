"""What surrounds every page in the browser: language, keys for the front of a room, the tour."""

from rnnviz.ui.shell.component import shell

__all__ = ["shell"]

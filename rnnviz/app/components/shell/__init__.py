"""What surrounds every page in the browser: language, keys for the front of a room, the tour."""

from rnnviz.app.components.shell.component import shell

__all__ = ["shell"]

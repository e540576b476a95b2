"""The request guard: what stands between the network and Streamlit.

In the order in which a request meets it: ``middleware`` looks at every request, ``rules`` say which
are answered, ``headers`` what a browser may do with the answer, ``connections`` counts the open
ones. Each WebSocket is a ``connection``; its ``messages`` wait in its ``request_queue`` for one of
the ``run_slots``, and their ``values`` must be of widgets that its page has. ``uploads`` are files.
"""

from rnnviz.app.server.guard.middleware import Guard
from rnnviz.app.server.guard.rules import Rules

__all__ = ["Guard", "Rules"]

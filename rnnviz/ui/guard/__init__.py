"""Who may come in and how fast: what stands between the network and Streamlit.

Read it in the order in which a request meets it: ``middleware`` is the door, ``rules`` say whom it
answers, ``headers`` what a browser may do with the answer, ``register`` who is here. Whoever stays
has a ``visit``; what he says are ``messages``, which pass one at a time through his ``turnstile``,
when it is his among everybody's ``turns``, with the ``values`` that his page has controls for.
``uploads`` are the files he may bring.
"""

from rnnviz.ui.guard.middleware import Guard
from rnnviz.ui.guard.rules import Rules

__all__ = ["Guard", "Rules"]

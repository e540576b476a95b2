"""One page a file; each has ``show(experiment, perspective, say) -> perspective``."""

from rnnviz.ui.pages import compare, dynamics, lessons, states

PAGES = {"states": states, "dynamics": dynamics, "compare": compare, "lessons": lessons}
"""Page name in the link -> module. The names are those of ``perspective.PAGES``."""

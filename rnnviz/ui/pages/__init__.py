"""One page a file; each has ``show(experiment, perspective, say) -> perspective``."""

from rnnviz.ui.pages import dynamics, lessons, states

PAGES = {"states": states, "dynamics": dynamics, "lessons": lessons}
"""Page name in the link -> module. The names are those of ``perspective.PAGES``."""

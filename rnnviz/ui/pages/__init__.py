"""One page a file; each has ``show(experiment, perspective, say) -> perspective``."""

from rnnviz.ui.pages import states

PAGES = {"states": states}
"""Page name in the link -> module. The names are those of ``perspective.PAGES``."""

"""One page a file; each has ``show(experiment, perspective, say) -> perspective``."""

from rnnviz.app.pages import atlas, compare, dynamics, keras, lessons, moments, states, training

PAGES = {
    "states": states,
    "keras": keras,
    "dynamics": dynamics,
    "moments": moments,
    "training": training,
    "compare": compare,
    "atlas": atlas,
    "lessons": lessons,
}
"""Page name in the link -> module. The names are those of ``perspective.PAGES``."""

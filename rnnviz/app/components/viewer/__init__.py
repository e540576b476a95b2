"""The instrument: one component that paints states, follows the hand, carries the cursor."""

from rnnviz.app.components.viewer.component import (
    Held,
    LiveKnob,
    Networks,
    Said,
    Selection,
    ViewerState,
    figure_view,
    read_selection,
    state_viewer,
)

__all__ = [
    "Held",
    "LiveKnob",
    "Networks",
    "Said",
    "Selection",
    "ViewerState",
    "figure_view",
    "read_selection",
    "state_viewer",
]

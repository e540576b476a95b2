"""The instrument: one component that paints states, follows the hand, carries the cursor."""

from rnnviz.app.components.viewer.component import (
    LiveKnob,
    Said,
    ViewerState,
    figure_view,
    state_viewer,
)

__all__ = ["LiveKnob", "Said", "ViewerState", "figure_view", "state_viewer"]

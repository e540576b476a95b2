"""The instrument: one component that paints states, follows the hand, carries the cursor."""

from rnnviz.ui.viewer.component import ViewerState, state_viewer

__all__ = ["ViewerState", "state_viewer"]

"""A training while it runs: loss, output, states, eigenvalues and gradient of every checkpoint."""

from rnnviz.app.components.training.component import training_view

__all__ = ["training_view"]

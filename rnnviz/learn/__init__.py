"""How a network learns: gradients, optimisers, tasks, the training loop. NumPy and the engine."""

from rnnviz.learn.gradients import gradients
from rnnviz.learn.losses import LOSSES, Loss, loss_named

__all__ = ["LOSSES", "Loss", "gradients", "loss_named"]

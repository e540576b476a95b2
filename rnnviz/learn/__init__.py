"""How a network learns: gradients, optimisers, tasks, the training loop. NumPy and the engine."""

from rnnviz.learn.dropout import Masks, draw_masks
from rnnviz.learn.gradients import gradients
from rnnviz.learn.losses import LOSSES, Loss, loss_named
from rnnviz.learn.optimizers import FRAMEWORKS, OPTIMIZERS, SCHEDULES, OptimizerSettings
from rnnviz.learn.tasks import SERIES, TASKS, TEXTS, Task, TaskSettings
from rnnviz.learn.trainer import Checkpoint, Trainer, TrainerSettings

__all__ = [
    "FRAMEWORKS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "SERIES",
    "TASKS",
    "TEXTS",
    "Checkpoint",
    "Loss",
    "Masks",
    "OptimizerSettings",
    "Task",
    "TaskSettings",
    "Trainer",
    "TrainerSettings",
    "draw_masks",
    "gradients",
    "loss_named",
]

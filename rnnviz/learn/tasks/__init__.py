"""The tasks, one a file. To add one: a file here, a line below, and its words."""

from rnnviz.learn.tasks.adding import Adding
from rnnviz.learn.tasks.copy_memory import CopyMemory
from rnnviz.learn.tasks.echo import Echo
from rnnviz.learn.tasks.flip_flop import FlipFlop
from rnnviz.learn.tasks.next_character import TEXTS, NextCharacter
from rnnviz.learn.tasks.next_value import NextValue
from rnnviz.learn.tasks.parity import Parity
from rnnviz.learn.tasks.reviews import Reviews
from rnnviz.learn.tasks.task import Batch, Reference, Task, TaskSettings
from rnnviz.learn.tasks.token_classification import TokenClassification

TASKS: dict[str, type[Task]] = {
    task.name: task
    for task in (
        Echo,
        Adding,
        CopyMemory,
        Parity,
        FlipFlop,
        NextValue,
        NextCharacter,
        TokenClassification,
        Reviews,
    )
}

SERIES = ("sine", "sunspots", "co2", "own")
"""What `next_value` may read."""

__all__ = ["SERIES", "TASKS", "TEXTS", "Batch", "Reference", "Task", "TaskSettings"]

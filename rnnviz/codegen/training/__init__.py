"""A training to take along: a program in Keras or PyTorch that gives the same loss curve.

It begins with the same weights, draws the same batches, with the task's own lines, and takes steps
with the framework's own optimiser as far as that is what the training is defined by.
"""

from rnnviz.codegen.training.program import TRAINING_FRAMEWORKS, training_program

__all__ = ["TRAINING_FRAMEWORKS", "training_program"]

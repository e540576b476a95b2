"""Other people's networks and data: files and live models become `Network` and `Inputs`.

One file a format, none of which imports the framework that wrote it. Files may come from strangers:
nothing in them is executed, no other file is read, and sizes are checked before memory is taken.
"""

from rnnviz.readers.answers import ANSWERS
from rnnviz.readers.data.opening import open_inputs, read_inputs
from rnnviz.readers.data.table import Choices, Data
from rnnviz.readers.live import from_keras, from_torch, run
from rnnviz.readers.messages import Note, Question, Refused, Unanswered
from rnnviz.readers.opening import (
    ENDINGS,
    Inspection,
    ReadingWarning,
    inspect,
    open_network,
    read_network,
)
from rnnviz.readers.reading import Reading

__all__ = [
    "ANSWERS",
    "ENDINGS",
    "Choices",
    "Data",
    "Inspection",
    "Note",
    "Question",
    "Reading",
    "ReadingWarning",
    "Refused",
    "Unanswered",
    "from_keras",
    "from_torch",
    "inspect",
    "open_inputs",
    "open_network",
    "read_inputs",
    "read_network",
    "run",
]

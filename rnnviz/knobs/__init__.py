"""Tables of settings: one row a knob, which carries default, range, link name and control.

They know no particular table: Experiment, Perspective and every analysis have one of their own.
"""

from rnnviz.knobs.kinds import Choice, Flag, Kind, Numbers, Real, Refusal, Whole
from rnnviz.knobs.plain import finite, plain_json
from rnnviz.knobs.table import (
    LINK_LIMIT,
    Knob,
    Problem,
    ProblemError,
    check,
    knob,
    read,
    shown,
    table,
    write,
)
from rnnviz.knobs.text_kinds import Answers, Listed, Name, Names, Note, Packed, Wholes

__all__ = [
    "LINK_LIMIT",
    "Answers",
    "Choice",
    "Flag",
    "Kind",
    "Knob",
    "Listed",
    "Name",
    "Names",
    "Note",
    "Numbers",
    "Packed",
    "Problem",
    "ProblemError",
    "Real",
    "Refusal",
    "Whole",
    "Wholes",
    "check",
    "finite",
    "knob",
    "plain_json",
    "read",
    "shown",
    "table",
    "write",
]

"""A lesson as one readable file: TOML in, a frozen Lesson or faults with their lines out."""

from rnnviz.lessons.reading.faults import Fault, LessonFaultsError
from rnnviz.lessons.reading.packing import PACKED_LIMIT, pack, unpack
from rnnviz.lessons.reading.reader import FILE_LIMIT, read_lesson
from rnnviz.lessons.reading.rehearsal import rehearse

__all__ = [
    "FILE_LIMIT",
    "PACKED_LIMIT",
    "Fault",
    "LessonFaultsError",
    "pack",
    "read_lesson",
    "rehearse",
    "unpack",
]

"""What is wrong with a lesson's file: a line and a sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from rnnviz.i18n import DEFAULT_LANGUAGE, words
from rnnviz.knobs import Problem


@dataclass(frozen=True)
class Fault:
    """One thing to mend.

    Parameters
    ----------
    line : int
        Where it stands, from 1.
    key : str
        Key of its sentence, under ``lesson_file.fault.``.
    values : tuple of (str, object) pairs
        Fields of the sentence.
    problem : Problem or None
        What a knob says of its value, where that is what is wrong.
    """

    line: int
    key: str
    values: tuple[tuple[str, object], ...] = ()
    problem: Problem | None = None

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return what is wrong, without the line."""
        if self.problem is not None:
            return self.problem.sentence(language)
        values = dict(self.values)
        if "known" in values:
            word = str(values.get("name") or values.get("kind") or "")
            values["known"] = closest_first(word, str(values["known"]))
        return words(language)(f"lesson_file.fault.{self.key}", **values)


def closest_first(word: str, known: str) -> str:
    """Return a list of names with those first that were perhaps meant."""
    names = known.split(", ")
    parts = [name for name in names if len(word) > 2 and word in name]
    meant = list(dict.fromkeys([*get_close_matches(word, names, n=3), *parts]))
    return ", ".join([*meant, *(name for name in names if name not in meant)])


class LessonFaultsError(ValueError):
    """A file is no lesson yet; ``faults`` says why, sorted by line, each once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(dict.fromkeys(sorted(faults, key=lambda fault: fault.line)))
        super().__init__("; ".join(f"{one.line}: {one.sentence()}" for one in self.faults))

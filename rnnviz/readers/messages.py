"""What a reader says: why it refuses, what it asks, what it noticed; values that become sentences.

The sentences stand in ``i18n/words/readers.toml``, in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.i18n import DEFAULT_LANGUAGE, words

_LONGEST = 160


class Refused(ValueError):  # noqa: N818 - a refusal of a file, not a fault of the program
    """A file cannot be opened; its text is one sentence that says why.

    Parameters
    ----------
    key : str
        Key of the sentence, under ``reader.refused.``.
    **values
        Fields of the sentence; names that come from the file are shortened and made printable.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, {name: printable(value) for name, value in values.items()}
        super().__init__(self.sentence())

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return why, in a language."""
        return words(language)(f"reader.refused.{self.key}", **self.values)


@dataclass(frozen=True)
class Note:
    """Something that was noticed while reading, which the reader of the result should know.

    Parameters
    ----------
    key : str
        Key of the sentence, under ``reader.note.``.
    values : tuple of (str, object) pairs
        Fields of the sentence.
    """

    key: str
    values: tuple[tuple[str, object], ...] = ()

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the note in a language."""
        return words(language)(f"reader.note.{self.key}", **dict(self.values))


def note(key: str, **values: object) -> Note:
    """Make a note; names that come from the file are shortened and made printable."""
    return Note(key, tuple((name, printable(value)) for name, value in values.items()))


@dataclass(frozen=True)
class Question:
    """Something that a file does not say, and what may be answered.

    Parameters
    ----------
    key : str
        Name of the argument of `open_network` that answers it.
    options : tuple of str
        What may be answered.
    why : str
        Key of the sentence under ``reader.question.`` that says what the file leaves open.
    values : tuple of (str, object) pairs
        Fields of that sentence.
    """

    key: str
    options: tuple[str, ...]
    why: str
    values: tuple[tuple[str, object], ...] = ()

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the question in a language, without its options."""
        return words(language)(f"reader.question.{self.why}", **dict(self.values))


class Unanswered(ValueError):  # noqa: N818 - a question, not an error of its own
    """A file leaves something open; `question` says what, and the text how to answer in Python."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(self.sentence())

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the question with its options and the argument that answers it."""
        question = self.question
        return words(language)(
            "reader.unanswered",
            question=question.sentence(language),
            argument=question.key,
            options=", ".join(map(repr, question.options)),
        )


def question(key: str, options: tuple[str, ...], why: str = "", **values: object) -> Question:
    """Make a question; names that come from the file are shortened and made printable."""
    fields = tuple((name, printable(value)) for name, value in values.items())
    return Question(key, options, why or key, fields)


def printable(value: object) -> object:
    """A name from a file, fit to stand in a sentence: no control characters, not too long."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return value
    value = "".join(one if one.isprintable() else "?" for one in value[: 2 * _LONGEST])
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"

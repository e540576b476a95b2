"""Sentences of a lesson's file: Markdown with formulas, and fields that quote measures."""

from __future__ import annotations

import re
import string

from rnnviz.i18n.fields import FieldFormatter
from rnnviz.knobs import Note, Refusal
from rnnviz.lessons.named_measures import MEASURES

TEXT_LIMIT = 3000
"""Characters of one sentence or paragraph."""
NAMED = ("negative", "positive")
"""Fields that any sentence may have: the colours of values of that sign."""
_MATH = re.compile(r"\$\$[^$]*\$\$|\$[^$\n]*\$")
_HTML = re.compile(r"<[A-Za-z/!?]")
_PICTURE = re.compile(r"!\[")
_PLACEHOLDER = re.compile(r"[^\s{}!:.\[\]]{1,12}")


class NoTextError(ValueError):
    """A text cannot be shown; ``key`` is the fault, ``values`` the fields of its sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def checked_text(text: str, *, quotes: bool = True) -> str:
    """Return a text as the words hold one: braces within formulas are doubled.

    ``quotes`` says whether it may quote measures.

    Raises
    ------
    NoTextError
        Where it is empty or too long, holds HTML, a picture, misleading characters, or a field
        that is no measure.
    """
    try:
        text = Note(TEXT_LIMIT).check(text)
    except Refusal as refusal:
        if refusal.key == "note_too_long":
            raise NoTextError("text_too_long", limit=f"{TEXT_LIMIT:,}") from refusal
        raise NoTextError("not_a_text") from refusal
    if not text:
        raise NoTextError("empty_text")
    plain = _MATH.sub(" ", text)
    for pattern, key in ((_HTML, "html"), (_PICTURE, "picture")):
        if found := pattern.search(plain):
            raise NoTextError(key, text=plain[found.start() : found.start() + 20])
    text = _MATH.sub(lambda match: match[0].replace("{", "{{").replace("}", "}}"), text)
    for name in fields_of(text):
        if name not in NAMED and not (quotes and name in MEASURES):
            raise NoTextError("no_field", name=name[:40], known=", ".join(MEASURES))
    return text


def fields_of(text: str) -> tuple[str, ...]:
    """Return the fields of a text.

    Raises
    ------
    NoTextError
        Where a brace stands alone, or a field asks for more than its number and its particle.
    """
    names = []
    try:
        for _, name, spec, conversion in string.Formatter().parse(text):
            if name is None:
                continue
            if conversion or (spec and not _is_grammar(spec)):
                raise NoTextError("strange_field", text=f"{{{name}:{spec}}}"[:40])
            names.append(name)
    except ValueError as error:
        if isinstance(error, NoTextError):
            raise
        raise NoTextError("lone_brace") from error
    return tuple(names)


def _is_grammar(spec: str) -> bool:
    """Whether a specification chooses a particle or a plural, and nothing else."""
    halves = re.split(r"[/|]", spec)
    if len(halves) != 2 or not all(_PLACEHOLDER.fullmatch(half) for half in halves):
        return False
    FieldFormatter().format_field("1", spec)
    return True

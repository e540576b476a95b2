"""All that the page says: its words, and the sentences that the files of lessons bring along."""

from functools import cache

from rnnviz.i18n import Words, words
from rnnviz.lessons.registry import lessons


@cache
def spoken(language: str) -> Words:
    """Return the words of a language with those of every lesson."""
    say = words(language)
    for lesson in lessons().values():
        say = lesson.words(say)
    return say

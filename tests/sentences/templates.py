"""From a shown sentence back to its key and its numbers: nothing but the words is asked."""

import re
import string
from functools import cache

from rnnviz.i18n import words


@cache
def pattern(key, language):
    """A regular expression that a sentence of this key matches, a group for each field."""
    say, parts, seen = words(language), [], set()
    for literal, name, spec, _ in string.Formatter().parse(say.sentences[key]):
        parts.append(re.escape(literal))
        if name is None:
            continue
        if name in say.named:
            parts.append(re.escape(say.named[name]))
            continue
        value = rf"(?P={name})" if name in seen else rf"(?P<{name}>.+?)"
        seen.add(name)
        if spec == "번째":
            parts.append(rf"(?:(?P<{name}>[\d,]+)|첫 )번째")
        elif "|" in spec:
            parts.append(rf"{value} (?:{spec})")
        elif "/" in spec:
            one, other = spec.split("/")
            parts.append(rf"{value}(?:{one}\({other}\)|{one}|{other})")
        else:
            parts.append(value)
    return re.compile("".join(parts))


def understood(sentence, prefix, language):
    """Key and fields of a sentence whose key begins with ``prefix``; AssertionError if it has none.

    Where several keys fit, as a sentence that ends in a number fits a longer one, the one with
    the most letters of its own is meant.
    """
    found = []
    for key in words(language).sentences:
        if key.startswith(prefix):
            match = pattern(key, language).fullmatch(sentence)
            if match:
                own = len(sentence) - sum(len(one or "") for one in match.groups())
                found.append((own, key, match.groupdict()))
    assert found, f"no sentence of {prefix} reads {sentence!r}"
    _, key, fields = max(found, key=lambda one: one[0])
    fields = {name: "1" if value is None else value for name, value in fields.items()}
    return key, fields

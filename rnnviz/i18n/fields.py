"""What grammar does to the value that a sentence is filled with: particles, ordinals, plurals.

A Korean particle depends on the last sound of the word before it: 3으로 (삼으로), but 2로 (이로). A
sentence writes both forms as the format of its field, ``{value:으로/로}``, consonant first, and the
one that fits is chosen here; ``{step:번째}`` makes an ordinal, 첫 번째 for 1. In English
``{steps:step|steps}`` is "1 step" and "2 steps".

Our own table and not a package: what sentences are filled with are numbers, and names out of a
short list, and tossi, the package for this, has had no release since 2018.
"""

from __future__ import annotations

import string

ORDINAL = "번째"
_SYLLABLES = ("가", "힣")
_FINALS = 28
"""Forms of each syllable block in Unicode that differ in their final consonant only."""
_RIEUL = 8
"""Which of these forms ends in ㄹ, after which 로 is said and not 으로."""

_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
# After zeros a number is read by its last place with a name: 십, 백, 천, 만, 억.
_PLACES = {1: "십", 2: "백", 3: "천", 4: "만", 5: "만", 6: "만", 7: "만"}
_LETTERS = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
"""Letters of the Latin alphabet whose names end in a consonant."""
_SIGNS = {"%": "퍼센트", "∞": "무한대", "+": "더하기", "½": "일"}
_NAMES = {
    "tanh": "탄젠트",
    "relu": "렐루",
    "sigmoid": "시그모이드",
    "softmax": "소프트맥스",
    "linear": "리니어",
    "RNN": "아르엔엔",
    "True": "트루",
    "False": "폴스",
    "Keras": "케라스",
    "NumPy": "넘파이",
    "PyTorch": "파이토치",
}


class FieldFormatter(string.Formatter):
    """``str.format`` that knows the three specifications above."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a value with its particle, ordinal or noun; any other format as usual."""
        if format_spec == ORDINAL:
            return ordinal(value)
        if "/" in format_spec:
            return with_particle(value, *format_spec.split("/"))
        if "|" in format_spec:
            one, several = format_spec.split("|")
            return f"{value} {one if str(value) == '1' else several}"
        return super().format_field(value, format_spec)


def needs_formatter(sentence: str) -> bool:
    """Whether a sentence holds one of our specifications."""
    return any(
        spec and (spec == ORDINAL or "/" in spec or "|" in spec)
        for _, _, spec, _ in string.Formatter().parse(sentence)
    )


def ordinal(value: object) -> str:
    """Return 첫 번째 for 1, and digits for the others: 2번째, 1,000번째."""
    return f"첫 {ORDINAL}" if str(value) == "1" else f"{value}{ORDINAL}"


def with_particle(value: object, after_consonant: str, after_vowel: str) -> str:
    """Return a value with the particle that its last sound asks for.

    Where the sound is not known, both are written as Korean does: 값을(를).
    """
    text = str(value)
    final = _final(text)
    if final is None:
        return f"{text}{after_consonant}({after_vowel})"
    if after_consonant == "으로" and final == _RIEUL:
        final = 0
    return text + (after_consonant if final else after_vowel)


def _final(text: str) -> int | None:
    """Number of the final consonant of what is read last; 0 for none, None where unknown."""
    sound = _read(text.rstrip(" )]}”’\"'*`.$"))
    if not sound or not _SYLLABLES[0] <= sound[-1] <= _SYLLABLES[1]:
        return None
    return (ord(sound[-1]) - ord("가")) % _FINALS


def _read(text: str) -> str:
    """Return Hangul that ends as the text does when it is read aloud; "" where unknown."""
    for name, sound in _NAMES.items():
        if text.endswith(name):
            return sound
    last = text[-1:]
    if last in _RAISED:
        # A power of ten is read 10의 -37승.
        return "승"
    if last.isdigit():
        return _number(text)
    if last in _SIGNS:
        return _SIGNS[last]
    word = text.split()[-1] if text.split() else ""
    if word.isascii() and last.isalpha() and (word.isupper() or len(word) == 1):
        return _LETTERS.get(last.lower(), "에이")
    return last


def _number(text: str) -> str:
    """Return what the last figures of a number end in: 20 is 이십, 0.50 and 0 end in 영."""
    figures = ""
    for letter in reversed(text):
        if not (letter.isdigit() or letter in ",."):
            break
        figures = letter + figures
    whole = figures.replace(",", "")
    zeros = len(whole) - len(whole.rstrip("0"))
    if "." in whole or not zeros or not whole.strip("0"):
        return _DIGITS[whole[-1]]
    return _PLACES.get(zeros, "억" if zeros < 12 else "조")

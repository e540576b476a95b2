"""What a machine can hold of good Korean: spacing, particles, ordinals, endings, one term each."""

import re

import pytest

from rnnviz.i18n import LANGUAGES
from rnnviz.i18n.fields import ORDINAL
from rnnviz.i18n.glossary import glossary
from tests.i18n.spoken import spoken

KOREAN, ENGLISH = spoken("ko").sentences, spoken("en").sentences
PERCENTAGES = {"percent", "share", "kept", "bend", "exact", "saturated", "separation"}
"""Fields that always end in a per cent sign, read 퍼센트: no particle depends on them."""
PARTICLE = r"\{(\w+)\}[”’\"'*`)]*(은|는|이|가|을|를|과|와|으로|로|이라|라|이나|나)(?=[\s.,])"


def in_some(pattern, sentences, but=()):
    return {
        key: found[0]
        for key, sentence in sentences.items()
        if not key.startswith(tuple(but) or ("?",)) and (found := re.search(pattern, sentence))
    }


@pytest.mark.parametrize("sentences", [KOREAN, ENGLISH], ids=["ko", "en"])
def test_nothing_stands_between_a_number_and_its_per_cent_sign(sentences):
    assert in_some(r"[\d}] %(?!\{)", sentences) == {}


def test_no_particle_depends_on_a_substituted_word_by_luck():
    found = {
        key: match[0]
        for key, sentence in KOREAN.items()
        for match in re.finditer(PARTICLE, sentence)
        if match[1] not in PERCENTAGES
        # A bracket ends in the word before it: 시퀀스 (batch, {width})를, 구조(버전 {version})를.
        and not match[0].startswith(f"{{{match[1]}}})")
    }
    assert found == {}
    assert in_some(r"(은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로)", KOREAN) == {}


SHAPE = r"batch|None|timesteps|trials"
"""What a bracket begins with that is a tuple, and so a word of its own."""
COUNTED = r"[\d}](?:타임스텝|학습 스텝)"


def test_a_bracket_stands_at_its_word_and_a_unit_apart_from_its_number():
    assert in_some(rf"[가-힣] \((?!{SHAPE})", KOREAN) == {}
    assert in_some(COUNTED, KOREAN) == {}


def test_nothing_conjugated_depends_on_a_substituted_word():
    """상태는 {left}였습니다: right after 2, wrong after 3. 입니다 is right after both."""
    assert in_some(r"\}(였|이었|여서|이어서|예요|이에요|란 |이란 )", KOREAN) == {}


def nouns():
    """The terms of the glossary and the names of controls that end in a Korean syllable."""
    named = [name for term in glossary() for name in re.split(r"[,(]", term.names["ko"])]
    named += [text for key, text in KOREAN.items() if re.fullmatch(r"knob\.\w+\.label", key)]
    named += [
        "신경망",
        "층",
        "셀",
        "값",
        "수",
        "행렬",
        "입력",
        "출력",
        "손실",
        "체크포인트",
        "텐서",
    ]
    return {name.strip() for name in named if re.search("[가-힣]$", name.strip())}


def wrong_particles(noun):
    """The particles that a noun does not take: 형식는, 가중치은."""
    last = (ord(noun[-1]) - 0xAC00) % 28  # 0 without a final consonant, 8 for ㄹ
    wrong = ["은", "을", "이", "과"] if last == 0 else ["는", "를", "가", "와"]
    wrong.append("으로" if last in (0, 8) else "로")
    return rf"{re.escape(noun)}({'|'.join(wrong)})(?=[ .,)]|$)"


def test_nouns_have_their_own_particles():
    assert len(nouns()) > 60
    found = {noun: in_some(wrong_particles(noun), KOREAN) for noun in nouns()}
    assert {noun: where for noun, where in found.items() if where} == {}


def test_ordinals_know_the_first():
    assert in_some(rf"\}}{ORDINAL}", KOREAN) == {}
    assert in_some(r"(?<!\d)1번째", KOREAN) == {}


def test_sentences_end_alike():
    """합니다체 throughout; answers of a prediction are short and plain."""
    ends = r"(?<!니)(?<!합시)(?<!봅시)다\.|(?<!세)(?<!까)요[.?]|주십시오"
    found = in_some(ends, KOREAN)
    assert {key: text for key, text in found.items() if ".option." not in key} == {}


@pytest.mark.parametrize("term", glossary(), ids=lambda term: term.names["en"])
def test_one_concept_has_one_word(term):
    for pattern in term.unwanted:
        assert in_some(pattern, KOREAN, term.but) == {}


def test_the_glossary_is_whole_and_its_words_are_used():
    assert len(glossary()) >= 25
    everything = " ".join(KOREAN.values())
    for term in glossary():
        assert set(term.names) == set(term.meanings) == set(LANGUAGES)
        first = re.split(r"[ ,(]+", term.names["ko"])[0]
        assert first in everything, term.names["ko"]
        assert term.meanings["ko"].endswith("니다.")
        assert term.meanings["en"].endswith((".", "…"))
    for name in ("en", "ko"):
        names = [term.names[name] for term in glossary()]
        assert len(set(names)) == len(names)


def test_the_rules_find_what_they_are_for():
    bad = {"a": "상태의 50 %가", "b": "{activation}은 직선입니다.", "c": "{step}번째", "d": "했다."}
    assert in_some(r"[\d}] %(?!\{)", bad) == {"a": "0 %"}
    assert list(in_some(PARTICLE, bad)) == ["b"]
    assert list(in_some(rf"\}}{ORDINAL}", bad)) == ["c"]
    assert in_some(
        wrong_particles("숫자 형식"), {"a": "숫자 형식는 그대로", "b": "숫자 형식은"}
    ) == {"a": "숫자 형식는"}
    assert in_some(wrong_particles("가중치"), {"a": "순환 가중치은 SimpleRNN"})
    assert in_some(wrong_particles("셀"), {"a": "셀으로", "b": "셀로"}) == {"a": "셀으로"}
    assert in_some(COUNTED, {"a": "99타임스텝", "b": "{k} 타임스텝"}) == {"a": "9타임스텝"}

import pytest

from rnnviz.knobs import Answers, Name, Names, Note, Refusal, Wholes


@pytest.mark.parametrize("kind", [Name(), Names(3), Answers(3), Note(10), Wholes(3, 9)])
@pytest.mark.parametrize("value", [3, 1.5, b"x", {"a": 1}, object()])
def test_another_type_is_refused(kind, value):
    with pytest.raises(Refusal):
        kind.check(value)


def test_names_are_a_set_in_one_order():
    assert Names(3).check(["b", "a", "b"]) == ("a", "b")
    assert Names(3).parse("") == ()
    assert Names(3).write(("a", "b")) == "a,b"


def test_a_note_has_one_spelling():
    decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af"
    assert Note(10).check(f"  {decomposed}\r\n") == "한글"


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\x07", "\ue000", "\u200b", "\ufeff"])
def test_what_only_misleads_is_refused(letter):
    with pytest.raises(Refusal):
        Note(10).check(f"a{letter}b")


def test_emoji_that_are_joined_are_welcome():
    family = "👩\u200d💻"
    assert Note(10).check(family) == family


def test_whole_numbers_are_a_set_in_ascending_order():
    kind = Wholes(3, 9)
    assert kind.parse("7,0,7,3") == kind.check([3, 7, 0]) == (0, 3, 7)
    assert kind.parse("") == ()
    assert kind.write((0, 3)) == "0,3"
    for text in ("10", "-1", "a", "1,", "1.0", "1,2,3,4", "9" * 40):
        with pytest.raises(Refusal):
            kind.parse(text)

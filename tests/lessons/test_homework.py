"""Homework as a link: thirty made by a script are tallied, and a tampered one is told apart."""

import csv
import io
import math
import random

import pytest

from rnnviz.i18n import LANGUAGES, words
from rnnviz.knobs import Refusal
from rnnviz.lessons.homework import (
    Homework,
    NotHomeworkError,
    Task,
    Work,
    fingerprint,
    homework_of,
    pack,
    unpack,
)
from rnnviz.lessons.registry import lessons
from rnnviz.lessons.tally import collected, found_in, predictions, table, to_csv
from rnnviz.link import Link

BEGUN = 1_764_403_200
LESSON = lessons()["scaling"]


def handed_in(number, chance):
    work = Work(BEGUN, (Task(chance.randrange(9), True), Task(0, False, chance.random() < 0.5)))
    answers = f"{chance.randrange(3)}{chance.randrange(3)}"
    return homework_of(LESSON, f"학생 {number}", answers, work, BEGUN + 60 * number)


def test_thirty_links_are_tallied_and_a_tampered_one_is_told_apart():
    chance = random.Random(7)
    given = [handed_in(number, chance) for number in range(1, 31)]
    links = [f"http://rnn.example/?page=lessons&homework={pack(one)}" for one in given]
    for link in links:
        assert not Link.parse(link).problems
        assert len(link) < 400
    middle = len(links[4]) - 40
    swapped = "A" if links[4][middle] != "A" else "B"
    tampered = links[4][:middle] + swapped + links[4][middle + 1 :]
    text = "\n".join([*links[:4], tampered, *links[5:], links[9], "nothing", links[20][:-3]])
    found = collected(found_in(text), lessons())
    assert [one.problem for one in found].count("") == 29, "one is tampered, one stands twice"
    assert [one.problem for one in found].count("homework_changed") == 2, "and one is cut short"
    counted = predictions(found, LESSON)
    sound = [one for number, one in enumerate(given) if number != 4]
    for place, card in enumerate([LESSON.cards[0], LESSON.cards[3]]):
        for number, option in enumerate(card.options):
            assert counted[place][option] == sum(one.answers[place] == str(number) for one in sound)
    for language in LANGUAGES:
        rows = table(found, LESSON, words(language))
        read = list(csv.reader(io.StringIO(to_csv(rows).decode("utf-8-sig"))))
        assert len(read) == 1 + 31
        assert {len(row) for row in read} == {14}
        assert read[3][0] == "학생 3"
        assert read[3][2] == "3.0"


def test_work_is_noted_and_read_back():
    work = Work.read("", LESSON)
    assert work == Work(0, (Task(), Task()))
    work = work.tried(LESSON, 1).tried(LESSON, 1).at(LESSON, 4, shown=True, met=True)
    assert work.tasks == (Task(2), Task(0, True, True))
    assert Work.read(work.text, LESSON) == work
    assert Work.read("9-x-3m-4-5-6", LESSON) == Work(9, (Task(), Task(3, True)))
    for strange in ("-", "999999999999", "1-99999", "²", "1-²"):
        assert Work.read(strange, LESSON).tasks == (Task(), Task())


@pytest.mark.parametrize(
    ("text", "key"),
    [("", "homework_unreadable"), ("A" * 9, "homework_unreadable"), ("A" * 50, "homework_changed")],
)
def test_what_is_no_homework_is_refused(text, key):
    with pytest.raises(NotHomeworkError) as caught:
        unpack(text)
    assert caught.value.key == key


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 41},
        {"answers": "12ab"},
        {"begun": -1},
        {"ended": 2**40},
        {"begun": 1.5},
        {"name": 3},
    ],
)
def test_a_sound_checksum_alone_admits_nothing(changes):
    """The checksum is no secret: what it signs is still read as a stranger's."""
    sound = Homework("loop", "01234567", "A", "1", (Task(),), BEGUN, BEGUN)
    assert unpack(pack(sound)) == sound
    with pytest.raises(NotHomeworkError):
        unpack(pack(Homework(**{**vars(sound), **changes})))


def test_other_lessons_and_other_versions_are_told_apart():
    sound = handed_in(1, random.Random(1))
    other = Homework(**{**vars(sound), "lesson": "unheard_of"})
    changed = Homework(**{**vars(sound), "fingerprint": "00000000"})
    found = collected([pack(one) for one in (sound, other, changed)], lessons())
    assert [one.problem for one in found] == ["", "homework_other_lesson", "homework_other_version"]
    assert len({fingerprint(lesson) for lesson in lessons().values()}) == len(lessons())


def test_names_are_plain_and_cells_are_no_formulas():
    with pytest.raises(Refusal):
        homework_of(LESSON, "a\u202eb", "", Work.read("", LESSON), BEGUN)
    evil = homework_of(LESSON, "=HYPERLINK(1)", "", Work.read("", LESSON), BEGUN)
    rows = table(collected([pack(evil)], lessons()), LESSON, words("en"))
    assert "'=HYPERLINK" in to_csv(rows).decode("utf-8-sig")
    assert math.isnan(evil.minutes)

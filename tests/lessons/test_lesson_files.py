"""A lesson as a file: what is read, what is refused and on which line, hostile files included."""

import hashlib
import os
import re
import string
import time
import zlib
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from rnnviz import Experiment, simulate
from rnnviz.app.sidebar.open_lesson import opened
from rnnviz.cli import main
from rnnviz.i18n import LANGUAGES, words
from rnnviz.lessons import registry
from rnnviz.lessons.lesson import Do, Predict, changed_recipe, measured_at_once
from rnnviz.lessons.named_measures import MEASURES
from rnnviz.lessons.reading import (
    FILE_LIMIT,
    PACKED_LIMIT,
    LessonFaultsError,
    pack,
    read_lesson,
    rehearse,
    unpack,
)
from rnnviz.lessons.reading.cards import KINDS
from rnnviz.lessons.reading.goals import Goal, NoGoalError, goals_of
from rnnviz.lessons.reading.lines import line_at, lines_of
from rnnviz.lessons.reading.settings import PAGES
from rnnviz.link import Link
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import Training

SOUND = """\
title = "Louder and quieter"
summary = "What a larger input does to a small network."
start = "?units=8&timesteps=20&signal=impulse"

[[card]]
kind = "predict"
text = "What is left of the impulse $x_{0}$ when $U$ is multiplied by 0?"

[[card.option]]
text = "All of it"
tempting = "It is the same input, after all."

[[card.option]]
text = "Only the first column"
right = true

[[card]]
kind = "try"
text = "Set **Gain of U** so that nothing is left: now {later_size}."
controls = ["recurrent_gain"]
goal = "later_size < 1e-9"
solution = { recurrent_gain = 0.0 }
changes = { bias_initializer = "zeros" }

[[card]]
kind = "why"
text = '''
Several lines,
with $\\frac{a}{b}$ in them.
'''
formulas = ['h_t = \\tanh(W x_t + U h_{t-1} + b)']
"""


def faults_of(text):
    with pytest.raises(LessonFaultsError) as caught:
        read_lesson(text.encode())
    return [(fault.line, fault.key) for fault in caught.value.faults]


def with_line(number, line):
    lines = SOUND.split("\n")
    lines[number - 1] = line
    return "\n".join(lines)


def test_a_sound_lesson_is_read_and_can_be_played():
    lesson = read_lesson(SOUND.encode(), "louder")
    assert (lesson.name, len(lesson.cards), lesson.level) == ("louder", 3, 1)
    assert lesson.start == Experiment(units=8, timesteps=20, signal="impulse")
    predict, task, why = lesson.cards
    assert isinstance(predict, Predict)
    assert predict.answer == "option2"
    assert why.formulas == (r"h_t = \tanh(W x_t + U h_{t-1} + b)",)
    assert rehearse(lesson, SOUND) == ()
    run = simulate(lesson.experiment_at(1))
    for language in LANGUAGES:  # a lesson in one language speaks it everywhere
        say = lesson.words(words(language))
        assert "$x_{0}$" in say("lesson.louder.predict1.text")
        assert r"\frac{a}{b}" in say("lesson.louder.why3.text")
        assert "{" not in say("lesson.louder.try2.text", **task.numbers(run))
        measured = say("lesson.louder.try2.measure", **task.check(run).numbers)
        assert "< 1e−9" in measured
        assert "{" not in measured


@pytest.mark.parametrize(
    ("line", "text", "key"),
    [
        (1, "title = 3", "not_text"),
        (2, "sumary = 'misspelled'", "unknown"),
        (3, 'start = "?units=banana"', "knob"),
        (3, 'start = "?nonsense=1"', "knob"),
        (6, 'kind = "gess"', "no_kind"),
        (7, 'text = "<script>alert(1)</script>"', "html"),
        (7, 'text = "![](http://example.org/x.png)"', "picture"),
        (7, 'text = "now {saturatd}"', "no_field"),
        (7, 'text = "now {saturated.__class__}"', "no_field"),
        (7, 'text = "now {saturated!r}"', "strange_field"),
        (7, 'text = "now {saturated:>9999999}"', "strange_field"),
        (7, 'text = "now {"', "lone_brace"),
        (7, 'text = "a \\u202e b"', "not_a_text"),
        (7, 'text = ""', "empty_text"),
        (7, f'text = "{"x" * 3001}"', "text_too_long"),
        (10, 'text = "{saturated}"', "no_field"),
        (15, 'right = "yes"', "not_flag"),
        (20, 'controls = "recurrent_gain"', "not_list"),
        (20, 'controls = ["recurent_gain"]', "no_knob"),
        (20, "controls = []", "no_controls"),
        (21, 'goal = "later_size"', "not_a_goal"),
        (21, 'goal = "later_sise < 1"', "no_measure"),
        (21, 'goal = "output_shape = 3"', "no_measure"),
        (21, 'goal = "3 < reach < 2"', "empty_goal"),
        (21, "goal = 3", "not_text"),
        (22, "solution = { units = 3 }", "not_a_control"),
        (23, "slider = [0, 1]", "not_a_slider"),
        (23, "slider = [0, 1, 1e-9]", "not_a_slider"),
        (23, "slider = [0.5, 1, 0.1]", "solution_off_slider"),
        (22, "solution = { recurrent_gain = 'x' }", "knob"),
        (23, "changes = { units = -3 }", "knob"),
        (23, "changes = { unit = 3 }", "no_knob"),
        (23, 'look = { page = "lessons" }', "no_page"),
        (31, "formulas = ['$a$']", "not_a_formula"),
        (31, "formulas = [3]", "not_a_formula"),
    ],
)
def test_each_fault_is_told_with_its_line(line, text, key):
    assert (line, key) in faults_of(with_line(line, text))


def test_what_is_missing_is_told_where_its_table_begins():
    assert (1, "missing") in faults_of(with_line(1, ""))
    assert (5, "missing") in faults_of(with_line(6, ""))
    assert (9, "missing") in faults_of(with_line(11, "")), "no word for those who pick it"
    assert (17, "missing") in faults_of(with_line(21, ""))
    assert (9, "one_right") in faults_of(with_line(15, "tempting = 'It is not.'"))
    assert faults_of('title = "a"\nsummary = "b"') == [(1, "no_cards")]


def test_text_that_is_not_toml_is_told_with_its_line():
    assert faults_of(with_line(2, "summary = “curly”")) == [(2, "not_toml")]
    assert faults_of('title = "never closed') == [(1, "not_toml")]
    with pytest.raises(LessonFaultsError) as caught:
        read_lesson(b'title = "a"\nsummary = "\xff"')
    assert [(one.line, one.key) for one in caught.value.faults] == [(2, "not_utf8")]


def test_two_languages_must_both_say_everything():
    both = SOUND.replace('title = "Louder', 'title.ko = "크게"\ntitle.en = "Louder')
    keys = {key for _, key in faults_of(both)}
    assert keys == {"which_language"}
    lacking = both.replace('summary = "', 'summary.en = "')
    assert (3, "lacks_language") in faults_of(lacking)
    korean = SOUND.replace('title = "Louder', 'title = "크게 Louder')
    assert list(read_lesson(korean.encode()).texts) == ["ko"]


def test_every_fault_has_a_sentence_in_both_languages():
    for language in LANGUAGES:
        say = words(language)
        for key in say.sentences:
            if key.startswith("lesson_file.fault."):
                assert say.sentences[key].endswith((".", "다.", "요."))
    with pytest.raises(LessonFaultsError) as caught:
        read_lesson(with_line(3, 'start = "?units=banana"').encode())
    (fault,) = caught.value.faults
    assert "유닛" in fault.sentence("ko")
    assert "banana" in fault.sentence("en")


def test_a_rehearsal_tells_tasks_that_play_wrongly():
    at_once = SOUND.replace("later_size < 1e-9", "later_size < 5")
    (fault,) = rehearse(read_lesson(at_once.encode()), at_once)
    assert (fault.line, fault.key) == (21, "met_at_once")
    unsolved = SOUND.replace("recurrent_gain = 0.0 }", "recurrent_gain = 0.5 }")
    (fault,) = rehearse(read_lesson(unsolved.encode()), unsolved)
    assert (fault.line, fault.key) == (22, "not_solved")


@pytest.mark.parametrize(
    ("text", "goals"),
    [
        ("saturated < 5%", [Goal("saturated", high=0.05)]),
        ("reach>=20", [Goal("reach", low=20, low_open=False)]),
        ("parameters = 328320", [Goal("parameters", 328320, 328320, False, False)]),
        ("1e-3<gradient<1E3", [Goal("gradient", 1e-3, 1e3)]),
        (
            "-1 <= low and high <= .5",
            [Goal("low", -1, low_open=False), Goal("high", high=0.5, high_open=False)],
        ),
    ],
)
def test_goals_are_read_as_they_are_written(text, goals):
    assert list(goals_of(text)) == goals


@pytest.mark.parametrize(
    "text", ["", "saturated", "saturated << 3", "1 < saturated > 2", "saturated < x", "< 3", "and"]
)
def test_what_is_no_goal_is_refused(text):
    with pytest.raises(NoGoalError):
        goals_of(text)


def test_a_goal_at_its_bound():
    below = Goal("low", high=1.0)
    assert below.holds(0.999)
    assert not below.holds(1.0)
    assert Goal("low", high=1.0, high_open=False).holds(1.0)
    assert not below.holds(float("nan"))


MEASURED = (
    Experiment(timesteps=5, units=4),
    Experiment(timesteps=3, units=2, cell="LSTM"),
    Experiment(timesteps=3, units=2, cell="GRU"),
    Experiment(timesteps=3, units=2, sequences=2),
    Experiment(signal="text", text="to be", units=2, maxlen=9),
    Training.of("next_value", steps=2),
    changed_recipe(Experiment(), {"file": "example_data"}),
)
"""Experiments that between them have a number for every measure."""


def test_every_measure_has_a_word_and_measures_the_lecture():
    runs = [measured_at_once(one) for one in MEASURED]
    for name, measure in MEASURES.items():
        assert all(f"measured.{name}" in words(language) for language in LANGUAGES)
        assert any(measure.written(run) != "–" for run in runs), name
        assert measure.text or any(
            measure.measured(run) == measure.measured(run) for run in runs
        ), name
    single = simulate(Experiment(timesteps=1, units=1, input_features=1))
    assert all(measure.written(single) for measure in MEASURES.values()), "none raises"


def test_lines_are_those_of_the_file():
    lines = lines_of('a = 1\n[[b]]\nc = """\nd = 2\n"""\ne.f = 3\n[[b]]\n[b.g]\nh = [\n  1,\n]\n')
    assert lines["b", 0, "e", "f"] == 6
    assert ("b", 0, "d") not in lines
    assert lines["b", 1, "g", "h"] == 9
    assert line_at(lines, ("b", 1, "g", "h", 5)) == 9
    assert line_at(lines, ("nothing",)) == 1


def test_a_short_lesson_travels_in_a_link():
    packed = pack(SOUND)
    link = Link.parse(f"?lesson=anything&lesson_text={packed}&card=1")
    assert not link.problems
    assert link.perspective.lesson == "my_lesson"
    assert registry.lesson_of(link.perspective) == unpack(packed)
    assert link.experiment.bias_initializer == "zeros"
    assert Link.parse(link.text).perspective == link.perspective
    assert "lesson_text" not in Link(perspective=link.perspective.without_lesson()).text


def bomb():
    content = zlib.compress(b"x" * 50_000_000, 9)
    return urlsafe_b64encode(content).decode().rstrip("=")[:PACKED_LIMIT]


@pytest.mark.parametrize(
    "packed", ["x", "AAAA", pack("title = 3"), pack(SOUND)[:-9], bomb(), pack(SOUND) + "AAAA"]
)
def test_a_link_that_holds_no_lesson_says_so(packed):
    link = Link.parse(f"?lesson=x&lesson_text={packed}")
    assert [problem.key for problem in link.problems] == ["unreadable_lesson"]
    assert link.perspective == Perspective()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"x" * (FILE_LIMIT + 1),
        b"a = " + b"[" * 30_000,
        b"a." * 20_000 + b"b = 1",
        b"a = { b = " * 6000,
        b"a = { " + b"'a' . " * 20_000 + b"b = 1 }",
        b"start = 5",
        b"card = 5",
        b"card = [1, 2]",
        b'title = "a"\n' + b"[[card]]\n" * 5000,
        b"[[card]]\nkind = 1979-05-27\ntext = [[[]]]\noption = {}",
        b"title.en = 1\ntitle.de = 'x'",
        b"level = 99999999999999999999999999",
        b"[start]\nunits = 9999999999999999999999999999",
        b"[start]\nunits = [1, [2]]",
        b"[start]\nweight_scale = nan",
    ],
    ids=range(17),
)
def test_hostile_files_are_refused_with_sentences_and_soon(content):
    begun = time.process_time()
    with pytest.raises(LessonFaultsError) as caught:
        read_lesson(content)
    assert time.process_time() - begun < 10
    for language in LANGUAGES:
        assert all(fault.sentence(language) for fault in caught.value.faults)


def test_a_long_lesson_is_kept_by_the_server_and_the_newest_few_stay(monkeypatch):
    monkeypatch.setattr(registry, "_MOST_KEPT", 2)
    kept = [registry.keep(f"# {number}\n{SOUND}".encode()) for number in range(3)]
    known = [registry.lesson_of(Perspective(lesson=lesson.name)) for lesson in kept]
    assert [one is not None for one in known] == [False, True, True]
    say = kept[1].words(words("en"))
    assert say(f"lesson.{kept[1].name}.title") == "Louder and quieter"


def test_the_command_tells_three_faults_with_their_lines(tmp_path, capsys):
    """A misspelled kind, a goal without a bound and an unknown control, in one file."""
    path = tmp_path / "my_lesson.toml"
    text = with_line(6, 'kind = "gess"').split("\n")
    text[19], text[20] = 'controls = ["volume"]', 'goal = "later_size"'
    path.write_text("\n".join(text), encoding="utf-8")
    assert main(["lesson", "check", str(path)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told[:3]] == [
        f"my_lesson.toml, line {number}" for number in (6, 20, 21)
    ]
    path.write_text(SOUND, encoding="utf-8")
    assert main(["lesson", "check", str(path), "--language", "ko"]) == 0
    told = capsys.readouterr().out
    assert "카드 3장" in told
    assert not Link.parse(told.split("링크: ")[1].strip()).problems


def test_a_folder_of_lessons_is_listed_after_the_others(tmp_path, monkeypatch, capsys):
    (tmp_path / "My lesson 2.toml").write_text(SOUND, encoding="utf-8")
    monkeypatch.setenv(registry.FOLDER, str(tmp_path))
    registry.lessons.cache_clear()
    try:
        assert list(registry.lessons())[-1] == "my_lesson_2"
    finally:
        monkeypatch.delenv(registry.FOLDER)
        registry.lessons.cache_clear()
    served = []

    def serve(*_, **__):
        served.append(os.environ[registry.FOLDER])
        return 0

    monkeypatch.setattr("rnnviz.app.launch.serve", serve)
    assert main(["serve", "--lessons", str(tmp_path), "--no-browser"]) == 0
    assert served == [str(tmp_path)]
    os.environ.pop(registry.FOLDER)
    (tmp_path / "loop.toml").write_text(SOUND, encoding="utf-8")
    assert main(["serve", "--lessons", str(tmp_path)]) == 2
    assert "loop" in capsys.readouterr().err
    (tmp_path / "loop.toml").write_text("title = 3", encoding="utf-8")
    assert main(["serve", "--lessons", str(tmp_path)]) == 2
    assert "loop.toml, line 1" in capsys.readouterr().err


def test_the_chapter_of_the_readme_is_true():
    """Its lesson is whole and sound, and it names every measure, control of a card and key."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    chapter = text.split("## Write a lesson")[1].split("\n## ")[0]
    example = chapter.split("```toml\n")[1].split("```")[0]
    lesson = read_lesson(example.encode())
    assert rehearse(lesson, example) == ()
    assert not Link.parse(f"lesson=x&lesson_text={pack(example)}").problems
    assert all(f"`{name}`" in chapter for name in MEASURES)
    assert all(f"`{kind}`" in chapter for kind in KINDS)
    assert all(f"`{look}`" in chapter for look in ("page", "view", "lens", "timestep", *PAGES))


def test_a_dropped_lesson_goes_into_the_link_or_is_kept():
    short = opened(SOUND.encode())
    assert registry.lesson_of(short.begin(Perspective())).texts == short.texts
    random = "".join(f"# {hash_of(number)}\n" for number in range(300))
    long = opened(f"{random}{SOUND}".encode())
    assert (long.packed, long.name[:5]) == ("", "file_")
    assert registry.lesson_of(long.begin(Perspective())) is long


def hash_of(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


@pytest.mark.parametrize("path", registry.paths_in(registry.FILES), ids=lambda path: path.stem)
def test_the_files_of_rnnviz_are_sound_and_short_enough_for_a_link(path):
    content = registry.content_of(path)
    lesson = read_lesson(content, registry.name_of(path))
    assert lesson.name == path.stem
    assert set(lesson.texts) == set(LANGUAGES)
    assert unpack(pack(content.decode())) is not None
    for card in lesson.cards:
        for texts in lesson.texts.values():
            fields = [
                name for _, name, _, _ in string.Formatter().parse(texts[f"{card.name}.text"])
            ]
            assert not isinstance(card, Do) or f"{card.name}.measure" in texts
            assert all(name is None or name in MEASURES for name in fields)


def test_three_faults_in_the_readmes_lesson_are_told_as_it_shows_and_nothing_else():
    """A fault does not bring others along, and what was perhaps meant stands first."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    text = re.search(r"```toml\n(title = .*?)```", readme, re.DOTALL)[1]
    for right, wrong in (
        ("right = true", 'right = "yes"'),
        ('controls = ["recurrent_gain"]', 'controls = ["gain"]'),
        ("later_size < 0.001", "later_sise < 0.001"),
    ):
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    with pytest.raises(LessonFaultsError) as caught:
        read_lesson(text.encode())
    told = [f"my_lesson.toml, line {one.line}: {one.sentence()}" for one in caught.value.faults]
    shown = re.findall(r"^ *(my_lesson\.toml, line .*?)(?:…)?$", readme, re.MULTILINE)
    assert len(told) == len(shown) == 3
    for sentence, start in zip(told, shown, strict=True):
        assert sentence.startswith(start)

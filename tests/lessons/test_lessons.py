"""Every lesson: its words, its tasks on real runs, and the way from card to card."""

import math
import re
import string
from functools import cache

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.i18n import LANGUAGES
from rnnviz.lessons import measures
from rnnviz.lessons.lesson import (
    FILE,
    Do,
    Notice,
    Predict,
    Progress,
    Why,
    changed_recipe,
    measured_at_once,
    toward,
)
from rnnviz.lessons.registry import lessons
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import TABLE as TRAINING
from tests.i18n.spoken import spoken

LESSONS = tuple(lessons().values())
CARDS = [
    pytest.param(lesson, index, id=f"{lesson.name}-{card.name}")
    for lesson in LESSONS
    for index, card in enumerate(lesson.cards)
]
TASKS = [case for case in CARDS if isinstance(case.values[0].cards[case.values[1]], Do)]


def test_there_are_at_least_ten_about_what_the_lecture_asks():
    topics = {"one_step", "loop", "all_ones", "scaling", "initialisers", "vanishing", "chaos"}
    assert topics | {"shapes", "stacking", "gates"} <= lessons().keys()
    assert len(LESSONS) >= 10
    assert [lesson.order for lesson in LESSONS] == sorted({lesson.order for lesson in LESSONS})


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_predicts_does_notices_and_explains(lesson):
    kinds = [type(card) for card in lesson.cards]
    assert {Predict, Do, Notice, Why} <= set(kinds)
    assert kinds.index(Predict) < kinds.index(Do), "predict first"
    assert kinds[-1] is Why
    assert lesson.cards[-1].formulas
    names = [card.name for card in lesson.cards]
    assert len(set(names)) == len(names)
    predictions = kinds.count(Predict)
    assert predictions <= 20, "a link holds so many answers"


@pytest.mark.parametrize(("lesson", "index"), CARDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_card_is_there_and_takes_its_numbers(lesson, index, language):
    say, card = spoken(language), lesson.cards[index]
    run = measured_at_once(lesson.experiment_at(index), to_the_end=False)
    key = f"lesson.{lesson.name}.{card.name}"
    assert say(f"lesson.{lesson.name}.title")
    assert say(f"lesson.{lesson.name}.summary")
    said = say(f"{key}.text", **card.numbers(run))
    assert "{" not in re.sub(r"\$[^$]*\$", "", said), "braces stand in formulas only"
    if isinstance(card, Predict):
        assert card.answer in card.options
        assert len({say(f"{key}.option.{option}") for option in card.options}) >= 3
    if isinstance(card, Do):
        assert say(f"{key}.measure", **card.check(run).numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_lesson_belongs_to_a_card(language):
    wanted = set()
    for lesson in LESSONS:
        wanted |= {f"lesson.{lesson.name}.title", f"lesson.{lesson.name}.summary"}
        for card in lesson.cards:
            key = f"lesson.{lesson.name}.{card.name}"
            wanted |= {f"{key}.text"}
            wanted |= {f"{key}.option.{option}" for option in getattr(card, "options", ())}
            wrong = set(getattr(card, "options", ())) - {getattr(card, "answer", "")}
            wanted |= {f"{key}.tempting.{option}" for option in wrong}
            wanted |= {f"{key}.measure"} if isinstance(card, Do) else set()
    there = {key for key in spoken(language).sentences if key.startswith("lesson.")}
    assert there == wanted


@cache
def measured(recipe):
    """The run of an experiment, or a training to its end: some seconds, so once."""
    return measured_at_once(recipe)


@pytest.mark.parametrize(("lesson", "index"), TASKS)
def test_a_task_starts_unmet_and_its_solution_meets_it(lesson, index):
    task = lesson.cards[index]
    before = lesson.experiment_at(index)
    start = task.check(measured(before))
    assert not start.met
    assert 0 <= start.closeness < 1
    assert set(task.solution) <= set(task.knobs) <= TABLE.keys() | TRAINING.keys() | {FILE.name}
    solved = task.check(measured(changed_recipe(before, task.solution)))
    assert solved.met
    assert solved.closeness == 1


@pytest.mark.parametrize(("lesson", "index"), TASKS)
def test_a_task_asks_for_the_numbers_of_its_sentence_only(lesson, index):
    task = lesson.cards[index]
    sentence = spoken("en").sentences[f"lesson.{lesson.name}.{task.name}.measure"]
    fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    run = measured_at_once(lesson.experiment_at(index), to_the_end=False)
    assert fields <= set(task.check(run).numbers)


@pytest.mark.parametrize(
    ("name", "card", "knob", "way"),
    [
        ("scaling", "unsaturate", "weight_scale", [1.0, 0.501, 0.2, 0.1, 0.0501]),
        ("scaling", "best", "weight_scale", [0.0501, 0.0398, 0.0316, 0.02]),
        ("all_ones", "task", "units", [64, 24, 20, 16]),
        ("one_step", "task", "weight_scale", [1.0, 0.794, 0.631, 0.501]),
        ("vanishing", "keep", "recurrent_gain", [0.5, 0.7, 0.9, 1.0]),
        ("latch", "task", "recurrent_gain", [0.9, 1.0, 1.2, 1.5]),
    ],
)
def test_coming_closer_is_shown_as_closer(name, card, knob, way):
    lesson = lessons()[name]
    index = [one.name for one in lesson.cards].index(card)
    task, experiment = lesson.cards[index], lesson.experiment_at(index)
    closeness = [
        task.check(simulate(experiment.replace(**{knob: value}))).closeness for value in way
    ]
    assert closeness == sorted(closeness)
    assert closeness[0] < closeness[1] < closeness[-1] == 1


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(weight_scale=0),
        Experiment(activation="linear", weight_scale=10, timesteps=400),
        Experiment(timesteps=1, units=1),
        Experiment(activation="relu", weight_scale=1000),
    ],
)
@pytest.mark.parametrize(("lesson", "index"), TASKS)
def test_no_task_breaks_on_a_strange_run(lesson, index, experiment):
    task = lesson.cards[index]
    if task.check.__module__.endswith("one_step"):
        experiment = experiment.replace(input_features=2)
    with np.errstate(all="ignore"):
        progress = task.check(simulate(experiment))
    assert isinstance(progress, Progress)
    assert not math.isnan(progress.closeness)


def test_toward_says_one_only_when_the_task_is_met():
    assert toward(5, 0, 10) == 0.5
    assert toward(10, 0, 10) == 1
    assert toward(99.99999, 0, 100) == 0.99
    assert toward(20, 0, 10, met=False) == 0.99
    assert toward(-5, 0, 10) == 0
    assert toward(math.inf, 1, 0) == 0
    assert toward(math.nan, 0, 1) == 0


def test_measures_say_what_the_run_shows():
    lecture = simulate(Experiment())
    assert measures.saturated_below(lecture, 0.05).numbers["share"] == "100%"
    assert measures.exact_below(lecture, 0.05).numbers["share"] == "99.0%"
    assert measures.gradient_above(lecture, -30, -88).numbers["gradient"] == "0"
    small = simulate(Experiment(weight_scale=0.03))
    assert measures.saturated_below(small, 0.05).met
    assert -40 < measures.gradient_power(small) < -30, "SCIENCE: about 1e-37"


def test_the_knob_is_locked_while_a_prediction_is_awaited():
    lesson = lessons()["scaling"]
    kinds = [card.kind for card in lesson.cards]
    assert kinds == ["predict", "do", "notice", "predict", "do", "notice", "why"]
    moved = [bool(lesson.knobs_at(index)) for index in range(len(kinds))]
    assert moved == [False, True, True, False, True, True, True]
    assert lesson.knobs_next(0) == ("weight_scale",)


def test_the_first_notice_after_a_prediction_settles_it():
    lesson = lessons()["scaling"]
    settled = [lesson.settled_at(index) for index in range(len(lesson.cards))]
    assert [place and place[0] for place in settled] == [None, None, 0, None, None, 3, None]


def test_a_prediction_waits_until_one_of_its_options_is_picked():
    lesson = lessons()["scaling"]
    answered = [lesson.answer(3, answers) for answers in ("", "1", "12", "10", "19")]
    assert answered == [None, None, "nothing", "one", None]
    assert [lesson.awaits_answer(3, answers) for answers in ("1", "12")] == [True, False]
    assert not lesson.awaits_answer(2, "")
    assert not lesson.awaits_answer(99, "")


def test_turning_forward_sets_what_the_card_sets_and_back_sets_nothing():
    lesson = lessons()["scaling"]
    look = lesson.begin(Perspective(language="ko", timestep=7))
    assert (look.lesson, look.card, look.language, look.timestep) == ("scaling", 0, "ko", 0)
    experiment, look = lesson.turn(lesson.start, look, 4)
    assert experiment.weight_scale == 0.0501
    moved = experiment.replace(weight_scale=0.02)
    assert lesson.turn(moved, look, 3) == (moved, look.replace(card=3))

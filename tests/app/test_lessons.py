"""Lessons on the page: cards, locks, answers and the way through, without a browser."""

import re
from urllib.parse import parse_qsl

import pytest
import streamlit as st

from rnnviz import Experiment
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.app.panels import classroom
from rnnviz.app.runtime import state
from rnnviz.app.runtime.rooms import Rooms
from rnnviz.i18n.glossary import glossary
from rnnviz.lessons.homework import unpack
from rnnviz.lessons.lesson import FILE, Predict, measured_at_once
from rnnviz.lessons.reading import pack
from rnnviz.lessons.registry import FILES, lessons
from rnnviz.sentences.reading import read
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.training import TABLE as TRAINING
from tests.app.test_app import address, numbers, run, sentences, shown
from tests.i18n.spoken import spoken

SAY = spoken("en")


def button(at, label):
    return next(one for one in at.button if one.label == label)


def labels(at):
    return [one.label for one in at.button]


def link(at):
    return dict(parse_qsl(address(at)))


def sliders(at):
    return {slider.label: slider for slider in at.select_slider}


def test_the_page_of_lessons_lists_them_all_and_begins_one():
    at = run("page=lessons")
    assert len([one for one in at.button if (one.key or "").startswith("begin.")]) == len(lessons())
    next(one for one in at.button if one.key == "begin.latch").click().run()
    assert not at.exception
    assert link(at)["lesson"] == "latch"
    assert shown(at) == lessons()["latch"].start
    assert SAY("lesson.latch.title") in sentences(at)


def test_a_short_link_opens_the_lesson_at_its_start():
    at = run("lesson=latch")
    assert shown(at) == lessons()["latch"].start
    at = run("lesson=initialisers&card=4")
    assert shown(at).kernel_initializer == "glorot_uniform"
    assert shown(at).bias_initializer == "numpy_random"


def test_a_prediction_keeps_the_control_locked_until_it_is_made():
    at = run("lesson=scaling")
    slider = sliders(at)[SAY("knob.weight_scale.label")]
    assert slider.disabled
    assert SAY("lessons.next") not in labels(at)
    assert SAY("lessons.locked") in [one.value for one in at.caption]
    button(at, SAY("lesson.scaling.predict_tenth.option.half")).click().run()
    assert link(at)["card"] == "1"
    assert link(at)["answers"] == "1"
    assert not sliders(at)[SAY("knob.weight_scale.label")].disabled


def test_the_task_is_measured_and_the_outcome_told():
    at = run("lesson=scaling&card=1&answers=1")
    assert "Saturated: 100%" in at.get("progress")[0].proto.text
    sliders(at)[SAY("knob.weight_scale.label")].set_value(0.02).run()
    progress = at.get("progress")[0].proto
    assert progress.value == 100
    assert SAY("lessons.met") in progress.text
    button(at, SAY("lessons.next")).click().run()
    told = SAY(
        "lessons.wrong",
        answer=SAY("lesson.scaling.predict_tenth.option.half"),
        truth=SAY("lesson.scaling.predict_tenth.option.nearly_all"),
    )
    assert at.info[0].value == f"{told} {SAY('lesson.scaling.predict_tenth.tempting.half')}"


PREDICTIONS = [
    (lesson, index)
    for lesson in lessons().values()
    for index, card in enumerate(lesson.cards)
    if isinstance(card, Predict) and isinstance(lesson.start, Experiment)
]


def test_a_lesson_about_a_training_shows_it_and_measures_it_as_it_goes():
    at = run("lesson=overfitting&card=2&answers=1")
    assert link(at)["task"] == "next_value"
    assert "0 steps" in at.get("progress")[0].proto.text
    assert not [one for one in at.button if one.key == "training.open"]
    button(at, SAY("training.step")).click().run()
    assert "1 steps" in at.get("progress")[0].proto.text
    button(at, SAY("lessons.show")).click().run()
    assert link(at)["patience"] == "4"
    assert "0 steps" in at.get("progress")[0].proto.text, "another training, not begun"
    for _ in range(20):
        button(at, SAY("training.step")).click().run()
        if at.get("progress")[0].proto.value == 100:
            break
    assert SAY("lessons.met") in at.get("progress")[0].proto.text
    button(at, SAY("lessons.leave")).click().run()
    assert "lesson" not in link(at)
    assert not at.exception


@pytest.mark.parametrize(
    ("lesson", "index"), PREDICTIONS, ids=[f"{one.name}-{place}" for one, place in PREDICTIONS]
)
def test_nothing_on_the_page_tells_the_answer_before_it_is_given(lesson, index):
    """Neither the reading nor a number of the run stands there; with an answer they come back."""
    before = "0" * lesson.predictions_until(index)
    run_shown = measured_at_once(lesson.experiment_at(index))
    run_shown = run_shown.trial(lesson.look.get("trial", 0))
    layer = lesson.look.get("layer", 0)
    trace = run_shown.layers[layer].trace
    result = saturation(trace)
    told = read(trace, result, diagnose(trace, result), SAY)
    waiting = run(f"lesson={lesson.name}&card={index}&answers={before}")
    said = sentences(waiting)
    assert told.headline not in said
    assert told.meaning not in said
    assert numbers(waiting) == {}
    assert not [one for one in waiting.button if one.key == "advice"]
    if lesson.look.get("page", "states") != "states":
        return  # the page of a view, or of the layers, has no reading of the states
    answered = run(f"lesson={lesson.name}&card={index}&answers={before}0")
    said = sentences(answered)
    assert told.headline in said
    assert told.meaning in said
    assert numbers(answered)


def test_show_me_does_it_and_skip_goes_on():
    at = run("lesson=loop&card=2")
    button(at, SAY("lessons.show")).click().run()
    assert shown(at).recurrent_gain == 0
    at = run("lesson=loop&card=2")
    button(at, SAY("lessons.skip")).click().run()
    assert link(at)["card"] == "3"


def test_leaving_gives_the_whole_page_back():
    at = run("lesson=loop&card=2")
    assert SAY("page.resample") not in labels(at)
    button(at, SAY("lessons.leave")).click().run()
    assert "lesson" not in link(at)
    assert SAY("page.resample") in labels(at)
    assert shown(at) == lessons()["loop"].start


def test_only_the_control_of_the_lesson_is_there():
    at = run("lesson=chaos&card=2")
    assert list(sliders(at)) == [SAY("knob.recurrent_gain.label")]
    assert list(at.number_input) == []


def test_an_unknown_lesson_and_absurd_places_in_one_are_survived():
    at = run("lesson=nonsense&card=7&answers=99")
    assert not at.exception
    assert "nonsense" in at.warning[0].value
    assert shown(at) == Experiment()
    at = run("lesson=scaling&card=99&answers=9999")
    assert not at.exception
    assert SAY("lessons.finish") in labels(at)


def test_a_teacher_shows_only_these_controls_and_locks_one():
    at = run("knobs=weight_scale,units&locked=units")
    assert list(sliders(at)) == [SAY("knob.weight_scale.label"), SAY("knob.units.label")]
    assert sliders(at)[SAY("knob.units.label")].disabled
    assert not sliders(at)[SAY("knob.weight_scale.label")].disabled
    assert not [one for one in at.expander if one.label == SAY("page.more")]
    at = run("knobs=cell")
    assert list(sliders(at)) == []


def test_every_part_can_be_hidden():
    at = run(
        "hidden=navigation,controls,reading,advice,numbers,lens,closer,listing,actions,"
        "take_away,teach,tour"
    )
    assert not at.exception
    assert labels(at) == []
    assert numbers(at) == {}
    assert list(sliders(at)) == []
    assert [one.value for one in at.markdown] == ["## rnnviz"]


def test_unknown_names_of_parts_and_knobs_are_named():
    at = run("hidden=everything&knobs=units,wurst&locked=salad")
    text = at.warning[0].value
    assert "everything" in text
    assert "wurst" in text
    assert "salad" in text
    assert list(sliders(at)) == [SAY("knob.units.label")]


def test_the_knobs_of_lessons_are_knobs():
    known = TABLE.keys() | TRAINING.keys() | {FILE.name}
    assert all(set(lesson.knobs) <= known for lesson in lessons().values())


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("ko", "ko-KR")])
def test_the_glossary_shows_every_term_in_both_languages(language, locale):
    at = run("page=lessons", locale)
    title = spoken(language)("glossary.title")
    (panel,) = [one for one in at.expander if one.label == title]
    (listed,) = [one.value for one in panel.markdown]
    other = {"en": "ko", "ko": "en"}[language]
    for term in glossary():
        assert f"**{term.names[language]}** · {term.names[other]}" in listed
        assert term.meanings[language] in listed


def test_a_course_lists_its_lessons_in_its_order_and_the_next_one_follows_it():
    at = run("page=lessons&course=latch,loop,latch,nonsense")
    begun = [one.key for one in at.button if (one.key or "").startswith("begin.")]
    assert begun == ["begin.latch", "begin.loop"]
    assert "nonsense" in at.warning[0].value
    last = len(lessons()["latch"].cards) - 1
    at = run(f"lesson=latch&card={last}&answers=0&course=latch,loop")
    button(at, SAY("lessons.next_lesson", title=SAY("lesson.loop.title"))).click().run()
    assert link(at)["lesson"] == "loop"
    assert link(at)["done"] == "latch"
    assert link(at)["course"] == "latch,loop"
    at = run(f"lesson=loop&card={len(lessons()['loop'].cards) - 1}&course=latch,loop&done=latch")
    assert not [one for one in at.button if one.key == "lesson_next"]
    button(at, SAY("lessons.finish")).click().run()
    assert link(at)["done"] == "latch,loop"
    assert "lesson" not in link(at)


def test_the_list_of_lessons_has_pictures_levels_and_no_knobs():
    at = run("page=lessons")
    assert list(sliders(at)) == []
    assert list(at.number_input) == []
    levels = {SAY(f"lessons.level_{level}") for level in (1, 2, 3)}
    assert levels <= {one.value for one in at.caption}
    pictures = [one for one in at.get("html") if '"rv-lesson-picture"' in one.proto.body]
    assert len(pictures) == len(lessons())


def test_a_lesson_shows_the_view_that_it_speaks_of_and_no_other():
    at = run("lesson=chaos")
    assert (link(at)["page"], link(at)["view"]) == ("dynamics", "twins")
    assert SAY("view.twins.how_to_read") in [one.value for one in at.caption]
    assert not at.get("button_group") or not [
        one for one in at.get("button_group") if SAY("view.bifurcation.short") in str(one.proto)
    ]
    told = SAY("view.shapes.how_to_read")
    assert told not in [one.value for one in run("lesson=shapes&card=1").caption]
    assert told in [one.value for one in run("lesson=shapes&card=2&answers=0").caption]


def test_a_lesson_in_a_link_is_played_like_any_other():
    text = (FILES / "loop.toml").read_text(encoding="utf-8").replace("The loop", "My own <b>")
    own = pack(text.replace("My own <b>", "My *own* loop").replace('name = "loop"', 'name = "o"'))
    at = run(f"lesson=o&lesson_text={own}")
    assert not at.exception
    assert not at.warning
    assert "My *own* loop" in sentences(at)
    button(at, SAY("lessons.next")).click().run()
    assert link(at)["lesson_text"] == own
    assert link(at)["card"] == "1"
    at = run("lesson=o&lesson_text=AAAA")
    assert not at.exception
    assert SAY("problem.unreadable_lesson")[:30] in at.warning[0].value


def test_a_class_in_a_room_is_counted_and_the_projector_shows_it(monkeypatch):
    rooms = Rooms()
    for module in (state, classroom):
        monkeypatch.setattr(module, "ROOMS", rooms)
    code = rooms.open("lesson=scaling", "teacher")
    for answer in ("half", "half", "nearly_all"):
        at = run(f"room={code}")
        assert link(at)["room"] == code
        button(at, SAY(f"lesson.scaling.predict_tenth.option.{answer}")).click().run()
    assert rooms.tally(code, "scaling.predict_tenth") == {1: 2, 2: 1}
    assert not [one for one in at.get("html") if 'class="rv-tally"' in one.proto.body]
    shown_to_all = f"lesson=scaling&room={code}&presentation=1"
    at = run(shown_to_all)
    (bars,) = [one.proto.body for one in at.get("html") if 'class="rv-tally"' in one.proto.body]
    assert "rv-tally-right" not in bars, "nothing tells the answer"
    assert re.findall(r"<b>(\d+)</b>", bars) == ["0", "2", "1"]
    at = run(f"{shown_to_all}&card=2&answers=1")
    (bars,) = [one.proto.body for one in at.get("html") if 'class="rv-tally"' in one.proto.body]
    assert bars.count("rv-tally-right") == 1
    at = run("room=gone7")
    assert "gone7" in at.warning[0].value


def test_a_browser_that_answers_again_after_a_reload_counts_once(monkeypatch):
    """Its token is a cookie; what is no token counts as a visit of its own."""
    rooms, kept = Rooms(), {}
    for module in (state, classroom):
        monkeypatch.setattr(module, "ROOMS", rooms)
    monkeypatch.setattr(type(st.context), "cookies", property(lambda self: kept))
    code = rooms.open("lesson=scaling", "teacher")
    one, other = "a" * 32, "b" * 32
    for token, answer in ((one, "half"), (one, "nearly_all"), (other, "half"), ("<b>", "half")):
        kept["rnnviz_room"] = token
        at = run(f"room={code}")
        button(at, SAY(f"lesson.scaling.predict_tenth.option.{answer}")).click().run()
    assert rooms.tally(code, "scaling.predict_tenth") == {1: 2, 2: 1}


def test_homework_is_handed_in_and_gathered():
    at = run("lesson=loop&card=2&answers=1")
    slider = sliders(at)[SAY("knob.recurrent_gain.label")]
    slider.set_value(0.5).run()
    button(at, SAY("lessons.show")).click().run()
    button(at, SAY("lessons.next")).click().run()
    button(at, SAY("lessons.next")).click().run()
    next(one for one in at.text_input if one.key == "homework.name").set_value("김학생").run()
    (made,) = [one.value for one in at.code]
    done = unpack(dict(parse_qsl(made.partition("?")[2]))["homework"])
    assert (done.name, done.lesson, done.answers) == ("김학생", "loop", "1")
    (task,) = done.tasks
    assert task.tries >= 1
    assert task.met
    assert task.shown
    assert 0 < done.begun <= done.ended
    at = run(made.partition("?")[2])
    assert not at.exception
    assert not at.warning
    assert SAY("homework.count", count=1, sound=1) in sentences(at)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz import codegen
from rnnviz.codegen import programs
from rnnviz.i18n import LANGUAGES
from rnnviz.spec.perspective import (
    FRAMEWORKS,
    LENSES,
    NOTE_LIMIT,
    PAGES,
    PALETTES,
    PARTS,
    SIDES,
    SUMMARY_STYLES,
    Perspective,
    of_the_first,
    of_the_second,
)

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)

perspectives = st.builds(
    Perspective,
    page=st.sampled_from(PAGES),
    lens=st.sampled_from(LENSES),
    timestep=st.integers(0, 999_999),
    unit=st.integers(0, 2047),
    layer=st.integers(0, 15),
    palette=st.sampled_from(PALETTES),
    presentation=st.booleans(),
    summary_style=st.sampled_from(SUMMARY_STYLES),
    framework=st.sampled_from(FRAMEWORKS),
    language=st.none() | st.sampled_from(LANGUAGES),
    lesson=st.none() | NAMES.filter(lambda name: name != "none"),
    card=st.integers(0, 99),
    answers=st.from_regex(r"[0-9]{0,20}", fullmatch=True),
    side=st.sampled_from(SIDES),
    difference=st.booleans(),
    hidden=st.lists(st.sampled_from(PARTS), max_size=5),
    knobs=st.lists(NAMES, max_size=5),
    locked=st.lists(NAMES, max_size=5),
    note=st.text("ab가나 ,&=%<>\n🙂$\\", max_size=50),
)


@given(perspectives)
def test_a_link_brings_back_the_same_look(perspective):
    assert Perspective.from_pairs(perspective.pairs()) == (perspective, [])


def test_what_means_nothing_is_not_in_the_link():
    names = dict(Perspective().pairs())
    assert not names.keys() & {"lang", "lesson", "card", "answers", "hidden", "locked", "note"}
    assert not names.keys() & {"summary_style", "framework"}
    assert dict(Perspective(framework="torch").pairs())["framework"] == "torch"
    assert dict(Perspective(language="ko").pairs())["lang"] == "ko"
    assert dict(Perspective(hidden=("listing", "actions")).pairs())["hidden"] == "actions,listing"


@given(st.lists(st.tuples(st.text(max_size=10), st.text(max_size=50)), max_size=5))
def test_garbage_is_reported_and_never_raises(pairs):
    perspective, problems = Perspective.from_pairs(pairs)
    assert problems or Perspective.from_pairs(pairs)[0] == perspective


def test_a_bad_language_is_named():
    perspective, problems = Perspective.from_pairs([("lang", "klingon")])
    assert perspective.language is None
    assert "Language" in problems[0].sentence()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lesson", "../../etc/passwd"),
        ("lesson", "<script>"),
        ("card", "-1"),
        ("answers", "1,2"),
        ("answers", "1" * 21),
        ("hidden", "navigation,<b>"),
        ("locked", ",".join(f"knob_{i}" for i in range(61))),
        ("note", "x" * (NOTE_LIMIT + 1)),
        ("note", "x" * 1_000_000),
        ("note", "turned \u202e round"),
        ("note", "a\x00b"),
        ("side", "c"),
        ("difference", "yes"),
    ],
)
def test_a_hostile_value_is_left_out_and_named(name, text):
    perspective, problems = Perspective.from_pairs([(name, text)])
    assert perspective == Perspective()
    assert len(problems) == 1
    assert len(problems[0].sentence("ko")) < 300


def test_a_look_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="Page"):
        Perspective(page="nowhere")


def test_the_same_names_in_another_order_are_the_same_look():
    assert Perspective(locked=("units", "cell")) == Perspective(locked=["cell", "units", "units"])


def test_the_second_experiment_and_the_servers_words_are_not_ours():
    pairs = [("t", "3"), ("b.units", "4"), ("embed", "true"), ("EMBED_OPTIONS", "dark_theme")]
    assert Perspective.from_pairs(pairs) == (Perspective(timestep=3), [])
    assert of_the_first(pairs) == [("t", "3")]
    assert of_the_second(pairs) == [("units", "4")]


def test_what_the_keras_page_offers_is_what_there_is():
    assert SUMMARY_STYLES == codegen.SUMMARY_STYLES
    assert FRAMEWORKS == programs.FRAMEWORKS

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.i18n import LANGUAGES
from rnnviz.perspective import LENSES, PAGES, PALETTES, Perspective

perspectives = st.builds(
    Perspective,
    page=st.sampled_from(PAGES),
    lens=st.sampled_from(LENSES),
    timestep=st.integers(0, 999_999),
    unit=st.integers(0, 2047),
    layer=st.integers(0, 15),
    palette=st.sampled_from(PALETTES),
    presentation=st.booleans(),
    language=st.none() | st.sampled_from(LANGUAGES),
)


@given(perspectives)
def test_a_link_brings_back_the_same_look(perspective):
    assert Perspective.from_pairs(perspective.pairs()) == (perspective, [])


def test_an_undecided_language_is_not_in_the_link():
    assert "lang" not in dict(Perspective().pairs())
    assert dict(Perspective(language="ko").pairs())["lang"] == "ko"


@given(st.lists(st.tuples(st.text(max_size=10), st.text(max_size=50)), max_size=5))
def test_garbage_is_reported_and_never_raises(pairs):
    perspective, problems = Perspective.from_pairs(pairs)
    assert problems or Perspective.from_pairs(pairs)[0] == perspective


def test_a_bad_language_is_named():
    perspective, problems = Perspective.from_pairs([("lang", "klingon")])
    assert perspective.language is None
    assert "Language" in problems[0].sentence()

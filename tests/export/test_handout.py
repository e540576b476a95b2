"""Lessons on paper: a handout tells no answer, a key each one, slides have one card a page."""

import io

import pypdf
import pytest

from rnnviz.cli import main
from rnnviz.export.browser import missing
from rnnviz.export.handout import KINDS, _numbers, handout, homework_sheet
from rnnviz.export.lesson_text import marked_up, mathml
from rnnviz.export.printing import to_pdf
from rnnviz.i18n import LANGUAGES, words
from rnnviz.lessons.homework import Work, homework_of, pack
from rnnviz.lessons.lesson import Predict, Why
from rnnviz.lessons.registry import lessons
from rnnviz.lessons.tally import collected, found_in

needs_browser = pytest.mark.skipif(missing() is not None, reason="no Chromium to print with")


@pytest.mark.live
@pytest.mark.parametrize("name", lessons())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_handout_asks_and_a_key_answers(name, language):
    lesson, say = lessons()[name], words(language)
    asked, key = handout(lesson, say, "handout"), handout(lesson, say, "key")
    own = lesson.words(say)
    for place, card in enumerate(lesson.cards):
        words_of = f"lesson.{name}.{card.name}"
        if isinstance(card, Predict):
            for option in card.options:
                assert marked_up(own(f"{words_of}.option.{option}")) in asked
                if option != card.answer:
                    tempting = marked_up(own(f"{words_of}.tempting.{option}"))
                    assert tempting in key
                    assert tempting not in asked
        if isinstance(card, Why):
            assert marked_up(own(f"{words_of}.text", **_numbers(lesson, place))) not in asked
    predictions = sum(isinstance(card, Predict) for card in lesson.cards)
    assert asked.count("☑") == 0
    assert key.count("☑") == predictions
    formulas = sum(len(card.formulas) for card in lesson.cards)
    assert key.count("<p class=formula><math") == formulas, (
        "each is mathematics, none is its source"
    )
    assert "{" not in key.split("</style>")[1]


def test_text_is_shown_and_never_interpreted():
    assert marked_up("**a** *b* `c` <script> & [d](https://e.org) [f](javascript:g)") == (
        '<b>a</b> <em>b</em> <code>c</code> &lt;script&gt; &amp; <a href="https://e.org">d</a> '
        "[f](javascript:g)"
    )
    assert "<math" in marked_up("$h_{t}$ and 3 * 4 * 5")
    assert "</math>, </span>" not in marked_up("of $W$, of $U$")
    assert marked_up("of $W$, of $U$").count("<span class=whole>") == 1
    assert "</math>와</span> " in marked_up("$W$와 $U$")


@needs_browser
def test_slides_have_one_card_a_page_and_homework_can_be_read_back(tmp_path):
    out = tmp_path / "loop.pdf"
    asked = ["lesson", "print", "loop", "--kind", "slides", "--language", "ko"]
    assert main([*asked, "--out", str(out)]) == 0
    slides = pypdf.PdfReader(out)
    assert len(slides.pages) == 1 + len(lessons()["loop"].cards)
    assert "반복문" in slides.pages[0].extract_text()
    lesson, work = lessons()["loop"], Work.read("1764403200-3m", lessons()["loop"])
    done = homework_of(lesson, "김학생", "1", work, 1764403800)
    link = f"http://127.0.0.1/?page=lessons&homework={pack(done)}"
    paper = to_pdf(homework_sheet(lesson, done, link, words("ko")))
    assert "김학생" in pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    (found,) = collected(found_in(paper.decode("latin-1")), lessons())
    assert (found.homework, found.problem) == (done, "")


def test_the_command_says_what_it_needs(tmp_path, capsys):
    for arguments in (["loop"], ["loop", "--out", "x.txt"], ["loop", "gates", "--out", "x.pdf"]):
        assert main(["lesson", "print", *arguments]) == 2
    assert main(["lesson", "print", "nothing", "--out", str(tmp_path / "x.html")]) == 2
    assert "nothing" in capsys.readouterr().err
    out = tmp_path / "x.html"
    assert main(["lesson", "print", "loop", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["lesson", "print", "loop", "--out", str(out)]) == 1
    assert set(KINDS) == {"handout", "key", "slides"}


def test_each_factor_of_a_product_stands_on_its_own_line():
    """Points of Markdown are a list on paper too; none is left as a dash in a sentence."""
    page = handout(lessons()["by_hand"], words("en"), "key")
    assert page.count("<ul class=points><li>") == 2
    assert page.count("<li><math") == 6
    for lesson in lessons().values():
        assert "- <" not in handout(lesson, words("ko"), "handout"), lesson.name


def test_no_command_of_a_formula_is_left_as_its_name():
    """On paper formulas are MathML: a command that the converter does not know stands there raw."""
    for lesson in lessons().values():
        for card in lesson.cards:
            for formula in card.formulas:
                assert "\\" not in mathml(formula, block=True), f"{lesson.name}: {formula}"

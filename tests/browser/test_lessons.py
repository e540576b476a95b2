"""Each lesson from its first card to its last, every task solved with the real control."""

import pytest
from playwright.sync_api import expect

from rnnviz.i18n import words
from rnnviz.lessons.lesson import Do, Predict, Why
from rnnviz.lessons.registry import FILES, lessons
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.training import TABLE as TRAINING
from rnnviz.spec.training import Training
from tests.browser.hands import idle, move
from tests.i18n.spoken import spoken

OPEN, MET = ".st-key-task_open", ".st-key-task_met"


@pytest.mark.parametrize("name", lessons())
def test_every_task_starts_unmet_and_is_met_by_its_control(open_page, name):
    lesson, language = lessons()[name], "ko" if name in ("loop", "gates") else "en"
    say = spoken(language)
    learns = isinstance(lesson.start, Training)
    shown = {"painted": "[data-testid=training-view][data-painted]"} if learns else {}
    page = open_page(f"?lesson={name}&lang={language}", **shown)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    expect(page.get_by_role("heading", name=say(f"lesson.{name}.title"))).to_be_visible()
    for number, card in enumerate(lesson.cards, start=1):
        place = say("lessons.place", number=number, count=len(lesson.cards))
        expect(page.get_by_text(place)).to_be_visible()
        arrived(page, number - 1)
        key = f"lesson.{name}.{card.name}"
        if isinstance(card, Predict):
            predict(page, say, key, card)
            continue
        if isinstance(card, Do):
            do(page, card, language, learns)
        if isinstance(card, Why):
            # A closer look that the lesson opened has formulas of its own.
            own = page.locator(".katex-display:not(.st-key-at-cursor-one-step *)")
            expect(own).to_have_count(len(card.formulas))
            continue
        page.get_by_role("button", name=say("lessons.next"), exact=True).press("Enter")
    page.get_by_role("button", name=say("lessons.finish"), exact=True).press("Enter")
    page.get_by_text(say("lessons.intro")).wait_for()
    assert "lesson=" not in page.url
    assert not problems


def arrived(page, index):
    """The address is written when a run of the page is complete: its buttons are this card's."""
    page.wait_for_url(lambda url: index == 0 or f"card={index}" in url, timeout=15_000)


def predict(page, say, key, card):
    """The control waits, locked, until an answer is picked."""
    expect(page.get_by_role("button", name=say("lessons.next"), exact=True)).to_have_count(0)
    control = page.locator(".st-key-lesson_control")
    expect(
        control.locator('[disabled], [aria-disabled="true"], [data-disabled]').first
    ).to_be_attached()
    page.get_by_role("button", name=say(f"{key}.option.{card.answer}"), exact=True).press("Enter")


def do(page, card, language, learns):
    """Unmet at first, met by the solution and nothing but the control; a training has to go on."""
    expect(page.locator(OPEN)).to_be_visible()
    expect(page.locator(MET)).to_have_count(0)
    if learns:
        idle(page)
    for knob, value in card.solution.items():
        value = value[-1] if isinstance(value, tuple) else value
        move(page, knob, value, language, card.stops)
    if learns:
        # The training of these values has to be there before it is told to go on.
        page.wait_for_url(lambda url: holds(url, card.solution), timeout=30_000)
        idle(page)
        page.get_by_role("button", name=words(language)("training.play"), exact=True).press("Enter")
    expect(page.locator(MET)).to_be_visible(timeout=90_000 if learns else 15_000)
    expect(page.locator(OPEN)).to_have_count(0)


def holds(url, solution):
    """Whether the address holds these values; quiet knobs are left out at their defaults."""
    for name, value in solution.items():
        row = TABLE[name] if name in TABLE else TRAINING[name]
        there = f"&{row.link}={row.kind.write(value)}&" in f"{url}&"
        if not there and not (row.quiet and value == row.default and f"&{row.link}=" not in url):
            return False
    return True


def test_the_browser_remembers_how_far_one_has_come_and_takes_a_dropped_lesson(open_page):
    """Begun, left, gone on with, done; then a file of one's own, with a fault and without."""
    say = spoken("en")
    page = open_page("?lesson=latch&card=2&answers=0&lang=en")
    expect(page.locator(OPEN)).to_be_visible()
    page.get_by_role("button", name=say("lessons.leave"), exact=True).press("Enter")
    page.wait_for_url(lambda url: "lesson=" not in url)
    page.get_by_role("radio", name=say("pages.lessons")).press("Space")
    card = page.locator(".st-key-lesson-card-latch")
    card.get_by_role("link", name=say("lessons.go_on", number=3)).click()
    expect(page.locator(OPEN)).to_be_visible()
    page.goto(page.url.replace("card=2", "card=4"))
    page.get_by_role("button", name=say("lessons.finish"), exact=True).press("Enter")
    expect(card.get_by_text(say("lessons.ticked"))).to_be_visible()
    expect(card.get_by_role("link")).to_have_count(0)
    page.get_by_role("button", name=say("open.title")).click()
    text = (FILES / "loop.toml").read_text(encoding="utf-8").replace('name = "loop"', "")
    field = page.locator('[data-testid="stFileUploaderDropzoneInput"]')
    broken = text.replace('kind = "predict"', 'kind = "gess"').encode()
    field.set_input_files({"name": "a.toml", "mimeType": "", "buffer": broken})
    line = text[: text.index('kind = "predict"')].count("\n") + 1
    expect(page.get_by_text(f"Line {line}: ")).to_be_visible()
    field.set_input_files({"name": "b.toml", "mimeType": "", "buffer": text.encode()})
    page.wait_for_url(lambda url: "lesson_text=" in url and "lesson=my_lesson" in url)
    expect(page.get_by_text(say("lesson.loop.picture.text"))).to_be_visible()

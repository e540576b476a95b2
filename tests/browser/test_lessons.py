"""Each lesson from its first card to its last, every task solved with the real control."""

import pytest
from playwright.sync_api import expect

from rnnviz.lessons.registry import FILES, lessons
from rnnviz.spec.training import Training
from tests.browser.lesson_walk import OPEN, Walk
from tests.i18n.spoken import spoken


@pytest.mark.parametrize("name", lessons())
def test_every_task_starts_unmet_and_is_met_by_its_control(open_page, name):
    """All languages and sizes, with wrong answers: ``python -m tests.benchmarks.lessons``."""
    lesson, language = lessons()[name], "ko" if name in ("loop", "gates") else "en"
    learns = isinstance(lesson.start, Training)
    shown = {"painted": "[data-testid=training-view][data-painted]"} if learns else {}
    page = open_page(f"?lesson={name}&lang={language}", **shown)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    Walk(page, lesson, language).whole()
    assert not problems


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

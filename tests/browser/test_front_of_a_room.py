"""Presentation size and its keys, and the tour of a first visit."""

import re

import pytest
from playwright.sync_api import expect

from rnnviz.app.components.shell.component import STOPS
from rnnviz.i18n import words
from tests.browser.hands import choose, idle
from tests.i18n.spoken import spoken

SAY = words("en")
LEAST = 15
"""What is to be read must stand in letters of at least so many pixels at 1280 × 720."""
SMALL = """(least) => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const text = walk.currentNode.textContent.trim();
    if (!parent || !text || !parent.getClientRects().length) continue;
    if (parent.closest(".rv-live, script, style, [role=log]")) continue;
    const style = getComputedStyle(parent);
    if (style.visibility !== "hidden" && parseFloat(style.fontSize) < least)
      found.push(`${style.fontSize} ${text.slice(0, 40)}`);
  }
  return found;
}"""


def test_everything_on_the_wall_is_large_and_on_one_screen(open_page):
    page = open_page("?presentation=1", width=1280, height=720)
    page.wait_for_timeout(300)
    assert page.evaluate(SMALL, LEAST) == []
    cursor = page.get_by_role("slider", name="Timestep", exact=True).bounding_box()
    assert cursor["y"] + cursor["height"] <= 720
    for gone in ("page.resample", "page.back_to_lecture", "tour.again"):
        assert page.get_by_role("button", name=SAY(gone)).count() == 0


def test_the_keys_turn_cards_change_lenses_and_play(open_page):
    page = open_page("?presentation=1&lesson=all_ones", width=1280, height=720)
    page.wait_for_selector("body.rv-presentation", state="attached")
    page.keyboard.press("n")
    page.wait_for_url(re.compile("card=1"))
    page.locator(".st-key-card_back button").first.wait_for()
    page.keyboard.press("PageUp")
    page.wait_for_url(lambda url: "card=" not in url)
    page.keyboard.press("l")
    page.wait_for_url(re.compile("lens=digits"))
    cursor = page.get_by_role("slider", name="Timestep", exact=True)
    page.keyboard.press("p")
    page.wait_for_function("() => document.querySelector('.rv-cursor').value > 2")
    page.keyboard.press("p")
    at = cursor.input_value()
    page.wait_for_timeout(300)
    assert cursor.input_value() == at


def test_letters_act_at_ordinary_size_until_they_are_switched_off(open_page):
    page = open_page("?lesson=all_ones")
    cursor = page.get_by_role("slider", name="Timestep", exact=True)
    page.keyboard.press("n")
    page.wait_for_url(re.compile("card=1"))
    idle(page)
    page.keyboard.press("l")
    page.wait_for_url(re.compile("lens=digits"))
    idle(page)
    page.keyboard.press(".")
    expect(cursor).to_have_value("1")
    page.wait_for_url(re.compile(r"[?&]t=1&"))
    idle(page)
    page.keyboard.press("PageUp")  # it scrolls: only in front of a room does it turn cards
    page.keyboard.press("?")
    page.get_by_role("checkbox", name=SAY("keys.letters")).uncheck()
    page.keyboard.press(".")  # nothing moves behind the list
    page.get_by_role("button", name=SAY("keys.close")).click()
    page.keyboard.press(".")
    page.keyboard.press("l")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name=SAY("keys.letters")).check()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press(".")
    expect(cursor).to_have_value("2")
    assert "card=1" in page.url
    assert "lens=digits" in page.url


def test_the_same_keys_act_on_pages_of_another_kind(open_page):
    page = open_page("?page=dynamics&t=20&units=8&weight_scale=0.1")
    page.keyboard.press("l")
    page.wait_for_url(re.compile("view=gradients"))
    idle(page)
    page.keyboard.press(",")
    expect(page.get_by_role("slider", name="Timestep", exact=True)).to_have_value("19")
    page.wait_for_url(re.compile("t=19"))
    page.keyboard.press("Control+z")
    page.wait_for_url(re.compile("t=20"))


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_first_visit_is_guided_once_and_whenever_asked(open_page, width, height):
    page = open_page(width=width, height=height, tour=True)
    tour = page.locator(".rv-tour")
    for number, stop in enumerate(STOPS, start=1):
        expect(tour.get_by_text(SAY(f"tour.{stop}"))).to_be_visible()
        expect(tour).to_contain_text(f"{number} of {len(STOPS)}")
        assert page.locator(".rv-tour-ring").is_visible()
        tour.locator(".rv-tour-next").press("Enter")
    expect(tour).to_have_count(0)
    page.reload()
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]')
    page.wait_for_timeout(600)
    expect(tour).to_have_count(0)
    if width < 640:
        page.get_by_test_id("stExpandSidebarButton").press("Enter")
    page.get_by_role("button", name=SAY("tour.again")).press("Enter")
    expect(tour).to_be_visible()
    expect(tour.locator(".rv-tour-next")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)


def test_the_tour_takes_nothing_away(open_page):
    page = open_page(tour=True)
    page.locator(".rv-tour").wait_for()
    page.get_by_text(SAY("listing.title")).click(timeout=5000)
    page.get_by_text("(100, 64)").wait_for()
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile(r"weight_scale=0\.891"))
    assert page.locator(".rv-tour").is_visible()


@pytest.mark.parametrize("link", ["?lesson=loop", "?note=hello", "?embed=true", "?presentation=1"])
def test_links_made_for_something_begin_no_tour(open_page, link):
    page = open_page(link, tour=True)
    page.wait_for_timeout(700)
    assert page.locator(".rv-tour").count() == 0


def test_who_answers_again_after_a_reload_counts_once(open_page):
    """A student answers, loads the room's link anew, and answers otherwise."""
    say = spoken("en")
    teacher = open_page("?page=lessons&lang=en", painted=".rv-lesson-picture")
    teacher.get_by_text(say("room.title")).click()
    field = teacher.get_by_role("combobox", name=say("room.lesson"))
    choose(teacher, field, say("lesson.loop.title"))
    link = teacher.locator("code", has_text="?room=").first
    query = "?room=" + link.inner_text().partition("?room=")[2]
    projector = teacher.get_by_role("link", name=say("room.projector")).get_attribute("href")
    student = open_page(f"{query}&lang=en")
    for option in ("same", "only_first"):
        student.goto(f"{student.url.partition('?')[0]}{query}&lang=en")
        student.get_by_role("button", name=say("lessons.next"), exact=True).press("Enter")
        answer = say(f"lesson.loop.predict.option.{option}")
        student.get_by_role("button", name=answer, exact=True).press("Enter")
        student.wait_for_url(lambda url: "card=2" in url)
    shown = open_page(f"?{projector.partition('?')[2]}&card=1")
    expect(shown.get_by_text(say("room.count", count=1))).to_be_visible()
    expect(shown.locator(".rv-tally-bar b")).to_have_text(["0", "1", "0"])

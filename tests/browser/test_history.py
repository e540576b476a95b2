"""Back and Forward, undo and redo, and coming back from a lesson, as a visitor does them."""

import pytest

from rnnviz import Experiment
from tests.browser.pixels import shown_experiment, wait_until_painted

VIEWER = '[data-testid="state-viewer"][data-experiment]'
BARE = "data:text/html,<title>before</title>"


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")
    yield context.new_page()
    context.close()


def arrive(page, address):
    page.goto(address)
    page.wait_for_selector(VIEWER, timeout=60_000)
    page.wait_for_url("**weight_scale=**")


def move(page, key="ArrowLeft", name="Weight scale"):
    before = shown_experiment(page)
    slider = page.get_by_role("slider", name=name)
    slider.focus()
    slider.press(key)
    page.wait_for_function(
        """before => {
            const now = document.querySelector('[data-testid=state-viewer]').dataset.experiment;
            return now && now !== before;
        }""",
        arg=before,
        timeout=60_000,
    )
    now = shown_experiment(page)
    page.wait_for_url(f"**weight_scale={Experiment.from_query(now).weight_scale!r}**")
    return now


def shows(page, query):
    wait_until_painted(page, Experiment.from_query(query))


def test_the_first_back_leaves_the_page(page, server_url):
    page.goto(BARE)
    arrive(page, f"{server_url}/?units=12")
    page.go_back()
    page.wait_for_url(BARE)
    page.go_forward()
    page.wait_for_selector(VIEWER, timeout=60_000)
    assert "units=12" in shown_experiment(page)


def test_undo_and_redo_by_button_and_by_key(page, server_url):
    arrive(page, f"{server_url}/?units=12")
    undo = page.get_by_role("button", name="Undo")
    redo = page.get_by_role("button", name="Redo")
    assert undo.is_disabled()
    assert redo.is_disabled()
    states = [shown_experiment(page), move(page), move(page)]
    assert redo.is_disabled()
    undo.click()
    shows(page, states[1])
    page.keyboard.press("Control+z")
    shows(page, states[0])
    assert undo.is_disabled()
    page.keyboard.press("Control+Shift+z")
    shows(page, states[1])
    redo.click()
    shows(page, states[2])
    assert redo.is_disabled()
    undo.click()
    shows(page, states[1])
    move(page, "ArrowRight")  # another way on: what was undone is gone
    assert redo.is_disabled()


def test_undo_is_there_again_when_the_page_is_loaded_anew(page, server_url):
    arrive(page, f"{server_url}/?units=12")
    first = shown_experiment(page)
    move(page)
    page.reload()
    page.wait_for_selector(VIEWER, timeout=60_000)
    page.get_by_role("button", name="Undo").click()
    shows(page, first)


def test_in_a_field_of_text_the_key_belongs_to_the_text(page, server_url):
    arrive(page, f"{server_url}/?units=12")
    moved = move(page)
    page.get_by_role("button", name="More").or_(page.locator("summary")).first.click()
    page.locator("input[type=number]").first.focus(timeout=60_000)
    page.keyboard.press("Control+z")
    page.wait_for_timeout(800)
    assert shown_experiment(page) == moved


def test_leaving_a_lesson_comes_back_to_what_was_there(page, server_url):
    page.goto(f"{server_url}/?units=12&weight_scale=0.05&page=lessons")
    page.locator('[class*="st-key-begin"] button').first.click(timeout=60_000)
    page.wait_for_url("**lesson=**")
    page.get_by_role("button", name="Leave the lesson").click()
    page.wait_for_url(lambda url: "lesson=" not in url)
    assert "units=12" in page.url
    assert "weight_scale=0.05" in page.url
    assert "page=lessons" in page.url

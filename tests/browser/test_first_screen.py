"""The first screen under the hand: networks to begin with, and what explains a number."""

from functools import partial

from playwright.sync_api import expect

from rnnviz.i18n import words
from rnnviz.spec.starters import STARTERS
from tests.browser.hands import idle
from tests.browser.pixels import wait_until_painted

SAY = words("en")
HINT = "([one, text]) => getComputedStyle(one, '::after').content.includes(text)"


def test_a_network_to_begin_with_is_shown_without_loading_the_page_anew(open_page):
    page = open_page("?weight_scale=0.03&t=5")
    page.evaluate("() => { window.still = 'here'; }")
    chaos = page.get_by_role("link", name=SAY("starter.chaos"))
    chaos.focus()
    chaos.press("Enter")
    wait_until_painted(page, STARTERS["chaos"])
    expect(chaos).to_have_attribute("aria-current", "true")
    idle(page)
    healthy = page.get_by_role("link", name=SAY("starter.healthy"))
    healthy.click()
    wait_until_painted(page, STARTERS["healthy"])
    assert page.evaluate("() => window.still") == "here"
    idle(page)
    slider = page.get_by_role("slider", name=SAY("knob.weight_scale.label"))
    assert float(slider.get_attribute("aria-valuetext")) == STARTERS["healthy"].weight_scale
    page.get_by_role("button", name="Undo").click()
    wait_until_painted(page, STARTERS["chaos"])
    page.go_back()
    page.wait_for_url("**weight_scale=0.03&**")
    assert page.evaluate("() => window.still") == "here"


def test_a_network_to_begin_with_can_be_opened_in_a_tab_of_its_own(open_page):
    page = open_page("?weight_scale=0.03")
    chaos = page.get_by_role("link", name=SAY("starter.chaos"))
    with page.context.expect_page() as opened:
        chaos.click(modifiers=["Control"])
    wait_until_painted(opened.value, STARTERS["chaos"])
    assert "weight_scale=0.03" in page.url
    opened.value.close()


def test_a_number_is_explained_to_pointer_and_key_until_escape(open_page):
    page = open_page()
    number = page.get_by_role("button", name=SAY("metric.radius"), exact=True)
    explained = SAY("metric.radius_help")
    expect(number).to_have_accessible_description(explained)
    hint = partial(page.wait_for_function, HINT)
    hint(arg=[number.element_handle(), "none"])
    number.hover()
    hint(arg=[number.element_handle(), explained])
    page.keyboard.press("Escape")
    hint(arg=[number.element_handle(), "none"])
    page.mouse.move(5, 400)
    number.focus()
    hint(arg=[number.element_handle(), explained])
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

"""The Moments page in Chromium: a range is selected, moments come, a click goes there."""

import re
from urllib.parse import urlencode

from playwright.sync_api import expect

from rnnviz.i18n import words
from tests.browser.hands import idle

SAY = words("en")
LINK = (
    "page=moments&units=8&weight_scale=0.1&timesteps=300&signal=sine&lang=en"
    "&kernel_initializer=glorot_uniform&recurrent_initializer=orthogonal"
)
FOUND = '[data-testid="moments"]:not([data-range=""])'


def test_a_range_is_selected_by_hand_and_by_keys_and_a_moment_is_gone_to(chromium, server_url):
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")
    page = context.new_page()
    page.goto(f"{server_url}/?{LINK}")
    page.wait_for_selector('[data-testid="sequence"][data-painted]', timeout=90_000)
    box = page.locator(".rm-row canvas").nth(1).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 20, steps=4)
    page.mouse.up()
    page.wait_for_selector(FOUND, timeout=60_000)
    first = page.locator(FOUND).get_attribute("data-range")
    moments = page.locator('[data-testid="moments"] button')
    assert moments.count() >= 5  # a sine comes back
    assert "100%" in moments.nth(0).text_content()
    # The strips are painted: more than one colour is in them.
    colours = page.evaluate(
        """() => {
            const canvas = document.querySelector("[data-testid=moments] canvas");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            const seen = new Set();
            for (let k = 0; k < data.length; k += 4) seen.add(data.slice(k, k + 4).join());
            return seen.size;
        }"""
    )
    assert colours > 10
    moments.nth(1).click()
    page.wait_for_function("() => !new URL(location).search.includes('&t=0&')", timeout=60_000)
    timestep = page.evaluate("() => new URL(location).searchParams.get('t')")
    assert timestep in moments.nth(1).text_content()
    # By keys: two steps from where it stands, then Enter.
    page.locator(".rm-scroller").focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function(
        """(before) => {
            const range = document.querySelector("[data-testid=moments]")?.dataset.range;
            return range && range !== before;
        }""",
        arg=first,
        timeout=60_000,
    )
    begin, end = map(int, page.locator(FOUND).get_attribute("data-range").split(","))
    assert (begin, end) == (int(timestep), int(timestep) + 3)
    asked = f"{begin},{end}"
    page.wait_for_url(f"**begin={begin}&span=3**")
    idle(page)

    # The link asks the same again, and Back asks what was asked before.
    page.reload()
    page.wait_for_selector(f'[data-testid="moments"][data-range="{asked}"]', timeout=60_000)
    assert moments.count() >= 5
    idle(page)
    page.go_back()
    page.wait_for_selector(f'[data-testid="moments"][data-range="{first}"]', timeout=60_000)
    idle(page)
    # Another measure, other units: both stay when the page is loaded again.
    page.get_by_role("radio", name=SAY("moments.measure_cosine")).click()
    page.wait_for_url("**alike=cosine**")
    idle(page)
    page.get_by_role("textbox", name=SAY("knob.compared.label")).fill("1, 3, 5")
    page.keyboard.press("Enter")
    page.wait_for_url("**compared=1%2C3%2C5**")
    page.get_by_text("of 3 units agree throughout").first.wait_for()
    idle(page)
    before = moments.nth(0).text_content()
    page.reload()
    page.wait_for_selector(f'[data-testid="moments"][data-range="{first}"]', timeout=60_000)
    assert moments.nth(0).text_content() == before
    context.close()


TEXT = ("the quick brown fox jumps over the lazy dog. " * 9)[:290] + "가나다."


def test_a_text_is_painted_where_it_is_scrolled_to_and_selected_by_its_letters(open_page):
    query = urlencode({"page": "moments", "units": 8, "signal": "text", "text": TEXT, "lang": "en",
                       "weight_scale": 0.1, "recurrent_initializer": "orthogonal",
                       "presentation": 1})  # fmt: skip
    painted = '[data-testid="sequence"][data-painted]'
    page = open_page(f"?{query}", painted=painted, width=390, height=844)
    sheet = page.locator(".rm-text-sheet")
    sheet.scroll_into_view_if_needed()
    expect(sheet).to_have_attribute("aria-label", re.compile("^the quick brown fox"))
    assert page.locator(".rm-row").count() == 0  # a text makes no elements
    letter, size = page.evaluate(
        """() => {
            const style = getComputedStyle(document.querySelector(".rm-scroller"));
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = style.font || `${style.fontSize} ${style.fontFamily}`;
            return [pen.measureText("mmmmmmmmmm").width / 10, parseFloat(style.fontSize)];
        }"""
    )
    box = sheet.bounding_box()
    begin = box["x"] + 4.2 * size
    page.mouse.move(begin + 4.5 * letter, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(begin + 8.5 * letter, box["y"] + 10, steps=4)
    page.mouse.up()
    found = page.locator('[data-testid="moments"]')
    expect(found).to_have_attribute("data-range", "4,9", timeout=60_000)
    expect(page.locator(".rm-range")).to_have_text("t = 4 … 8")
    assert found.locator("mark").first.text_content() == "quick"
    assert float(found.get_attribute("data-took")) > 0
    before = sheet.get_attribute("aria-label")
    page.evaluate("() => { document.querySelector('.rm-scroller').scrollTop = 1e6; }")
    expect(sheet).not_to_have_attribute("aria-label", before)
    assert sheet.get_attribute("aria-label").endswith("가나다.")
    assert sheet.bounding_box() == box  # it stays where the scroller is

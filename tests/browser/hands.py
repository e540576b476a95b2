"""What a visitor does to a control, by keyboard, as the table of knobs says what control it is."""

import dataclasses

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from rnnviz.i18n import words
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.training import TABLE as TRAINING

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def idle(page):
    """Wait until the server has answered all that it was told: what it sends moves the page."""
    page.wait_for_selector(IDLE, state="attached", timeout=60_000)


def move(page, name, value, language="en", stops=()):
    """Move the control of a knob to a value; with ``stops`` it is a slider over these."""
    row = TABLE[name] if name in TABLE else TRAINING[name]
    if stops:
        row = dataclasses.replace(row, control="scale", options=stops)
    label = words(language)(f"knob.{row.link}.label")
    _HANDS[row.control](page, row, label, value, words(language))


def hold(page, label, pixels):
    """Press a slider's thumb, move it by so many pixels and hold it there."""
    slider = page.get_by_role("slider", name=label)
    slider.scroll_into_view_if_needed()
    box = page.locator(".stSlider", has=slider).bounding_box()
    share = int(slider.input_value()) / int(slider.get_attribute("max"))
    x = box["x"] + 8 + (box["width"] - 16) * share
    y = box["y"] + box["height"] - 12
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 9):
        page.mouse.move(x + pixels * part / 8, y)
        page.wait_for_timeout(50)


def _slide(page, row, label, value, say):
    slider = page.get_by_role("slider", name=label).first
    shown = _plain(value)
    stops = [_plain(stop) for stop in row.options]
    for _ in range(8):
        now = slider.get_attribute("aria-valuetext")
        if now == shown:
            return
        way = stops.index(shown) - stops.index(now) if now in stops else -1
        slider.focus()
        for _ in range(abs(way)):
            slider.press("ArrowRight" if way > 0 else "ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", shown)


def _plain(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _type(page, row, label, value, say):
    field = page.get_by_role("spinbutton", name=label)
    field.fill(f"{value:g}")
    field.press("Enter")


def choose(page, field, option):
    """Choose an option of a list: it is opened anew where the page, arriving, closed it."""
    for patience in (5_000, 10_000, 20_000):
        idle(page)
        field.click()
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=patience)
        except PlaywrightTimeout:
            field.press("Escape")
            continue
        expect(field).to_have_value(option)
        return
    raise AssertionError(f"the list does not offer {option!r}")


def _choose(page, row, label, value, say):
    choose(page, page.get_by_role("combobox", name=label), say(f"choice.{value}"))


def _switch(page, row, label, value, say):
    switch = page.get_by_role("switch", name=label)
    switch.focus()
    switch.press("Space")


_HANDS = {"scale": _slide, "number": _type, "select": _choose, "toggle": _switch}

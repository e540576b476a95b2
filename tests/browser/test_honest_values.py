"""What a browser sends for each kind of control passes the guard: none of it counts as odd.

A value that the guard drops is a control that does nothing, and no other test need notice.
"""

import time

import pytest

from tests.browser.hands import idle
from tests.live.figures import health

SHOWN = {
    "the page with everything open": (
        "?spectral_radius=0.9&signal=sine",
        ("slider", "spinbutton", "combobox", "switch", "radio"),
    ),
    "the stack": ("?page=keras&signal=text&text=to+be", ("spinbutton", "combobox", "textbox")),
    "two experiments": ("?page=compare", ("slider", "switch", "radio")),
    "a lesson": ("?lesson=scaling", ("slider", "radio")),
}


def settled(page):
    """Wait until the page has begun and ended whatever it was told."""
    page.wait_for_timeout(150)
    idle(page)


KEYS = {
    "combobox": ("ArrowDown", "ArrowDown", "Enter"),
    "textbox": ("End", "x", "Control+Enter"),
    "switch": ("Space",),
    "radio": ("Space",),
    "spinbutton": ("ArrowUp", "Enter"),
    "slider": ("ArrowUp",),
}


def touch(page, control, role):
    """Do to a control what a visitor does with the keyboard."""
    control.focus()
    for key in KEYS[role]:
        page.keyboard.press(key)


@pytest.fixture
def honest(server_url):
    """Assert that nothing that was sent meanwhile was odd."""

    def odd():
        # Visits are counted when they are over.
        deadline = time.monotonic() + 20
        while health(server_url)["visitors"] and time.monotonic() < deadline:
            time.sleep(0.1)
        return health(server_url).get("kept_out_odd", 0)

    before = odd()
    yield
    assert odd() == before


@pytest.mark.parametrize("name", SHOWN)
def test_every_control_of_a_page_is_honest(honest, chromium, server_url, name):
    link, roles = SHOWN[name]
    context = chromium.new_context(viewport={"width": 1366, "height": 3000}, locale="en-US")
    page = context.new_page()
    page.goto(f"{server_url}/{link}")
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]', timeout=60_000)
    for fold in page.locator('[data-testid="stExpander"] summary').all():
        fold.click()
        settled(page)
    for role in roles:
        count = page.get_by_role(role).count()
        assert count, role
        for index in range(0, count, max(1, count // 4)):
            control = page.get_by_role(role).nth(index)
            if control.is_visible() and control.is_enabled():
                touch(page, control, role)
                settled(page)
    context.close()


def test_what_the_dialog_sends_is_honest(honest, chromium, server_url):
    context = chromium.new_context(viewport={"width": 1366, "height": 1600}, locale="en-US")
    page = context.new_page()
    page.goto(f"{server_url}/")
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]', timeout=60_000)
    page.get_by_role("button", name="Link for a class").click()
    dialog = page.get_by_role("dialog")
    for role in ("spinbutton", "combobox", "textbox", "switch"):
        touch(page, dialog.get_by_role(role).first, role)
        settled(page)
    context.close()

"""The real app on the real server in a real Chromium."""

from pathlib import Path

import pytest

from tests.browser.hands import idle
from tests.browser.server import launched, running

SEEN = "try { localStorage.setItem('rnnviz.tour', '1') } catch {}"
"""Tells the page that the tour of a first visit was taken."""
ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            # Two browsers and two servers on two cores: what a loaded machine made of it is
            # tried again, and told as RERUN.
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=2))


@pytest.fixture(scope="package")
def chromium():
    """A launched Chromium; without one the tests skip, and in CI that is a failure.

    It ends with the browser tests: Playwright's event loop would stand in everybody else's way.
    """
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def server_url():
    """The address of a running app."""
    with running(ROOT / "app.py") as url:
        yield url


STATE_VIEWER = '[data-testid="state-viewer"][data-experiment]'


@pytest.fixture
def open_page(chromium, server_url):
    """Open a link in a fresh browser context and wait until its picture is painted.

    The tour of a first visit begins only where it is asked for: it moves the page when it comes.
    """
    contexts = []

    def open_page(
        query="",
        *,
        width=1366,
        height=768,
        locale="en-US",
        painted=STATE_VIEWER,
        tour=False,
        **options,
    ):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=locale, **options
        )
        contexts.append(context)
        if not tour:
            context.add_init_script(SEEN)
        page = context.new_page()
        page.goto(f"{server_url}/{query}")
        page.wait_for_selector(painted, timeout=60_000)
        idle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()

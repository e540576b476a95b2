"""What the page says where its files, its connection or its server do not come: one sentence."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from rnnviz.i18n import words
from tests.browser.server import serving
from tests.live.proxies import for_nginx, found, proxy

ROOT = Path(__file__).parents[2]
VIEWER = '[data-testid="state-viewer"][data-experiment]'
WRONG = {
    "refused": r"proxy_set_header Host",
    "unreached": r"proxy_set_header (Upgrade|Connection)",
}
"""Which lines of the README's recipe are missing, by the sentence that the page says then."""


@pytest.fixture(params=["en", "ko"])
def language(request):
    return request.param


@pytest.fixture
def page(chromium, language):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale=f"{language}-{language.upper()}"
    )
    yield context.new_page()
    context.close()


@pytest.mark.skipif(found("nginx") is None, reason="needs nginx")
@pytest.mark.parametrize("sentence", list(WRONG))
def test_behind_a_proxy_that_is_set_up_wrong_the_page_says_so(page, language, sentence, tmp_path):
    with serving(ROOT / "app.py") as served:
        server = int(served.url.rpartition(":")[2])
        wrong = partial(for_nginx, server=server, leave_out=WRONG[sentence])
        with proxy(found("nginx"), tmp_path, wrong) as port:
            page.goto(f"http://127.0.0.1:{port}/")
            said = page.get_by_text(words(language)(f"first.{sentence}"))
            said.wait_for(timeout=60_000)
            assert said.is_visible()


def test_when_the_server_dies_one_line_says_so_and_the_page_goes_on(page, language):
    with serving(ROOT / "app.py") as served:
        page.goto(f"{served.url}/?units=12&hidden=tour")
        page.wait_for_selector(VIEWER, timeout=60_000)
        page.wait_for_timeout(1000)
        os.kill(served.pid, signal.SIGKILL)
        line = page.get_by_text(words(language)("first.away"))
        line.wait_for(timeout=30_000)
        page.wait_for_timeout(12_000)  # Streamlit looks for its server, and opens a box
        assert line.is_visible()
        assert page.locator('[data-testid="stDialog"]').count() == 0
        text = page.locator("body").inner_text()
        assert "internet" not in text
        assert "Streamlit" not in text
        cursor = page.locator('.rv-viewer input[type="range"]').first
        before = cursor.input_value()
        cursor.focus()
        cursor.press("ArrowRight")
        assert cursor.input_value() != before, "the page is scrubbed on"


def test_a_page_that_loads_slowly_says_what_it_is_long_before_its_picture(chromium, server_url):
    """At 50 kB/s, and as a share of the whole: how fast the machine is does not count."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 50}
    network.send("Network.emulateNetworkConditions", {"offline": False, **slow})
    page.goto(f"{server_url}/?units=12", wait_until="commit")
    page.get_by_text(words("en")("first.loading")).wait_for(timeout=30_000)
    page.wait_for_selector(VIEWER, timeout=120_000)
    paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    first = page.evaluate(paint)
    assert first < page.evaluate("performance.now()") / 3
    context.close()

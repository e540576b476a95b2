"""The app in a frame of somebody else's page: only where the teacher named that page."""

import contextlib
import http.server
import threading
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as NotYet

from tests.browser.server import serving

ROOT = Path(__file__).parents[2]
VIEWER = '[data-testid="state-viewer"][data-experiment]'


@contextlib.contextmanager
def slides(url):
    """Serve a page of somebody else's with the app in a frame; yields its origin."""

    class Slide(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            frame = f'<iframe src="{url()}/?embed=true&units=8" width=1200 height=700></iframe>'
            self.wfile.write(frame.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slide)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def test_a_page_that_the_teacher_named_shows_the_app_and_it_works(page):
    there = []
    with (
        slides(lambda: there[0]) as origin,
        serving(ROOT / "app.py", RNNVIZ_EMBED_IN=origin) as served,
    ):
        there.append(served.url)
        page.goto(origin)
        frame = page.frame_locator("iframe")
        frame.locator(VIEWER).wait_for(timeout=60_000)
        slider = frame.get_by_role("slider", name="Weight scale")
        before = frame.locator(VIEWER).get_attribute("data-experiment")
        changed = frame.locator(f'{VIEWER}:not([data-experiment="{before}"])')
        for _ in range(20):
            slider.press("ArrowLeft")  # of no use before the page listens, whenever that is
            with contextlib.suppress(NotYet):
                changed.wait_for(timeout=2_000)
                break
        assert changed.count() == 1


def test_another_page_does_not(page, server_url):
    refusals = []
    page.on("console", lambda message: refusals.append(message.text))
    with slides(lambda: server_url) as origin:
        page.goto(origin)
        page.wait_for_timeout(1500)
    assert page.frame_locator("iframe").locator(VIEWER).count() == 0
    assert any("frame-ancestors" in text for text in refusals)

"""Nothing is asked of any other machine, and the browser is told to see to that."""

from urllib.parse import quote, urlsplit

import pytest

from rnnviz.lessons.registry import lessons
from rnnviz.spec.perspective import PAGES
from rnnviz.views.registry import views
from tests.browser.hands import idle

NOTE = (
    "![pixel](http://outside.example/a.png) <img src=http://outside.example/b.png> "
    "[x](javascript:alert(1)) <script>fetch('http://outside.example/c')</script> "
    "<iframe src=http://outside.example/d></iframe>"
)
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture
def watched(chromium, server_url):
    """Open links in one context that notes every request; yields (open, requests)."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")
    context.add_init_script(VIOLATIONS)
    requests = []
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()

    def visit(query):
        page.goto(f"{server_url}/?{query}")
        idle(page)
        page.wait_for_timeout(300)
        return page

    yield visit, requests
    context.close()


def outside(requests):
    return [url for url in requests if _host(url) not in ("127.0.0.1", None)]


def _host(url):
    parts = urlsplit(url)
    return parts.hostname if parts.scheme in ("http", "https", "ws", "wss") else None


def links():
    yield from (f"page={page}" for page in PAGES)
    yield from (f"page={view.page}&view={view.name}&dense_units=1" for view in views().values())
    yield f"lesson={next(iter(lessons()))}"  # they differ in words and numbers alone
    yield f"note={quote(NOTE)}"


def test_no_page_asks_another_machine_for_anything(watched):
    visit, requests = watched
    for link in links():
        page = visit(link)
        assert not outside(requests), link
        assert page.evaluate("window.violations") == [], link
    assert len(requests) > 20


def test_the_menus_ask_for_nothing_either(watched):
    visit, requests = watched
    page = visit("units=8")
    for name in ("More", "Take away", "What the lecture's program prints"):
        page.get_by_text(name).first.click()
        page.wait_for_timeout(1000)
    assert not outside(requests)
    assert page.evaluate("window.violations") == []


def test_the_browser_would_not_ask_if_the_page_did(watched):
    """The test above can fail: the policy is what stops a page that tries."""
    visit, _ = watched
    page = visit("units=8")
    tried = page.evaluate(
        """async () => {
          const image = new Image();
          image.src = "http://outside.example/a.png";
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.head.append(script);
          const answer = await fetch("http://outside.example/").catch(() => "refused");
          return [answer, window.ran ?? null];
        }"""
    )
    assert tried == ["refused", None]
    assert len(page.evaluate("window.violations")) >= 3


def test_nobody_can_show_the_page_in_a_frame(chromium, server_url):
    page = chromium.new_page()
    page.goto("about:blank")
    page.set_content(f'<iframe src="{server_url}" width="900" height="600"></iframe>')
    page.wait_for_timeout(2000)
    assert not [frame for frame in page.frames if frame.url.startswith(server_url)]
    page.close()

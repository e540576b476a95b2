"""Faults that only a real browser can have; the outcomes stand in tests/live/README.md."""

import os
import signal
import time
from pathlib import Path

import pytest

from rnnviz import Experiment
from tests.browser.pixels import shown_experiment, wait_until_painted
from tests.browser.relay import Relay
from tests.browser.server import free_port, serving

ROOT = Path(__file__).parents[2]
OURS = Experiment(units=12, weight_scale=0.05)
VIEWER = '[data-testid="state-viewer"][data-experiment]'
OUTAGE = float(os.environ.get("RNNVIZ_OUTAGE_SECONDS", "4"))
"""Set it to 60 for the whole minute that a classroom's wireless may be away."""


@pytest.fixture
def tab(chromium):
    """Open an address in a tab of one browser; all tabs share one context."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")

    def tab(address):
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(VIEWER, timeout=60_000)
        return page

    yield tab
    context.close()


def move(page, name="Weight scale", key="ArrowLeft"):
    slider = page.get_by_role("slider", name=name)
    before = shown_experiment(page)
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


def wait_until_connected(page):
    """Wait until the page has found its server again; Streamlit looks more and more rarely."""
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-connection-state="CONNECTED"]', timeout=60_000
    )


def test_open_pages_come_back_when_the_server_was_killed_and_started_again(tab):
    port = free_port()
    with serving(ROOT / "app.py", port=port) as served:
        page = tab(f"{served.url}/?{OURS.to_query()}")
        move(page)
        shown = shown_experiment(page)
        os.kill(served.pid, signal.SIGKILL)
        served.process.wait()
    time.sleep(1)
    with serving(ROOT / "app.py", port=port):
        wait_until_connected(page)
        assert shown_experiment(page) == shown
        move(page)  # the page works again, from where it was
        now = Experiment.from_query(shown_experiment(page))
        assert now.replace(weight_scale=1) == OURS.replace(weight_scale=1)


def test_a_page_without_network_stays_and_goes_on_afterwards(tab, server_url):
    with Relay(server_url) as network:
        page = tab(f"{network.url}/?{OURS.to_query()}")
        network.cut()
        page.wait_for_timeout(OUTAGE * 1000)
        assert shown_experiment(page) == OURS.to_query(), "what was shown stays"
        network.mend()
        wait_until_connected(page)
        assert shown_experiment(page) == OURS.to_query()
        move(page)


def test_two_tabs_do_not_touch_each_other(tab, server_url):
    one = tab(f"{server_url}/?{OURS.to_query()}")
    two = tab(f"{server_url}/?{OURS.to_query()}")
    move(one)
    assert shown_experiment(two) == OURS.to_query()
    move(two, name="Units")
    assert Experiment.from_query(shown_experiment(one)).units == 12


def test_back_and_forward_go_back_and_forward(tab, server_url):
    page = tab(f"{server_url}/?{OURS.to_query()}")
    visited = [shown_experiment(page)]
    for _ in range(2):
        move(page)
        visited.append(shown_experiment(page))
        page.wait_for_url(f"**weight_scale={Experiment.from_query(visited[-1]).weight_scale!r}**")
    for step, expected in (
        (page.go_back, visited[1]),
        (page.go_back, visited[0]),
        (page.go_forward, visited[1]),
        (page.go_forward, visited[2]),
    ):
        step()
        wait_until_painted(page, Experiment.from_query(expected))


def test_an_export_whose_browser_dies_says_so_and_the_next_one_works():
    from rnnviz.app.runtime.shared_browser import SharedBrowser
    from rnnviz.export.browser import missing
    from rnnviz.export.failures import ExportFailure
    from rnnviz.export.looks import Look
    from rnnviz.export.sheets import sheet_of
    from rnnviz.spec.perspective import Perspective
    from rnnviz.spec.simulate import simulate
    from rnnviz.views.registry import views

    if missing():
        pytest.skip("needs Kaleido and a browser")
    run = simulate(OURS)
    sheet = sheet_of(run, Perspective(), next(iter(views().values())), Look(), "en")
    others = set(_descendants(os.getpid(), "chrom"))  # the browser of the other tests lives on
    studio = SharedBrowser()
    try:
        assert studio.picture(sheet, "pdf").startswith(b"%PDF")
        browsers = [pid for pid in _descendants(os.getpid(), "chrom") if pid not in others]
        assert browsers
        for pid in browsers:
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(ExportFailure):
            studio.picture(sheet, "pdf")
        assert studio.picture(sheet, "pdf").startswith(b"%PDF")
    finally:
        studio.close()


def _descendants(pid, name):
    """Return the processes below one whose command has a name in it, children first."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found += _descendants(child, name)
            try:
                command = Path(f"/proc/{child}/comm").read_text()
            except OSError:
                continue
            if name in command:
                found.append(child)
    return found

"""One real server for the tests that talk to it over the network."""

from pathlib import Path

import pytest

from tests.browser.server import serving

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("live")
            # A busy machine is told as RERUN, as with the browser tests.
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=2))


@pytest.fixture(scope="session")
def server():
    """The app as it runs in a classroom."""
    with serving(ROOT / "app.py") as served:
        yield served

"""From ``streamlit run`` to a painted heatmap against a minimal app: see ``main``.

    python -m tests.benchmarks.startup

A fresh server and a fresh browser context a round, both apps in turn on a warm disk, so that a
noisy machine is noisy for both. The page also loads Plotly once; browsers keep it afterwards.
"""

import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.server import CHROMIUM_FLAGS, chromium_path, running

ROOT = Path(__file__).parents[2]
ROUNDS = 5
OURS = '[data-testid="state-viewer"][data-experiment]'
# Plotly draws a heatmap as an image: the chart is painted when it has pixels.
PEER = ".js-plotly-plot .heatmaplayer image"


def seconds_to_paint(browser, script: Path, selector: str, *options: str) -> float:
    """Return the time from starting the server to a painted heatmap in a fresh context."""
    start = time.perf_counter()
    with running(script, *options) as url:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector(selector, state="attached", timeout=60_000)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        taken = time.perf_counter() - start
        context.close()
    return taken


def main() -> int:
    """Print the ratio of the medians."""
    peer = Path(__file__).with_name("minimal_app.py")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        seconds_to_paint(browser, ROOT / "app.py", OURS)  # warms the disk
        rounds = [
            (
                seconds_to_paint(browser, peer, PEER),
                seconds_to_paint(browser, ROOT / "app.py", OURS),
            )
            for _ in range(ROUNDS)
        ]
        browser.close()
    theirs, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"streamlit run -> painted heatmap: rnnviz {ours:.2f} s, minimal app {theirs:.2f} s")
    print(f"ratio {statistics.median(mine / peer for peer, mine in rounds):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Scrubbing a large array in JupyterLab: frames a second, messages, and what a frame costs.

``python -m tests.benchmarks.widget`` needs JupyterLab and a Chromium. A hand drags along 10,000
timesteps of 512 units; every repaint of what follows the cursor is counted in the page.
"""

import statistics
import tempfile
import time
from pathlib import Path

from tests.browser.pixels import VIEWER
from tests.browser.server import launched
from tests.parity.jupyter import Laboratory, jupyter, notebook_of

SECONDS = 5
CODE = """import numpy as np, rnnviz
x = np.tanh(np.random.default_rng(0).normal(size=(10_000, 512)).cumsum(0) / 30)
rnnviz.show(x)"""
COUNT = """(root) => {
    const frames = (window.frames_ = { painted: [], ticks: [], long: 0 });
    window.sentMessages = 0;
    const told = { attributes: true, attributeFilter: ["aria-valuetext"] };
    const seen = () => frames.painted.push(performance.now());
    new MutationObserver(seen).observe(root.querySelector(".rv-cursor"), told);
    const tick = (now) => { frames.ticks.push(now); requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    new PerformanceObserver((list) => (frames.long += list.getEntries().length))
        .observe({ type: "longtask" });
}"""
MESSAGES = """
window.sentMessages = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
    window.sentMessages += 1;
    return send.call(this, data);
};
"""


def main() -> None:
    """Print the figures of one drag."""
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyter(Path(folder)) as served,
        launched() as one,
    ):
        page = one.new_page(viewport={"width": 1366, "height": 900})
        page.add_init_script(MESSAGES)
        served.put("large", notebook_of(CODE))
        lab = Laboratory(page, served, "large")
        lab.menu("Run", "Run All Cells")
        viewer = page.locator(f"{VIEWER}[data-experiment]")
        viewer.wait_for(timeout=90_000)
        viewer.scroll_into_view_if_needed()
        page.wait_for_timeout(2000)
        box = viewer.locator(".rv-stage").bounding_box()
        left, top, width, height = map(float, viewer.get_attribute("data-heat").split())
        y = box["y"] + top + height / 2
        viewer.evaluate(COUNT)
        page.mouse.move(box["x"] + left + 5, y)
        page.mouse.down()
        begun, moves = time.perf_counter(), 0
        while (spent := time.perf_counter() - begun) < SECONDS:
            share = abs((spent / 2) % 2 - 1)
            page.mouse.move(box["x"] + left + 5 + share * (width - 10), y)
            moves += 1
        found = page.evaluate("() => ({ ...window.frames_, sent: window.sentMessages })")
        page.mouse.up()
    gaps = [b - a for a, b in zip(found["painted"], found["painted"][1:], strict=False)]
    mean, median = 1000 / statistics.fmean(gaps), 1000 / statistics.median(gaps)
    ticks = [b - a for a, b in zip(found["ticks"], found["ticks"][1:], strict=False)]
    print(f"moves {moves / SECONDS:.0f}/s, messages while dragging {found['sent']}")
    print(f"repaints a second: mean {mean:.1f}, median {median:.1f}; {len(gaps) + 1} in all")
    print(
        f"frames of the page: mean {1000 / statistics.fmean(ticks):.1f}; long tasks {found['long']}"
    )


if __name__ == "__main__":
    main()

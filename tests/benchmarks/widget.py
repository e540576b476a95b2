"""Scrubbing a large array in JupyterLab: frames a second, and messages.

``python -m tests.benchmarks.widget`` needs JupyterLab and a Chromium. The cursor moves with every
frame
over 10,000 timesteps of 512 units; beside it stands what the page does when nothing moves.
"""

import statistics
import tempfile
from pathlib import Path

from tests.browser.pixels import VIEWER
from tests.browser.server import launched
from tests.parity.jupyter import Laboratory, jupyter, notebook_of

SECONDS = 5
CODE = """import numpy as np, rnnviz
x = np.tanh(np.random.default_rng(0).normal(size=(10_000, 512)).cumsum(0) / 30)
rnnviz.show(x)"""
SCRUB = """async (root, [seconds, moves]) => {
    const slider = root.querySelector(".rv-cursor");
    const painted = { count: 0 };
    const seen = new MutationObserver((all) => (painted.count += all.length));
    seen.observe(slider, { attributes: true, attributeFilter: ["aria-valuetext"] });
    const sent = window.sentMessages;
    const [gaps, begun] = [[], performance.now()];
    let last = await new Promise(requestAnimationFrame);
    for (let now = last; now - begun < 1000 * seconds; last = now) {
        if (moves) {
            const share = Math.abs((((now - begun) / 2000) % 2) - 1);
            slider.value = Math.floor(share * slider.max);
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }
        now = await new Promise(requestAnimationFrame);
        gaps.push(now - last);
    }
    seen.disconnect();
    return { gaps, painted: painted.count, sent: window.sentMessages - sent };
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
        lab.run_all()
        viewer = page.locator(f"{VIEWER}[data-experiment]")
        viewer.wait_for(timeout=90_000)
        viewer.scroll_into_view_if_needed()
        page.wait_for_timeout(2000)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        alone = scrubbed_for(viewer, session, moves=False)
        scrubbed = scrubbed_for(viewer, session, moves=True)
        start = page.locator(".rnw").get_attribute("data-start")
    print(f"first frame of the widget {start} ms after it was asked to render")
    for name, found in (("the page alone", alone), ("scrubbing", scrubbed)):
        gaps = found["gaps"]
        mean, median = 1000 / statistics.fmean(gaps), 1000 / statistics.median(gaps)
        print(f"{name}: {mean:.1f} frames a second (mean), {median:.1f} (median), ", end="")
        print(f"longest gap {max(gaps):.0f} ms; ", end="")
        print(f"{found['painted']} repaints of the cursor, {found['sent']} messages; ", end="")
        print(f"{found['work']:.1f} ms of the page's own processor a frame")


def scrubbed_for(viewer, session, moves):
    """Return what one drag took, with the processor's time of the page's thread a frame in ms."""

    def used():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "ThreadTime")

    before = used()
    found = viewer.evaluate(SCRUB, [SECONDS, moves])
    return found | {"work": 1000 * (used() - before) / len(found["gaps"])}


if __name__ == "__main__":
    main()

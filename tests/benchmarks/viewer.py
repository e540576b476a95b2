"""How well the viewer keeps up with the hand, as ratios within one run: see ``main``.

    python -m tests.benchmarks.viewer

Repaint times run from the real key press to the painted frame, measured inside the page; the apps
take turns, so that a noisy machine is noisy for all. The peers: ``minimal_app.py`` (a slider and an
``st.plotly_chart`` of the same heatmap) as Streamlit comes, and ``floor_app.py`` (a slider, no
chart) with this project's configuration. At the large size every press asks for a value that nobody
has seen, and the time of the simulation that it caused is taken off, as the server measured it.
"""

import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from rnnviz import Experiment
from tests.benchmarks.timed_app import SAYS
from tests.browser.pixels import VIEWER
from tests.browser.server import CHROMIUM_FLAGS, chromium_path, running, serving

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PRESSES = 30
FRESH_PRESSES = 12
LARGE = Experiment(timesteps=10_000, units=512, weight_scale=0.01)
FRAMES = 600
DRAG_SECONDS = 4.0

# Resolves to the milliseconds from the next key press to the frame that shows its effect.
_STOPWATCH = """([look]) => new Promise((done) => {
  const changed = new Function(`return (${look})`)();
  const before = changed();
  let pressed = null;
  addEventListener("keydown", () => { pressed = performance.now(); },
                   { capture: true, once: true });
  const wait = () => {
    const now = changed();
    if (pressed === null || now === null || now === before) return requestAnimationFrame(wait);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - pressed);
      port2.postMessage(0);
    });
  };
  window.stopwatchRuns = true;
  wait();
})"""
# The same to the first frame that shows it. The other one lets one frame more go by, in which a
# page takes in the rest of its server's answer.
_FIRST_FRAME = """([look]) => new Promise((done) => {
  const changed = new Function(`return (${look})`)();
  const before = changed();
  let pressed = null;
  addEventListener("keydown", () => { pressed = performance.now(); },
                   { capture: true, once: true });
  const { port1, port2 } = new MessageChannel();
  const wait = () => requestAnimationFrame(() => port2.postMessage(0));
  port1.onmessage = () => {
    const now = changed();
    if (pressed === null || now === null || now === before) return wait();
    done(performance.now() - pressed);
  };
  window.stopwatchRuns = true;
  wait();
})"""
_OURS = f"""() => document.querySelector('{VIEWER}').dataset.experiment ?? null"""
_NUMBERS = """() => [...document.querySelectorAll(".rv-reading b")]
  .map((one) => one.textContent).join() || null"""
_CHART = """() => {
  const chart = document.querySelector(".js-plotly-plot");
  const image = chart?.querySelector(".heatmaplayer image");
  return image ? chart.layout.meta + (image.getAttribute("href") ??
    image.getAttribute("xlink:href")) : null;
}"""
_SENTENCE = """() => [...document.querySelectorAll('[data-testid="stMarkdownContainer"]')]
  .map((one) => one.textContent).find((text) => text.startsWith("value=")) ?? null"""


class Bench:
    """One open page with a slider, whose repaint can be timed."""

    def __init__(self, browser, url, look, keys=("ArrowRight", "ArrowLeft"), stopwatch=_STOPWATCH):
        self.page = browser.new_page(viewport={"width": 1366, "height": 768})
        self.page.goto(url)
        self.page.wait_for_function(f"() => {{ try {{ return ({look})() }} catch {{}} }}")
        self.page.wait_for_timeout(1000)
        self.look, self.keys, self.stopwatch = look, keys, stopwatch
        self.slider = self.page.get_by_role("slider", name="Weight scale")
        self.slider.focus()
        self.presses = 0

    def repaint(self):
        """Press the next key on the slider; return milliseconds."""
        key = self.keys[self.presses % len(self.keys)]
        self.presses += 1
        self.page.evaluate(
            f"() => {{ window.measured = ({self.stopwatch})([{self.look!r}]); window.armed = 1; }}"
        )
        self.page.keyboard.press(key)
        taken = self.page.evaluate("() => window.measured")
        self.page.wait_for_timeout(60)
        return taken


def compare(benches, presses=PRESSES):
    """Time each bench in turn and return the lists of milliseconds; two presses warm up."""
    for bench in benches:
        bench.repaint()
        bench.repaint()
    rounds = [[bench.repaint() for bench in benches] for _ in range(presses)]
    return [list(column) for column in zip(*rounds, strict=True)]


def scrub(page):
    """Move the time cursor over the whole run; return frame gaps in ms and messages sent."""
    return page.evaluate(
        """async ([selector, frames]) => {
            let messages = 0;
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) {
                messages += 1;
                return send.call(this, data);
            };
            const slider = document.querySelector(`${selector} .rv-cursor`);
            const gaps = [];
            let last = null;
            for (let i = 0; i < frames; i += 1) {
                slider.value = Math.floor((i / frames) * slider.max);
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                const now = await new Promise(requestAnimationFrame);
                if (last !== null) gaps.push(now - last);
                last = now;
            }
            WebSocket.prototype.send = send;
            return [gaps, messages];
        }""",
        [VIEWER, FRAMES],
    )


def drag(page):
    """Drag the weight scale back and forth by mouse; return repaints a second."""
    thumb = page.get_by_role("slider", name="Weight scale").locator(
        "xpath=ancestor::div[@style][1]"
    )
    box = thumb.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(
        """([selector]) => {
            const root = document.querySelector(selector);
            window.shownExperiments = [];
            new MutationObserver(() => {
                const { experiment } = root.dataset;
                if (experiment && experiment !== window.shownExperiments.at(-1)?.[0])
                    window.shownExperiments.push([experiment, performance.now()]);
            }).observe(root, { attributes: true, attributeFilter: ["data-experiment"] });
        }""",
        [VIEWER],
    )
    page.mouse.move(x, y)
    page.mouse.down()
    start, moves = time.perf_counter(), 0
    while time.perf_counter() - start < DRAG_SECONDS:
        moves += 1
        page.mouse.move(x - 2 * (moves % 50), y)
    page.mouse.up()
    shown = page.evaluate("() => window.shownExperiments")
    seconds = (shown[-1][1] - shown[0][1]) / 1000
    return (len(shown) - 1) / seconds, moves / DRAG_SECONDS


def _median(times):
    return statistics.median(times)


def small(browser, ours, peer):
    """Slider to repaint at 100×64 against the minimal app, and to the whole page's answer."""
    benches = [Bench(browser, ours, _OURS), Bench(browser, ours, _NUMBERS)]
    painted, answered, theirs = compare([*benches, Bench(browser, peer, _CHART)])
    print(f"slider -> repaint, 100x64: minimal app {_median(theirs):.0f} ms")
    ratio = _median(painted) / _median(theirs)
    print(f"    the picture {_median(painted):.0f} ms, ratio {ratio:.2f} (wanted <= 0.75)")
    ratio = _median(answered) / _median(theirs)
    print(f"    the numbers above it, by the server: {_median(answered):.0f} ms, ratio {ratio:.2f}")
    pages = [(ours, _OURS), (peer, _CHART)]
    benches = [Bench(browser, url, look, stopwatch=_FIRST_FRAME) for url, look in pages]
    seen, theirs = map(_median, compare(benches))
    print(f"    first frame that shows it: {seen:.0f} ms, minimal app {theirs:.0f} ms")


def large(browser, served, floor):
    """The same at 10,000×512 against the floor, all but the simulation."""
    bench = Bench(browser, f"{served.url}/?{LARGE.to_query()}", _OURS, ["ArrowRight"])
    mine, lowest = compare([bench, Bench(browser, floor, _SENTENCE)], FRESH_PRESSES)
    said = [line.removeprefix(SAYS) for line in served.lines() if line.startswith(SAYS)]
    simulations = [float(text) for text in said[-FRESH_PRESSES:]]
    rest = [whole - part for whole, part in zip(mine, simulations, strict=True)]
    print(f"slider -> repaint, 10,000x512: {_median(mine):.0f} ms", end="")
    print(f", of which simulation {_median(simulations):.0f} ms, the rest {_median(rest):.0f} ms")
    print(f"    chartless floor {_median(lowest):.0f} ms", end="")
    print(f"; ratio of the rest {_median(rest) / _median(lowest):.2f} (wanted <= 3.5)")
    gaps, messages = scrub(bench.page)
    print(
        f"scrubbing 10,000x512, {FRAMES} frames: {1000 / _median(gaps):.0f} frames a second", end=""
    )
    print(f" (median), longest gap {max(gaps):.0f} ms, messages to the server: {messages}")


def main() -> int:
    """Print what the viewer must show."""
    with ExitStack() as stack:
        served = stack.enter_context(serving(HERE / "timed_app.py", folder=ROOT))
        peer = stack.enter_context(running(HERE / "minimal_app.py"))
        configured = ["--runner.postScriptGC=false", "--server.fileWatcherType=none"]
        floor = stack.enter_context(running(HERE / "floor_app.py", *configured))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        small(browser, served.url, peer)
        rate, moves = drag(Bench(browser, f"{served.url}/?{Experiment().to_query()}", _OURS).page)
        print(f"dragging, 100x64: {rate:.0f} repaints a second at {moves:.0f} moves a second")
        large(browser, served, floor)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How soon everything on the page belongs to the value under the hand, while a slider is held.

    python -m tests.benchmarks.held

A mouse holds the slider of the weight scale and goes to a value that it has not shown yet, again
and again. For each value the page itself notes when all pictures, and when all sentences and
numbers, are those of that value; ``tests/browser/test_follows.py`` holds them against the engine.
"""

import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.hands import idle
from tests.browser.server import CHROMIUM_FLAGS, chromium_path, running

ROOT = Path(__file__).parents[2]
PAGES = {"States": "", "Side by side": "page=compare&"}
MOVES = 40
BETWEEN = 400  # ms that the hand stays at a value
WANTED = 200  # ms

_WATCH = """() => {
  const slider = [...document.querySelectorAll('.stSlider input[type="range"]')][0];
  const shown = (one) => one.dataset.experiment;
  const all = (selector) => [...document.querySelectorAll(selector)].map(shown);
  window.heldValues = [];
  const scaleOf = (query) => Number(new URLSearchParams(query ?? "").get("weight_scale"));
  new MutationObserver(() => {
    const value = Number(slider.getAttribute("aria-valuetext"));
    if (window.heldValues.at(-1)?.value !== value)
      window.heldValues.push({ value, at: performance.now(), picture: null, said: null });
  }).observe(slider, { attributes: true });
  const look = () => {
    requestAnimationFrame(look);
    const last = window.heldValues.at(-1);
    if (!last || last.said !== null) return;
    const painted = all(".rv-viewer");
    if (!painted.every((one) => scaleOf(one) === last.value)) return;
    last.picture ??= performance.now() - last.at;
    if (String(all(".rv-said")) === String(painted)) last.said = performance.now() - last.at;
  };
  look();
}"""


def held(page):
    """Hold the slider and move it; return what was noted of each value."""
    slider = page.get_by_role("slider", name="Weight scale").first
    box = page.locator(".stSlider", has=slider).first.bounding_box()
    share = int(slider.input_value()) / int(slider.get_attribute("max"))
    width, y = box["width"] - 16, box["y"] + box["height"] - 12
    x = box["x"] + 8 + width * share
    page.evaluate(_WATCH)
    page.mouse.move(x, y)
    page.mouse.down()
    stop = width / int(slider.get_attribute("max"))
    for move in range(MOVES):
        # Two stops on, and back in between: each value is new.
        page.mouse.move(x + stop * (1.0 * move if move % 2 else -0.7 * move), y)
        page.wait_for_timeout(BETWEEN)
    noted = page.evaluate("() => window.heldValues")
    page.mouse.up()
    return noted[1:]


def told(name, times):
    """Say the median, the 90th percentile and the longest of some times in ms."""
    times = sorted(times)
    ninth = times[int(0.9 * (len(times) - 1))]
    middle = statistics.median(times)
    print(f"    {name}: {middle:.0f} ms median, {ninth:.0f} ms p90, {times[-1]:.0f} ms longest")


def main() -> int:
    """Print it for each page; 1 where more than a tenth of the values took too long."""
    late = 0
    with running(ROOT / "app.py") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        for name, query in PAGES.items():
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-US")
            page.add_init_script("try { localStorage.setItem('rnnviz.tour', '1') } catch {}")
            page.goto(f"{url}/?{query}weight_scale=0.03")
            page.wait_for_selector(".rv-viewer[data-experiment]", timeout=60_000)
            idle(page)
            page.wait_for_timeout(1000)
            noted = held(page)
            done = [one for one in noted if one["said"] is not None]
            print(f"{name}: {len(noted)} values, {len(noted) - len(done)} left before all was said")
            told("the picture", [one["picture"] for one in done])
            told("sentence and numbers", [one["said"] for one in done])
            slow = [one for one in noted if one["said"] is None or one["said"] > WANTED]
            late += len(slow) > len(noted) / 10
            page.close()
        browser.close()
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())

"""A text of 100,000 characters on the page Moments, scrolled in Chromium: how long frames take.

    python -m tests.benchmarks.scroll

Each frame the text is moved: by a few rows, as a wheel does, and by more than a screen, so that
every row in sight is another one. Beside it the same page with nothing moving, which is what the
machine gives; and how long it takes from letting go of the mouse to the first moments.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from rnnviz.i18n import words
from tests.browser.hands import idle
from tests.browser.server import CHROMIUM_FLAGS, chromium_path, running

ROOT = Path(__file__).parents[2]
SAY = words("en")
CHARACTERS = 100_000
FRAMES = 400
SELECTIONS = 7
SEEN = "try { localStorage.setItem('rnnviz.tour', '1') } catch {}"
SEQUENCE = '[data-testid="sequence"][data-painted]'
MOMENTS = '[data-testid="moments"]'

MOVED = """([frames, far]) => new Promise((done) => {
  const scroller = document.querySelector(".rm-scroller");
  const took = [], last = scroller.scrollHeight - scroller.clientHeight;
  let way = 1, before = performance.now();
  const next = (now) => {
    took.push(now - before);
    before = now;
    if (took.length > frames) return done(took.slice(1));
    if (scroller.scrollTop + way * far > last || scroller.scrollTop + way * far < 0) way = -way;
    scroller.scrollTop += way * far;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


def text() -> str:
    """Words and lines from a seed."""
    random = np.random.default_rng(0)
    pieces: list[str] = []
    while sum(map(len, pieces)) < CHARACTERS:
        letters = random.choice(list("etaoinshrdlucm"), random.integers(1, 9))
        pieces.append("".join(letters) + str(random.choice([" ", " ", " ", ". ", "\n"])))
    return "".join(pieces)[:CHARACTERS]


def opened(page: Page, url: str) -> None:
    """Open the text as a visitor does, and go to the page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_text(text(), encoding="utf-8")
        page.goto(f"{url}/?lang=en&units=64&weight_scale=0.1&kernel_initializer=glorot_uniform"
                  "&recurrent_initializer=orthogonal")  # fmt: skip
        page.wait_for_selector('[data-testid="state-viewer"][data-experiment]', timeout=60_000)
        page.get_by_role("button", name=SAY("open.title")).click()
        page.locator('input[type="file"]').set_input_files(file)
        show = page.get_by_role("button", name=SAY("open.show"))
        show.wait_for(timeout=60_000)
        show.click()
        page.wait_for_url("**inputs=**", timeout=60_000)
        idle(page)
    page.get_by_role("radio", name=SAY("pages.moments")).click()
    page.wait_for_selector(SEQUENCE, timeout=120_000)
    idle(page)


class Frames:
    """Scrolls the text, and tells how long frames took and how long the page worked for each."""

    def __init__(self, page: Page) -> None:
        self._page, self._session = page, page.context.new_cdp_session(page)
        # Seconds of the page's own thread, which do not grow with what else the machine does.
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def _worked(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    def told(self, name: str, pixels: int) -> None:
        """Print mean, 95th percentile and worst of frames that move so many pixels each."""
        before = self._worked()
        frames = self._page.evaluate(MOVED, [FRAMES, pixels])
        worked, ordered = 1000 * (self._worked() - before) / FRAMES, sorted(frames)
        print(
            f"{name:30} mean {statistics.mean(frames):5.1f} ms, "
            f"95 % within {ordered[int(0.95 * len(ordered))]:5.1f}, worst {ordered[-1]:5.1f}; "
            f"the page works {worked:.1f} ms a frame",
            flush=True,
        )


def first_moments(page: Page) -> list[float]:
    """Milliseconds from letting go of the mouse to the first moments, as the page counts them."""
    box = page.locator(".rm-scroller").bounding_box()
    assert box is not None
    took = []
    for number in range(SELECTIONS):
        before = page.locator(MOMENTS).get_attribute("data-range")
        y = box["y"] + 40 + 26 * number
        page.mouse.move(box["x"] + 120, y)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, y, steps=3)
        page.mouse.up()
        page.wait_for_function(
            "(before) => ![before, '', null].includes("
            "document.querySelector('[data-testid=moments]').dataset.range)",
            arg=before,
            timeout=60_000,
        )
        took.append(float(page.locator(MOMENTS).get_attribute("data-took") or "nan"))
    return took


def main() -> None:
    """Print every figure."""
    with running(ROOT / "app.py") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.add_init_script(SEEN)
        opened(page, url)
        frames = Frames(page)
        print(f"{CHARACTERS:,} characters")
        frames.told("nothing moves", 0)
        frames.told("a wheel: 100 pixels a frame", 100)
        frames.told("a thumb: 2,000 pixels a frame", 2000)
        took = first_moments(page)
        print(f"first moments after {', '.join(f'{one:.0f}' for one in took)} ms (at most 500)")
        browser.close()


if __name__ == "__main__":
    main()

"""Trainings in the page: how they share one server, and how many pictures a second are painted.

    python -m tests.benchmarks.training [--visitors 1 30] [--seconds 6] [--browser]

Sessions train in threads of one process, each asking for its slice as often as a page asks, while
a neighbour simulates the lecture's network over and over: that is what the server does besides.
What Streamlit adds is in ``tests.benchmarks.classroom``. With ``--browser`` a Chromium watches one
training of the flip-flop and scrubs over its checkpoints. Both machines are one: read the ratios.
"""

import argparse
import shutil
import statistics
import threading
import time
from pathlib import Path

from rnnviz import Experiment, simulate
from rnnviz.app.pages.training import LOOK
from rnnviz.app.runtime.training import TrainingSession
from rnnviz.spec.training import Training

ROOT = Path(__file__).parents[2]
CHECKPOINTS = 500
_SCRUB = """async () => {
    const view = document.querySelector('[data-testid=training-view]');
    const range = view.querySelector('input');
    const count = Number(range.max) + 1, begun = performance.now(), first = +view.dataset.painted;
    for (let at = 0; at < count; at += 1) {
        range.value = at;
        range.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
    }
    const seconds = (performance.now() - begun) / 1000;
    return [count, (+view.dataset.painted - first) / seconds];
}"""


def share(visitors: int, seconds: float) -> None:
    """Print steps a second of each training, and how long a neighbour waits for a simulation."""
    sessions = [TrainingSession(Training.of("flip_flop", steps=50_000)) for _ in range(visitors)]
    end = time.monotonic() + seconds

    def look(session: TrainingSession) -> None:
        session.playing = True
        while time.monotonic() < end:
            session.turn()
            time.sleep(LOOK)

    threads = [threading.Thread(target=look, args=(one,)) for one in sessions]
    for one in threads:
        one.start()
    waits = []
    while time.monotonic() < end:
        begun = time.perf_counter()
        simulate(Experiment(units=64, timesteps=100, seed=len(waits)))
        waits.append(time.perf_counter() - begun)
        time.sleep(0.05)
    for one in threads:
        one.join()
    rates = sorted(one.trainer.step / seconds for one in sessions) or [0.0]
    p95 = statistics.quantiles(waits, n=20)[-1]
    print(
        f"{visitors:3} trainings: {sum(rates):7.1f} steps/s in all, least {rates[0]:.1f}, most "
        f"{rates[-1]:.1f} each; a neighbour's simulation {1e3 * statistics.median(waits):.1f} ms "
        f"median, {1e3 * p95:.1f} ms p95"
    )


def watch(seconds: float) -> None:
    """Print pictures a second in Chromium, while it trains and while it is scrubbed."""
    from playwright.sync_api import sync_playwright

    from tests.browser.server import CHROMIUM_FLAGS, serving

    with serving(ROOT / "app.py") as served, sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-US")
        page.goto(f"{served.url}/?page=training&task=flip_flop&steps={CHECKPOINTS + 20}")
        view = page.wait_for_selector('[data-testid="training-view"][data-painted]')
        page.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_function(
            "() => +document.querySelector('[data-testid=training-view]').dataset.trained > 5"
        )
        first, begun = int(view.get_attribute("data-painted")), time.monotonic()
        time.sleep(seconds)
        painted = int(view.get_attribute("data-painted")) - first
        print(f"while it trains: {painted / (time.monotonic() - begun):.1f} pictures a second")
        page.wait_for_function(
            "(steps) => +document.querySelector('[data-testid=training-view]').dataset.step"
            " === steps",
            arg=CHECKPOINTS + 20,
            timeout=600_000,
        )
        page.wait_for_function(
            "(most) => +document.querySelector('[data-testid=training-view] input').max === most",
            arg=CHECKPOINTS - 1,
            timeout=60_000,
        )
        count, rate = page.evaluate(_SCRUB)
        print(f"scrubbing {count} checkpoints: {rate:.1f} pictures a second")
        browser.close()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[0, 1, 30])
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    for visitors in options.visitors:
        share(visitors, options.seconds)
    if options.browser:
        watch(options.seconds)


if __name__ == "__main__":
    main()

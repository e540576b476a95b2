"""The ten-second test as a script: a cold start, two actions, and what moves at each of them.

    python -m tests.browser.first_visit FOLDER

writes the screen before, while the slider is held, and after the click, and prints what was timed.
"""

import io
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from rnnviz.i18n import words
from tests.browser.hands import hold, idle
from tests.browser.pixels import VIEWER
from tests.browser.server import launched, running

SAY = words("en")


@dataclass(frozen=True)
class Act:
    """What was done, when (seconds after the address was entered), and the screen then."""

    name: str
    seconds: float
    screen: bytes

    def moved_since(self, before: "Act") -> float:
        """Return the share of the screen's pixels that are visibly others than before."""
        now, then = (
            np.asarray(Image.open(io.BytesIO(one.screen)).convert("RGB")).astype(int)
            for one in (self, before)
        )
        return float((np.abs(now - then).max(axis=-1) > 40).mean())


def first_visit(context, url):
    """Visit a page for the first time, tour and all; return what was done."""
    page = context.new_page()
    began = time.monotonic()

    def act(name):
        return Act(name, time.monotonic() - began, page.screenshot())

    page.goto(url)
    page.wait_for_selector(f"{VIEWER}[data-experiment]", timeout=60_000)
    page.get_by_role("slider", name=SAY("knob.weight_scale.label")).wait_for()
    acts = [act("the first screen")]
    # First action: the slider that stands in front, while the hand is on it.
    hold(page, SAY("knob.weight_scale.label"), -90)
    held = f"""() => {{
        const {{ experiment }} = document.querySelector('{VIEWER}').dataset;
        return experiment && Number(new URLSearchParams(experiment).get("weight_scale")) < 0.5
            && document.querySelector(".rn-network").dataset.identity === "preview";
    }}"""
    page.wait_for_function(held)
    acts.append(act("the slider is held"))
    page.mouse.up()
    # Second action: a click on a network that lives.
    page.get_by_role("link", name=SAY("starter.chaos")).click()
    page.wait_for_function(
        f"""() => {{
            const shown = document.querySelector('{VIEWER}')?.dataset.experiment;
            return shown?.includes("impulse")
                && document.querySelector(".rn-network").dataset.identity === shown;
        }}"""
    )
    idle(page)
    acts.append(act("a starter was clicked"))
    return acts


def main() -> int:
    """Make the visit, and write its screens."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with running(Path(__file__).parents[2] / "app.py") as url, launched() as browser:
        size = {"width": 1366, "height": 768}
        acts = first_visit(browser.new_context(viewport=size, locale="en-US"), url)
        for number, act in enumerate(acts):
            moved = act.moved_since(acts[number - 1]) if number else 0.0
            print(f"{act.seconds:5.1f} s  {act.name}: {moved:.0%} of the screen moved")
            (folder / f"{number}.png").write_bytes(act.screen)
    return 0


if __name__ == "__main__":
    sys.exit(main())

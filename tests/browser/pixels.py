"""What is really painted: pixels of a screenshot, not elements of the page."""

import io

import numpy as np
from PIL import Image

VIEWER = '[data-testid="state-viewer"]'


def picture(page, selector=f"{VIEWER} canvas"):
    """Return the RGB pixels of an element as it stands on the screen, (height, width, 3)."""
    shot = page.locator(selector).first.screenshot(animations="disabled")
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def heatmap(page):
    """Return the pixels of the middle of the heatmap, away from axes and cursor."""
    pixels = picture(page)
    place = page.locator(VIEWER).get_attribute("data-heat").split()
    left, top, width, height = (round(float(one)) for one in place)
    third = slice(left + width // 3, left + 2 * width // 3)
    return pixels[top + height // 8 : top + 7 * height // 8, third]


def shown_experiment(page):
    """Return the canonical query of what is painted; between two pictures, of the next one."""
    painted = page.wait_for_function(
        "selector => document.querySelector(selector)?.dataset.experiment", arg=VIEWER
    )
    return painted.json_value()


def wait_until_painted(page, experiment):
    """Wait until the viewer has painted an experiment."""
    page.wait_for_function(
        """([selector, query]) =>
            document.querySelector(selector)?.dataset.experiment === query""",
        arg=[VIEWER, experiment.to_query()],
        timeout=30_000,
    )


def settled(page, selector=f"{VIEWER} canvas"):
    """Return the pixels of an element once two looks in a row agree."""
    before = picture(page, selector)
    for _ in range(50):
        page.wait_for_timeout(100)
        now = picture(page, selector)
        if np.array_equal(now, before):
            return now
        before = now
    raise AssertionError("the picture does not come to rest")

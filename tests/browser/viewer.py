"""A visitor's hands on the viewer, and what the viewer shows for it."""

import base64
import io

import numpy as np
from PIL import Image

from rnnviz import Experiment
from tests.browser.pixels import VIEWER

STAGE = f"{VIEWER} .rv-stage"


class Viewer:
    """The viewer of an open page: places in cells, gestures, what is painted."""

    def __init__(self, page):
        self.page = page
        self.stage = page.locator(STAGE)
        self.slider = page.get_by_role("slider", name="Timestep", exact=True)

    @property
    def heat(self):
        """Return where the heatmap lies in the window, at rest: left, top, width, height."""
        place = self.page.evaluate(
            """async ([selector]) => {
                const place = () => {
                    const root = document.querySelector(selector);
                    const { x, y } = root.querySelector(".rv-stage").getBoundingClientRect();
                    const heat = root.dataset.heat.split(" ").map(Number);
                    return [x + heat[0], y + heat[1], heat[2], heat[3]];
                };
                const frame = () => new Promise(requestAnimationFrame);
                let now = place();
                for (let same = 0; same < 4; ) {
                    await frame();
                    const next = place();
                    same = String(next) === String(now) ? same + 1 : 0;
                    now = next;
                }
                return now;
            }""",
            [VIEWER],
        )
        return place

    def point(self, across, upward):
        """Return the point at shares (0…1) of the heatmap's width and height."""
        left, top, width, height = self.heat
        return left + across * width, top + (1 - upward) * height

    def cell(self, step, unit, shape):
        """Return the middle of a cell of an unzoomed heatmap of (timesteps, units)."""
        return self.point((step + 0.5) / shape[0], (unit + 0.5) / shape[1])

    def drag(self, start, end, steps=10):
        """Press at one point, move to another, let go."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=steps)
        self.page.mouse.up()

    @property
    def step(self):
        """Return the timestep the cursor stands at."""
        return int(self.slider.input_value())

    @property
    def tip(self):
        """Return the text under the pointer, one line a row; None when there is none."""
        tip = self.page.locator(f"{VIEWER} .rv-tip")
        return tip.inner_text() if tip.is_visible() else None

    @property
    def ranges(self):
        """Return what is visible as painted, in indices: (first, end) of time, then of units."""
        text = self.page.locator(VIEWER).get_attribute("data-window")
        step, end, unit, top = map(float, text.split())
        return [[step, end], [unit, top]]

    def wait_for_ranges(self, condition):
        """Wait until a JavaScript condition holds for what is visible, ``x`` and ``y``."""
        self.page.wait_for_function(
            """([selector]) => {
                const window_ = document.querySelector(selector).dataset.window;
                const [step, end, unit, top] = window_.split(" ").map(Number);
                const [x, y] = [[step, end], [unit, top]];
                return CONDITION;
            }""".replace("CONDITION", condition),
            arg=[VIEWER],
        )
        self.page.wait_for_timeout(100)

    def pixels(self):
        """Return the painted cells, (height, width, RGBA), straight from the canvas."""
        address = self.page.evaluate(
            """([selector]) => {
                const root = document.querySelector(selector);
                const canvas = root.querySelector(".rv-pixels");
                const ratio = canvas.width / canvas.clientWidth;
                const place = root.dataset.heat.split(" ").map((one) => Math.round(one * ratio));
                const [x, y, width, height] = place;
                const part = Object.assign(document.createElement("canvas"), { width, height });
                part.getContext("2d").drawImage(canvas, -x, -y);
                return part.toDataURL("image/png");
            }""",
            [VIEWER],
        )
        body = base64.b64decode(address.partition(",")[2])
        return np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))

    @property
    def experiment(self):
        """Return the experiment that is painted, None while nothing is."""
        query = self.page.locator(VIEWER).get_attribute("data-experiment")
        return None if query is None else Experiment.from_query(query)


def count_messages(page):
    """Count what the page sends to the server from now on; returns a function that tells."""
    page.evaluate(
        """() => {
            window.sentMessages ??= 0;
            if (window.sendIsCounted) return;
            window.sendIsCounted = true;
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) {
                window.sentMessages += 1;
                return send.call(this, data);
            };
        }"""
    )
    before = page.evaluate("() => window.sentMessages")
    return lambda: page.evaluate("() => window.sentMessages") - before

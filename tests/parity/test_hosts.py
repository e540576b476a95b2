"""One run in every host of the viewer: the same pixels of cells, the same numbers under the cursor.

Streamlit's page, JupyterLab 4, Notebook 7, marimo and the single file, each in Chromium, with the
same theme and size. Fonts and what stands around the picture are each host's own.
"""

import base64
import contextlib
import io
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rnnviz import Experiment, simulate
from rnnviz.export.viewer_page import viewer_page
from rnnviz.spec.perspective import Perspective
from tests.browser.pixels import VIEWER
from tests.browser.server import free_port, running
from tests.parity.conftest import needs
from tests.parity.jupyter import Laboratory, notebook_of

ROOT = Path(__file__).parents[2]
LIVELY = Experiment(
    timesteps=80,
    units=24,
    input_features=6,
    kernel_initializer="glorot_uniform",
    recurrent_initializer="orthogonal",
    recurrent_gain=1.3,
)
CODE = f"""import rnnviz
experiment = rnnviz.Experiment.from_query({LIVELY.to_query()!r})
rnnviz.show(rnnviz.simulate(experiment), theme="light")"""
MARIMO = f"""import marimo

app = marimo.App(width="full")


@app.cell
def _():
    {CODE.replace(chr(10), chr(10) + "    ")}
    return


@app.cell
def _():
    import rnnviz as linked_rnnviz
    run = linked_rnnviz.simulate(linked_rnnviz.Experiment(timesteps=20, units=5))
    linked_rnnviz.show(run).link(linked_rnnviz.figure(run, "spectrum"))
    return


if __name__ == "__main__":
    app.run()
"""
WIDTH = 820
CELLS = ((0, 0), (17, 5), (40, 23), (79, 11))
"""Timestep and unit of cells that are looked at."""
PAINTED = f"{VIEWER}[data-experiment]"
FIT = """async (root, width) => {
    root.style.width = `${width}px`;
    const stage = root.querySelector(".rv-stage");
    const canvas = root.querySelector(".rv-pixels");
    const frame = () => new Promise(requestAnimationFrame);
    for (let same = 0, before = ""; same < 5; ) {
        await frame();
        const fits = stage.clientWidth === width && canvas.width === width * devicePixelRatio;
        const now = `${root.dataset.heat} ${stage.getBoundingClientRect().y}`;
        same = fits && root.dataset.experiment && now === before ? same + 1 : 0;
        before = now;
    }
    const [x, y, w, h] = root.dataset.heat.split(" ").map(Number);
    const part = Object.assign(document.createElement("canvas"), { width: w, height: h });
    part.getContext("2d").drawImage(canvas, -x, -y);
    return part.toDataURL("image/png");
}"""


def look(viewer):
    """Return the pixels of the cells, where they lie, and what is said at some of them."""
    viewer.scroll_into_view_if_needed()
    address = viewer.evaluate(FIT, WIDTH)
    body = base64.b64decode(address.partition(",")[2])
    pixels = np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))
    place = viewer.get_attribute("data-heat")
    left, top, width, height = map(float, place.split())
    told = []
    for step, unit in CELLS:
        x = left + width * (step + 0.5) / LIVELY.timesteps
        y = top + height * (1 - (unit + 0.5) / LIVELY.units)
        stage = viewer.locator(".rv-stage")
        stage.click(position={"x": x, "y": y})
        viewer.get_by_text(f"t = {step}", exact=True).first.wait_for()
        stage.hover(position={"x": x, "y": y})
        slider = viewer.get_by_role("slider").first
        told.append((viewer.locator(".rv-tip").inner_text(), slider.input_value()))
    return place, pixels, told


@pytest.fixture
def page(chromium):
    """A light page, as large for every host."""
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, color_scheme="light")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def file(chromium, tmp_path_factory):
    """What the single file shows: what all others are held against."""
    path = tmp_path_factory.mktemp("file") / "run.html"
    path.write_bytes(viewer_page(simulate(LIVELY), Perspective(), "en", theme="light"))
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, offline=True)
    shown = context.new_page()
    shown.goto(path.as_uri())
    found = look(shown.locator(PAINTED))
    context.close()
    assert found[1][..., :3].std() > 10, "an empty picture"
    states = simulate(LIVELY).states
    for (step, unit), (tip, slider) in zip(CELLS, found[2], strict=True):
        number = repr(float(states[step, unit])).replace("-", "−")
        assert number in tip
        assert slider == str(step)
    return found


def same(viewer, file):
    """Hold a host's viewer against the file's."""
    viewer.wait_for(timeout=90_000)
    place, pixels, told = look(viewer)
    assert place == file[0], "the heatmap lies elsewhere"
    assert np.array_equal(pixels, file[1])
    assert told == file[2]


def test_streamlit(page, file):
    with running(ROOT / "app.py") as url:
        page.goto(f"{url}/?{LIVELY.to_query()}&lang=en")
        same(page.locator(PAINTED), file)


def test_jupyterlab(page, file, laboratory):
    laboratory.put("hosts", notebook_of(CODE))
    lab = Laboratory(page, laboratory, "hosts")
    lab.run_all()
    same(page.locator(PAINTED), file)


def test_notebook_7(page, file, laboratory):
    needs("notebook")
    laboratory.put("hosts", notebook_of(CODE))
    page.goto(f"{laboratory.url}/notebooks/hosts.ipynb")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).first.click()
    page.get_by_role("menuitem", name="Run All Cells").first.click()
    same(page.locator(PAINTED), file)


def test_marimo(page, file, tmp_path):
    needs("marimo")
    with marimo(tmp_path) as url:
        page.goto(url)
        viewers = page.locator(PAINTED)
        same(viewers.first, file)
        linked = viewers.nth(1)
        linked.wait_for(timeout=90_000)
        page.set_viewport_size({"width": 1366, "height": 2600})  # all of it in sight
        linked.evaluate(FIT, WIDTH)
        left, top, width, height = map(float, linked.get_attribute("data-heat").split())
        where = {"x": left + 0.625 * width, "y": top + height / 2}
        linked.locator(".rv-stage").click(position=where)
        page.get_by_text("Jacobian at t = 12").first.wait_for(timeout=60_000)


@contextlib.contextmanager
def marimo(folder):
    """Serve a notebook of marimo's as an app; yields its address."""
    path, port = folder / "notebook.py", free_port()
    path.write_text(MARIMO, encoding="utf-8")
    command = [sys.executable, "-m", "marimo", "run", str(path), "--headless", "--no-token"]
    command += [f"--port={port}", "--host=127.0.0.1"]
    own = {"PYTHONPATH": str(ROOT), "HOME": str(folder)}
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/health", timeout=5).close()
                break
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.25)
        yield url
    finally:
        server.terminate()
        server.wait(20)

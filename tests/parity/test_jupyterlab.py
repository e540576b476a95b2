"""JupyterLab in a real Chromium: live models in two lines, by hand, and without a kernel."""

import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.browser.pixels import VIEWER
from tests.browser.server import launched

ROOT = Path(__file__).parents[2]
CELLS = (
    "import os\nos.environ['KERAS_BACKEND'] = 'numpy'\nimport keras, numpy as np, rnnviz, torch\n"
    "x = np.random.default_rng(0).normal(size=(3, 60, 8)).astype('float32')",
    "model = keras.Sequential([keras.Input((None, 8)), keras.layers.LSTM(24)])\n"
    "w = rnnviz.show(model, x)\nw",
    "module = torch.nn.GRU(8, 20, num_layers=2, batch_first=True)\nv = rnnviz.show(module, x)\nv",
    "print('at', w.timestep, w.layer, v.timestep, v.layer)",
)
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


@pytest.fixture(scope="module")
def chromium():
    """A launched Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """The address of a JupyterLab whose folder has the notebook; it ends with the tests."""
    if importlib.util.find_spec("jupyterlab") is None:
        pytest.skip("needs jupyterlab: pip install rnnviz[parity]")
    folder = tmp_path_factory.mktemp("laboratory")
    (folder / "a.ipynb").write_text(json.dumps(_notebook()), encoding="utf-8")
    settings = folder / "settings"
    settings.mkdir()
    (settings / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"),
        f"--LabServerApp.app_settings_dir={settings}",
        "--LabApp.news_url=None",
    ]
    own = {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder / "own")}
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    try:
        yield _answering(f"http://127.0.0.1:{port}", server, folder / "log")
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # it waits for its kernels
            server.kill()
            server.wait()


def _notebook():
    def cell(number, source):
        part = {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "outputs": []}
        return part | {"execution_count": None, "source": source}

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [cell(*one) for one in enumerate(CELLS)]
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _answering(url, server, log):
    for _ in range(240):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api", timeout=5).close()
            return url
        assert server.poll() is None, log.read_text()
        time.sleep(0.25)
    raise AssertionError(log.read_text())


class Laboratory:
    """The notebook in JupyterLab."""

    def __init__(self, page, url):
        self.page = page
        page.goto(f"{url}/lab/tree/a.ipynb")
        page.get_by_text("| Idle").wait_for(timeout=60_000)

    def menu(self, name, item):
        """Choose an item of a menu."""
        self.page.get_by_role("menuitem", name=name, exact=True).first.click()
        self.page.get_by_role("menuitem", name=item).first.click()

    def cell(self, number):
        """One cell, scrolled into sight."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").nth(number)
        cell.scroll_into_view_if_needed()
        return cell

    def click(self, number, across):
        """Click into the heatmap of a cell's viewer."""
        viewer = self.cell(number).locator(VIEWER)
        self.page.wait_for_function("(one) => one.dataset.experiment", arg=viewer.element_handle())
        left, top, width, height = map(float, viewer.get_attribute("data-heat").split())
        where = {"x": left + across * width, "y": top + height / 2}
        viewer.locator(".rv-stage").click(position=where)
        return viewer

    def run(self, number):
        """Run one cell again, and return what it says then."""
        cell = self.cell(number)
        before = cell.locator(".jp-InputPrompt").inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([one, before]) => /\\d/.test(one.innerText) && one.innerText !== before",
            arg=[cell.locator(".jp-InputPrompt").element_handle(), before],
        )
        return cell.locator(".jp-OutputArea-output").inner_text()


def test_live_models_in_jupyterlab(chromium, laboratory):
    page = chromium.new_page(viewport={"width": 1366, "height": 900})
    errors, outside = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: _is_outside(request.url) and outside.append(request.url))
    lab = Laboratory(page, laboratory)
    lab.menu("Run", "Run All Cells")
    page.locator(VIEWER).nth(1).wait_for(timeout=90_000)
    lab.click(1, 0.505)
    lab.click(2, 0.255)
    lab.cell(2).get_by_role("combobox", name="Layer").select_option("0")
    page.wait_for_timeout(300)  # an answer has no sign of its own where nothing else changes
    assert lab.run(3).strip() == "at 30 0 15 0", "the kernel learns the cursor and the layer"
    lab.menu("Kernel", "Restart Kernel…")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    viewer = lab.click(1, 0.9)
    viewer.get_by_text("t = 54", exact=True).wait_for()
    assert errors == []
    assert outside == []
    page.close()


def _is_outside(url):
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))

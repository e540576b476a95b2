"""JupyterLab and Notebook 7 for tests: a server on a folder of notebooks, and hands in them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.pixels import VIEWER

ROOT = Path(__file__).parents[2]
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


@dataclass(frozen=True)
class Jupyter:
    """A server that runs: its address and its folder."""

    url: str
    folder: Path

    def put(self, name, notebook, *, trusted=False):
        """Put a notebook into the folder, as if it had been run here by its reader or not."""
        (self.folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        if trusted:
            from nbformat import from_dict
            from nbformat.sign import NotebookNotary

            NotebookNotary(data_dir=str(self.folder / "data")).sign(from_dict(notebook))


@contextlib.contextmanager
def jupyter(folder):
    """Serve a folder; yields a :class:`Jupyter`.

    Notebook 7 answers at ``/notebooks/NAME`` of the same server, where it is installed.
    """
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
    own["JUPYTER_DATA_DIR"] = str(folder / "data")
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    try:
        yield Jupyter(_answering(f"http://127.0.0.1:{port}", server, folder / "log"), folder)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # it waits for its kernels
            server.kill()
            server.wait()


def notebook_of(*sources):
    """Return a notebook of these cells, as nbformat has it."""

    def cell(number, source):
        part = {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "outputs": []}
        return part | {"execution_count": None, "source": source}

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [cell(*one) for one in enumerate(sources)]
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

    def __init__(self, page, jupyter, name):
        self.page = page
        # A workspace of its own: what another test left open would come back beside it.
        page.goto(f"{jupyter.url}/lab/workspaces/{name}/tree/{name}.ipynb?reset")
        page.get_by_text("| Idle").wait_for(timeout=60_000)

    def menu(self, name, item):
        """Choose an item of a menu."""
        self.page.get_by_role("menuitem", name=name, exact=True).first.click()
        self.page.get_by_role("menuitem", name=item).first.click()

    def run_all(self):
        """Run all cells; asked again where a click came before the notebook took it."""
        last = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").last
        prompt = last.locator(".jp-InputPrompt").element_handle()
        for _ in range(3):
            self.menu("Run", "Run All Cells")
            with contextlib.suppress(PlaywrightTimeoutError):
                taken = "(one) => /[*\\d]/.test(one.innerText)"
                self.page.wait_for_function(taken, arg=prompt, timeout=10_000)
                return
        raise AssertionError("JupyterLab does not run the cells")

    def cell(self, number):
        """One cell, scrolled into sight."""
        cell = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").nth(number)
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


def is_outside(url):
    """Whether a request leaves this machine."""
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))

"""Build wheel and sdist, install them where nothing else is, and use them in an empty folder.

    python .ci/installed.py

It needs the package ``build``, and Playwright with a Chromium to look at the page.
The wheel is built from the sdist, so that both are complete. Installed alone it computes, draws and
says what the page lacks; with its extras it serves the page, which paints, and writes every format.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser.server import CHROMIUM_FLAGS, chromium_path, free_port  # noqa: E402

PICTURES = ("png", "svg", "pdf", "html", "json")
DATA = ("csv", "parquet", "npz", "json")
KINDS = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF", "html": b"<!doctype html>"}
PAINTED = '[data-testid="state-viewer"][data-experiment]'


def main() -> None:
    """Do all of it; an assertion or an exit code says what failed."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        dist = folder / "dist"
        run(sys.executable, "-m", "build", "--outdir", dist, ROOT, cwd=folder)
        (wheel,), (_,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
        alone = environment(folder / "alone", wheel)
        use_alone(alone, empty(folder / "a"))
        whole = environment(folder / "whole", f"{wheel}[app,export]")
        write_everything(whole, empty(folder / "b"))
        serve_and_paint(whole, empty(folder / "c"))


def environment(place: Path, what: object) -> Path:
    """Return the commands of a new virtual environment with one thing installed."""
    run(sys.executable, "-m", "venv", place, cwd=place.parent)
    commands = place / "bin"
    run(commands / "pip", "install", "--quiet", what, cwd=place.parent)
    return commands


def empty(folder: Path) -> Path:
    """Make a folder."""
    folder.mkdir()
    return folder


def use_alone(commands: Path, folder: Path) -> None:
    """Use what needs no extra, and ask for the page, which does."""
    assert "Total params" in run(commands / "rnnviz", "summary", cwd=folder)
    run(commands / "rnnviz", "render", "states", "--out", "a.html", cwd=folder)
    run(commands / "python", "-m", "rnnviz", "data", "--out", "a.npz", cwd=folder)
    for asked in ([], ["render", "states", "--out", "a.pdf"]):
        refused = started(commands / "rnnviz", *asked, cwd=folder)
        assert refused.returncode == 1, refused
        assert "rnnviz[" in refused.stderr, refused.stderr
    print("installed alone, it computes and draws, and names the extras that the rest needs")


def write_everything(commands: Path, folder: Path) -> None:
    """Write every format of pictures and data."""
    for ending in PICTURES:
        run(commands / "rnnviz", "render", "states", "--out", f"picture.{ending}", cwd=folder)
        content = (folder / f"picture.{ending}").read_bytes()
        assert content.startswith(KINDS.get(ending, b"{")), ending
    for ending in DATA:
        run(commands / "rnnviz", "data", "--out", f"data.{ending}", cwd=folder)
    assert len(list(folder.iterdir())) == len(PICTURES) + len(DATA)
    print("installed with extras, it writes", *PICTURES, *DATA)


def serve_and_paint(commands: Path, folder: Path) -> None:
    """Serve the page, see it painted, and stop it as Ctrl+C or a service manager does."""
    port = free_port()
    server = subprocess.Popen([commands / "rnnviz", "serve", "--port", str(port)], cwd=folder)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/_stcore/health", server)
        with sync_playwright() as playwright:
            path = chromium_path()
            browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
            page = browser.new_page()
            page.goto(url)
            page.wait_for_selector(PAINTED, timeout=60_000)
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert not list(folder.iterdir()), "the server writes nothing"
    print("installed with extras, it answers and paints at", url)


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Wait until an address answers; the server must not end before."""
    for _ in range(600):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


def run(*command: object, cwd: Path) -> str:
    """Run a command that must succeed, and return what it printed."""
    answer = started(*command, cwd=cwd)
    assert answer.returncode == 0, f"{command}: {answer.stdout}{answer.stderr}"
    return answer.stdout


def started(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that sees nothing of this checkout."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()

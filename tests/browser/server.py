"""The real server and the flags of the real browser, for tests and benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# No GPU, no look-ups of the browser's own: everything must pass without internet.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Return where Chromium is, None without one.

    Debian's headless shell first: the same pages by the same engine, without a browser's window
    around them, which costs a third of the processor.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next((path for path in map(shutil.which, names) if path), None)


@contextmanager
def launched():
    """Yield a launched Chromium; without one the tests skip, and in CI that is a failure."""
    import pytest  # servers are started where no test runs, and without it

    path = chromium_path()
    if path is None:
        reason = "no chromium on this machine; on Debian: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Served:
    """A server that runs: its address, its process, and the file that it logs to."""

    url: str
    process: subprocess.Popen
    log: Path

    @property
    def pid(self) -> int:
        """The process, to look it up in /proc."""
        return self.process.pid

    def lines(self) -> list[str]:
        """Return what the server said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()


@contextmanager
def serving(
    script: Path,
    *options: str,
    port: int | None = None,
    address: str = "127.0.0.1",
    folder: Path | None = None,
    open_files: int | None = None,
    path: str = "",
    **environment: str,
):
    """Serve a Streamlit script; yields a :class:`Served`.

    ``address`` is where it is looked for; the options say where it listens. The configuration is
    the one in ``folder``, or the one beside the script. ``open_files`` is the most that the system
    lets the server open, ``path`` where below the address it is.
    """
    port, place = port or free_port(), folder or script.parent
    name = str(script.relative_to(place))
    command = [sys.executable, "-m", "streamlit", "run", name, f"--server.port={port}"]
    command += ["--server.headless=true", "--browser.gatherUsageStats=false", *options]
    with tempfile.TemporaryDirectory() as logs:
        log = Path(logs) / "server.log"
        with log.open("wb") as stream:
            server = subprocess.Popen(
                command,
                cwd=place,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=os.environ | environment,
                preexec_fn=open_files and (lambda: _limit_files(open_files)),
            )
        try:
            yield Served(
                _wait_until_it_answers(f"http://{address}:{port}", server, path), server, log
            )
        finally:
            server.terminate()
            server.wait(timeout=20)


@contextmanager
def running(script: Path, *options: str):
    """Serve a Streamlit script with its own configuration; yields its address."""
    with serving(script, *options) as served:
        yield served.url


def _limit_files(most: int) -> None:
    """Lower the limit of open files, the hard one too; in a process that is about to begin."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(url: str, server: subprocess.Popen, path: str = "") -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError("the server ended before it could be used")
        try:
            urllib.request.urlopen(f"{url}{path}/_stcore/health", timeout=2).close()
        except urllib.error.HTTPError:
            return url  # it refuses the name 127.0.0.1: up it is
        except OSError:
            time.sleep(0.05)
        else:
            return url
    raise RuntimeError("the server did not come up")


if __name__ == "__main__":
    with running(Path(sys.argv[1]).absolute()) as address:
        print("it answers at", address)

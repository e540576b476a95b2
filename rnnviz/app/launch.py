"""Start the server: what ``rnnviz`` and ``rnnviz serve`` do.

Streamlit is started by its own command in a process of its own: NumPy reads how many threads it may
use when it is loaded, and here it is loaded already.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

SCRIPT = Path(__file__).with_name("script") / "rnnviz_page.py"
"""What Streamlit runs; its settings are in ``.streamlit/config.toml`` beside it."""

OPEN_PAGE = "RNNVIZ_OPEN_PAGE"
"""Environment variable: once the server answers, show the page in the browser of this machine."""

INTERRUPTED = 130


def can_serve() -> bool:
    """Whether what ``rnnviz[app]`` asks for is installed."""
    return all(find_spec(name) for name in ("streamlit", "segno"))


def command(settings: Sequence[str]) -> list[str]:
    """Return the command line that serves the app with these settings of Streamlit."""
    return [sys.executable, "-m", "streamlit", "run", str(SCRIPT), *settings]


def environment(*, open_page: bool, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the server's environment: half of the processors for the arithmetic of one run.

    The other half is for everybody's pages. A number that was set before stays.
    """
    threads = str(max(1, (os.cpu_count() or 2) // 2))
    return {
        "OPENBLAS_NUM_THREADS": threads,
        **given,
        **({OPEN_PAGE: "1"} if open_page else {}),
    }


def serve(settings: Sequence[str], *, open_page: bool) -> int:
    """Serve until the server is stopped, and return its exit code.

    Where the system can, the server takes this process over: whoever stops it stops the server.
    """
    surroundings = environment(open_page=open_page)
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(sys.executable, command(settings), surroundings)
    try:
        return subprocess.run(command(settings), env=surroundings, check=False).returncode
    except KeyboardInterrupt:
        return INTERRUPTED

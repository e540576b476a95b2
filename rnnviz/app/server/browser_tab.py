"""The page in the browser of the machine that serves it, once the server answers."""

from __future__ import annotations

import os
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser

from rnnviz.app.server.streamlit_private import option

_SECONDS = 60
_LOOPBACK = "127.0.0.1"


def open_soon() -> None:
    """Open the page when the server answers, without holding up its start.

    Nothing is opened where a browser would have no screen: it would take over the terminal.
    """
    if has_screen():
        threading.Thread(target=_open, args=(page_url(),), daemon=True).start()


def has_screen() -> bool:
    """Whether a browser on this machine could show a window."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def page_url() -> str:
    """Return where the page is, seen from the machine that serves it."""
    address = option("server.address") or _LOOPBACK
    host = _LOOPBACK if address in ("0.0.0.0", "::") else address
    host = f"[{host}]" if ":" in host else host
    scheme = "https" if option("server.sslCertFile") else "http"
    base = (option("server.baseUrlPath") or "").strip("/")
    return f"{scheme}://{host}:{option('server.port')}/{base}"


def _open(url: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url.rstrip('/')}/_stcore/health", timeout=2).close()
        except urllib.error.HTTPError:
            break  # it answers, if only to refuse this name
        except OSError:
            time.sleep(0.1)
        else:
            break
    webbrowser.open(url)

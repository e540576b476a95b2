"""Pages printed by the server's own hidden browser: one at a time, and none waits for ever."""

from __future__ import annotations

import threading

from rnnviz.export.failures import ExportFailure
from rnnviz.export.printing import to_pdf

_WAITING_SECONDS = 60
_turn = threading.Lock()


def printed(html: str) -> bytes:
    """Return a page as PDF; ExportFailure where that cannot be done now."""
    if not _turn.acquire(timeout=_WAITING_SECONDS):
        raise ExportFailure("browser_busy")
    try:
        return to_pdf(html)
    finally:
        _turn.release()

"""The server's own hidden browser, shared by all: started at the first PDF, let go when idle."""

from __future__ import annotations

import threading

from rnnviz.export.browser import PictureBrowser
from rnnviz.export.failures import ExportFailure
from rnnviz.export.sheets import Sheet

_IDLE_SECONDS = 120
_WAITING_SECONDS = 60


class SharedBrowser:
    """One browser for many: opened when needed, one picture at a time, closed after a rest.

    Parameters
    ----------
    idle : float
        Seconds after the last picture until the browser is let go.
    waiting : float
        Seconds that a visitor waits for those before; then the answer is to come back later.
    """

    def __init__(self, idle: float = _IDLE_SECONDS, waiting: float = _WAITING_SECONDS) -> None:
        self._idle, self._waiting = idle, waiting
        self._turn = threading.Lock()
        self._studio: PictureBrowser | None = None
        self._timer: threading.Timer | None = None

    def picture(self, sheet: Sheet, format: str) -> bytes:
        """Return a sheet as a picture; ExportFailure if that cannot be done now."""
        if not self._turn.acquire(timeout=self._waiting):
            raise ExportFailure("browser_busy")
        try:
            return self._draw(sheet, format)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let the browser go."""
        with self._turn:
            self._let_go()

    def _draw(self, sheet: Sheet, format: str) -> bytes:
        if self._timer:
            self._timer.cancel()
        if self._studio is None:
            self._studio = PictureBrowser().__enter__()
        try:
            picture = self._studio.picture(sheet, format)
        except ExportFailure:
            self._let_go()  # the next one gets a fresh browser
            raise
        self._timer = threading.Timer(self._idle, self.close)
        self._timer.daemon = True
        self._timer.start()
        return picture

    def _let_go(self) -> None:
        browser, self._studio = self._studio, None
        if browser is not None:
            browser.__exit__()


BROWSER = SharedBrowser()

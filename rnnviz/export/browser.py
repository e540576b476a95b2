"""One hidden browser that draws figures as PNG, SVG and PDF, for as many figures as there are.

Kaleido drives it. Starting a browser takes seconds and a picture a fraction of one, so a
:class:`PictureBrowser` is opened once and asked many times, from any thread.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any

from rnnviz.export.drawing_page import DrawingPage
from rnnviz.export.failures import ExportFailure
from rnnviz.export.fonts import check_letters
from rnnviz.export.metadata import signed
from rnnviz.export.sheets import Sheet, to_json

PICTURES = ("png", "svg", "pdf")
"""What a browser is needed for."""

_START_SECONDS = 60
_PICTURE_SECONDS = 120


class PictureBrowser:
    """A browser out of sight; open it with ``with``.

    Parameters
    ----------
    tabs : int
        How many pictures it draws at a time.

    Raises
    ------
    ExportFailure
        On opening: if Kaleido or a browser is missing, or the browser does not start.
    """

    def __init__(self, tabs: int = 1) -> None:
        self._tabs = tabs

    def __enter__(self) -> PictureBrowser:
        browser = _browser(self._tabs)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._run(browser.open()).result(_START_SECONDS)
        except Exception as error:
            self._stop()
            raise ExportFailure("browser_failed", reason=_reason(error)) from error
        self._browser = browser
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._run(self._browser.close()).result(_START_SECONDS)
        finally:
            self._stop()

    def begin(self, sheet: Sheet, format: str) -> concurrent.futures.Future[bytes]:
        """Begin a picture and return at once; ask the future for its bytes.

        Raises ExportFailure if the letters of the sheet cannot be drawn on this machine.
        """
        check_letters(to_json(sheet.figure))
        return self._run(self._draw(sheet, format))

    def picture(self, sheet: Sheet, format: str) -> bytes:
        """Return a sheet as a picture, in one of :data:`PICTURES`; ExportFailure if it fails."""
        return developed(self.begin(sheet, format))

    async def _draw(self, sheet: Sheet, format: str) -> bytes:
        size = {"width": sheet.width, "height": sheet.height}
        options = {"format": format, "scale": sheet.zoom(format), **size}
        drawn = await self._browser.calc_fig(sheet.figure, opts=options)
        return signed(drawn, sheet, format)

    def _run(self, work: Coroutine[Any, Any, Any]) -> concurrent.futures.Future:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)
        self._loop.close()


def developed(picture: concurrent.futures.Future[bytes]) -> bytes:
    """Wait for a picture that was begun; ExportFailure if the browser could not draw it."""
    try:
        return picture.result(_PICTURE_SECONDS)
    except Exception as error:
        raise ExportFailure("browser_failed", reason=_reason(error)) from error


def missing() -> ExportFailure | None:
    """Return why this machine has no browser, None if it has one; starts nothing."""
    try:
        _browser(1)
    except ExportFailure as failure:
        return failure
    return None


def _browser(tabs: int) -> Any:
    """Return Kaleido's browser, not yet started."""
    try:
        import kaleido
        from kaleido.errors import ChromeNotFoundError
    except ImportError as error:
        raise ExportFailure("no_kaleido") from error
    try:
        return kaleido.Kaleido(n=tabs, page_generator=DrawingPage())
    except ChromeNotFoundError as error:
        raise ExportFailure("no_browser") from error


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]

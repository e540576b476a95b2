"""HTML → PDF, with the browser that draws the other PDFs."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from pathlib import Path
from typing import Any

from rnnviz.export.failures import ExportFailure

_SECONDS = 120
_OPTIONS = {"printBackground": True, "preferCSSPageSize": True, "generateTaggedPDF": True}


def to_pdf(html: str) -> bytes:
    """Return a page as it is printed; its paper is what its style asks for.

    Raises
    ------
    ExportFailure
        If there is no browser, or it cannot print.
    """
    try:
        import choreographer
        from choreographer.errors import ChromeNotFoundError
    except ImportError as error:
        raise ExportFailure("no_kaleido") from error
    try:
        return asyncio.run(asyncio.wait_for(_printed(choreographer, html), _SECONDS))
    except ChromeNotFoundError as error:
        raise ExportFailure("no_browser") from error
    except ExportFailure:
        raise
    except Exception as error:
        reason = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise ExportFailure("browser_failed", reason=reason) from error


async def _printed(choreographer: Any, html: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="rnnviz-") as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        async with choreographer.Browser() as browser:
            tab = await browser.create_tab("about:blank")
            await tab.send_command("Page.enable")
            loaded = tab.subscribe_once("Page.loadEventFired")
            await tab.send_command("Page.navigate", {"url": path.as_uri()})
            await loaded
            await tab.send_command(
                "Runtime.evaluate", {"expression": "document.fonts.ready", "awaitPromise": True}
            )
            answer = await tab.send_command("Page.printToPDF", _OPTIONS)
            return base64.b64decode(answer["result"]["data"])

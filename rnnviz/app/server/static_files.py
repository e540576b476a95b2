"""Streamlit's own scripts and styles, compressed once and kept.

Streamlit sends them as they are: three megabytes before a page shows anything, a minute on a poor
network. Their names carry their hashes, so a browser asks for each of them once.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rnnviz.app.server.streamlit_private import index_page

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-encoding": "gzip",
    "vary": "accept-encoding",
}


class StaticFiles:
    """Answers requests for known files in compressed form; passes everything else on.

    Parameters
    ----------
    app : ASGI application
        What answers the rest.
    base : str
        Path under which the app is served, with a leading slash; "" for the root.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app, self._base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or pass it on."""
        path = _known(scope, self._base)
        if path is None:
            await self._app(scope, receive, send)
            return
        body = await run_in_threadpool(compressed, path)
        answer = Response(body, media_type=_TYPES[path.suffix], headers=_HEADERS)
        await answer(scope, receive, send)


def _known(scope: Scope, base: str) -> Path | None:
    """Return the file that a request asks for, if it is one that is kept here."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    asked = Headers(scope=scope)
    if "gzip" not in asked.get("accept-encoding", "") or "range" in asked:
        return None
    return files().get(scope["path"].removeprefix(base))


@cache
def files() -> dict[str, Path]:
    """Return the files that are kept, by their paths on the server."""
    folder = index_page().parent
    found = (path for path in (folder / "static").rglob("*") if path.suffix in _TYPES)
    return {f"/{path.relative_to(folder).as_posix()}": path for path in found}


@cache
def compressed(path: Path) -> bytes:
    """Return a file in compressed form."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def prepare(page: str) -> None:
    """Compress what a page asks for first, so that a class that opens it together need not wait.

    Takes a second or so; for a thread of its own.
    """
    for name in re.findall(r'(?:src|href)="\.(/static/[^"]+)"', page):
        if name in files():
            compressed(files()[name])

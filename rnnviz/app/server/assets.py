"""What the server adds to Streamlit: the files of the browser side, each with its own content hash.

The files live at ``rnnviz/<version>/<name>``. The version is a hash of all of them, so browsers may
keep them for ever, and modules that import each other always come from one version.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rnnviz.app.server.streamlit_private import option
from rnnviz.app.sidebar.starters import grounds
from rnnviz.export.fonts import FOLDER as FACES_FOLDER
from rnnviz.export.standalone import plotly_file
from rnnviz.i18n import DEFAULT_PALETTE
from rnnviz.viewer.web import FOLDERS as WEB_FOLDERS

MOUNT = "rnnviz"
_APP = Path(__file__).parents[1]
_FOLDERS = (
    *WEB_FOLDERS,
    *(_APP / "components" / name for name in ("viewer", "network", "training", "moments", "shell")),
    _APP / "static",
    _APP / "static/fonts",
    FACES_FOLDER,
)
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
}
GROUNDS = "starters.css"
"""The pictures on the buttons of the networks to begin with, in the usual palette: computed."""
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Asset:
    """One file as it travels: plain and compressed once, not at every request."""

    plain: bytes
    compressed: bytes
    media_type: str


@cache
def asset_paths() -> dict[str, Path]:
    """Return the files that browsers may ask for, by name: our own and Plotly's."""
    own = sorted(path for folder in _FOLDERS for path in folder.iterdir() if path.suffix in _TYPES)
    return {path.name: path for path in own} | {"plotly.min.js": plotly_file()}


@cache
def version() -> str:
    """Return the hash of all files, 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, path in asset_paths().items():
        digest.update(name.encode())
        digest.update(path.read_bytes())
    digest.update(grounds(DEFAULT_PALETTE).encode())
    return digest.hexdigest()[:12]


_ASSETS: dict[str, Asset] = {}
"""Those that were asked for, by name."""


def asset(name: str) -> Asset:
    """Read and compress a file, once; KeyError when there is none of that name."""
    if name not in _ASSETS:
        if name == GROUNDS:
            plain = grounds(DEFAULT_PALETTE).encode()
        else:
            plain = asset_paths()[name].read_bytes()
        _ASSETS[name] = Asset(plain, gzip.compress(plain, 6, mtime=0), _TYPES[Path(name).suffix])
    return _ASSETS[name]


def asset_url(name: str) -> str:
    """Return the address of a file, relative to the page."""
    return f"{MOUNT}/{version()}/{name}"


def routes() -> list[Route]:
    """Return the routes to give to ``st.App``; they respect ``server.baseUrlPath``."""
    base = (option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}/{MOUNT}" if base else f"/{MOUNT}"
    return [Route(f"{prefix}/{{version}}/{{name}}", _serve, methods=["GET"])]


class Hints:
    """Tells browsers with the page itself which files it will need, so that none waits for another.

    Without it they learn of the viewer once Streamlit's connection is up, of its modules once the
    viewer is there, and of theirs after that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the header to an answer that is a page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_hints(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("link", _hints())
            await send(message)

        await self._app(scope, receive, send_with_hints)


@cache
def _hints() -> str:
    """Return the value of the ``Link`` header: the viewer with all it needs."""
    needed, found = ["streamlit_viewer.js", "fetcher.js"], []
    while needed:
        name = needed.pop()
        if name not in found:
            found.append(name)
            text = asset_paths()[name].read_text(encoding="utf-8")
            needed += re.findall(r'^import .*? from "\./(.+?)";', text, re.M | re.S)
    styles = ("page.css", "viewer.css", "streamlit.css")
    links = [f"<{asset_url(name)}>; rel=preload; as=style" for name in styles]
    return ", ".join(links + [f"<{asset_url(name)}>; rel=modulepreload" for name in sorted(found)])


async def _serve(request: Request) -> Response:
    """Answer with the file; an unknown name or an old version is not found, and not kept."""
    name = request.path_params["name"]
    known = name == GROUNDS or name in asset_paths()
    if request.path_params["version"] != version() or not known:
        return PlainTextResponse("not found", 404, headers={"cache-control": "no-store"})
    found: Asset = _ASSETS[name] if name in _ASSETS else await run_in_threadpool(asset, name)
    headers = _FOR_EVER | {"vary": "accept-encoding", "x-content-type-options": "nosniff"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.plain, media_type=found.media_type, headers=headers)
    headers |= {"content-encoding": "gzip"}
    return Response(found.compressed, media_type=found.media_type, headers=headers)

"""What the server adds to Streamlit: the files of the browser side, each with its own content hash.

The files live at ``rnnviz/<version>/<name>``. The version is a hash of all of them, so browsers may
keep them for ever, and modules that import each other always come from one version.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit import config

MOUNT = "rnnviz"
_ROOMS = tuple(Path(__file__).with_name(name) for name in ("viewer", "shell", "fonts"))
_PLOTLY = Path(plotly.__file__).with_name("package_data") / "plotly.min.js"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
}
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Asset:
    """One file as it travels: plain and compressed once, not at every request."""

    plain: bytes
    compressed: bytes
    media_type: str


def asset_paths() -> dict[str, Path]:
    """Return the files that browsers may ask for, by name: our own and Plotly's."""
    own = sorted(path for room in _ROOMS for path in room.iterdir() if path.suffix in _TYPES)
    return {path.name: path for path in own} | {"plotly.min.js": _PLOTLY}


@cache
def version() -> str:
    """Return the hash of all files, 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, path in asset_paths().items():
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def asset(name: str) -> Asset:
    """Read and compress a file; KeyError when there is none of that name."""
    path = asset_paths()[name]
    plain = path.read_bytes()
    return Asset(plain, gzip.compress(plain, 6, mtime=0), _TYPES[path.suffix])


def asset_url(name: str) -> str:
    """Return the address of a file, relative to the page."""
    return f"{MOUNT}/{version()}/{name}"


def routes() -> list[Route]:
    """Return the routes to give to ``st.App``; they respect ``server.baseUrlPath``."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}/{MOUNT}" if base else f"/{MOUNT}"
    return [Route(f"{prefix}/{{version}}/{{name}}", _serve, methods=["GET"])]


async def _serve(request: Request) -> Response:
    """Answer with the file; an unknown name or an old version is not found, and not kept."""
    name = request.path_params["name"]
    if request.path_params["version"] != version() or name not in asset_paths():
        return PlainTextResponse("not found", 404, headers={"cache-control": "no-store"})
    found = await run_in_threadpool(asset, name)
    headers = _FOR_EVER | {"vary": "accept-encoding", "x-content-type-options": "nosniff"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.plain, media_type=found.media_type, headers=headers)
    headers |= {"content-encoding": "gzip"}
    return Response(found.compressed, media_type=found.media_type, headers=headers)

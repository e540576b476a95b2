"""The files of the browser side: right bytes, kept for ever, nothing else served."""

import asyncio
import gzip
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from rnnviz.app.server import assets


def get(path, accepts="gzip", app=None):
    """Ask an ASGI app for a path; return status, headers and body."""
    app, sent = app or Starlette(routes=assets.routes()), []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"accept-encoding", accepts.encode())],
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize("name", sorted(assets.asset_paths()))
def test_every_file_is_served_and_kept(name):
    plain = assets.asset_paths()[name].read_bytes()
    status, headers, body = get(f"/{assets.asset_url(name)}")
    assert status == 200
    assert gzip.decompress(body) == plain
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith(("text/javascript", "text/css", "font/woff2"))
    status, headers, body = get(f"/{assets.asset_url(name)}", accepts="identity")
    assert (status, body) == (200, plain)
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/rnnviz/{version}/payload.py",
        "/rnnviz/{version}/..%2fserver.py",
        "/rnnviz/{version}/../server.py",
        "/rnnviz/000000000000/viewer.js",
        "/rnnviz/viewer.js",
    ],
)
def test_nothing_else_is_served_or_kept(path):
    status, headers, _ = get(path.format(version=assets.version()))
    assert status == 404
    assert "immutable" not in headers.get("cache-control", "")


def test_the_page_says_what_it_will_need_and_files_do_not():
    async def page(request):
        return HTMLResponse("page")

    routes = [Route("/", page), *assets.routes()]
    app = Starlette(routes=routes, middleware=[Middleware(assets.Hints)])
    _, headers, _ = get("/", app=app)
    hinted = re.findall(r"<(.+?)>; rel=(\w+)", headers["link"])
    assert (assets.asset_url("viewer.js"), "modulepreload") in hinted
    assert (assets.asset_url("raster.js"), "modulepreload") in hinted, "imported by an import"
    assert (assets.asset_url("viewer.css"), "preload") in hinted
    for url, _ in hinted:
        status, headers, _ = get(f"/{url}", app=app)
        assert status == 200
        assert "link" not in headers


def test_plotly_is_the_installed_one():
    import plotly

    assert Path(plotly.__file__).parent in assets.asset_paths()["plotly.min.js"].parents


def test_modules_import_only_files_that_are_served():
    names = set(assets.asset_paths())
    for path in assets.asset_paths().values():
        if path.suffix != ".js" or path.name == "plotly.min.js":
            continue
        imported = re.findall(r'^import .*? from "(.+?)";', path.read_text("utf-8"), re.M | re.S)
        assert {name.removeprefix("./") for name in imported} <= names, path.name

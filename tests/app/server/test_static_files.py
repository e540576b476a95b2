import asyncio
import gzip

import pytest

from rnnviz.app.server import static_files
from rnnviz.app.server.index_page import page
from rnnviz.app.server.static_files import StaticFiles, compressed, files


def ask(path, method="GET", base="", **asked):
    sent = []

    async def app(scope, receive, send):
        sent.append("passed on")

    async def send(message):
        sent.append(message)

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(StaticFiles(app, base)(scope, None, send))
    return sent


SCRIPT = max(files(), key=lambda path: path.startswith("/static/js/index."))


def test_scripts_travel_compressed_and_are_kept_by_the_browser():
    start, body = ask(SCRIPT, accept_encoding="gzip, br")
    headers = dict(start["headers"])
    assert gzip.decompress(body["body"]) == files()[SCRIPT].read_bytes()
    assert headers[b"content-encoding"] == b"gzip"
    assert b"immutable" in headers[b"cache-control"]
    assert headers[b"content-type"].startswith(b"text/javascript")


def test_they_are_compressed_once():
    ask(SCRIPT, accept_encoding="gzip")
    assert compressed(files()[SCRIPT]) is compressed(files()[SCRIPT])


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (SCRIPT, {}),
        (SCRIPT, {"accept_encoding": "br"}),
        (SCRIPT, {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        ("/static/js/none.js", {"accept_encoding": "gzip"}),
        ("/static/js/../../index.html", {"accept_encoding": "gzip"}),
        ("/", {"accept_encoding": "gzip"}),
    ],
)
def test_everything_else_is_passed_on(path, asked):
    assert ask(path, **asked) == ["passed on"]


def test_a_base_path_comes_before_the_names():
    assert ask(f"/rnn{SCRIPT}", base="/rnn", accept_encoding="gzip")[0] != "passed on"


def test_what_the_page_asks_for_first_is_prepared():
    compressed.cache_clear()
    static_files.prepare(page("en", packed=False).decode())
    assert compressed.cache_info().currsize > 30

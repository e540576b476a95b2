"""The page itself: what it says before its files come, and that nothing else in it runs."""

import asyncio
import base64
import gzip
import hashlib
import re

import pytest
import streamlit

from rnnviz.app.server.guard.headers import protective_headers
from rnnviz.app.server.guard.rules import Rules
from rnnviz.app.server.index_page import _SOON, IndexPage, boot_script, page, soon
from rnnviz.app.server.streamlit_private import index_page
from rnnviz.i18n import LANGUAGES, words


def answer(path="/", kind="text/html; charset=utf-8", status=200, query=b"", method="GET", **asked):
    """Ask for a path of a server that answers everything with one short body."""
    seen, sent = [], []

    async def app(scope, receive, send):
        seen.append(dict(scope["headers"]))
        headers = [(b"content-type", kind.encode()), (b"etag", b"x"), (b"content-length", b"4")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"th", "more_body": True})
        await send({"type": "http.response.body", "body": b"is"})

    async def send(message):
        sent.append(message)

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(IndexPage(app)(scope | {"query_string": query}, None, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return dict(sent[0]["headers"]), body, seen[0]


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        (b"", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (b"", "en-US,en;q=0.9", "en"),
        (b"", "", "en"),
        (b"units=3&lang=en", "ko-KR", "en"),
        (b"lang=ko", "en", "ko"),
        (b"lang=xx", "ko", "ko"),
    ],
)
def test_the_page_says_at_once_that_it_loads_in_the_visitors_language(query, accepted, language):
    headers, body, _ = answer(query=query, accept_language=accepted)
    text = body.decode()
    assert words(language)("first.loading") in text.partition('<div id="root">')[2]
    assert f'<html lang="{language}">' in text
    assert int(headers[b"content-length"]) == len(body)
    assert b"etag" not in headers


def test_it_travels_compressed_to_those_who_can_read_that():
    headers, body, _ = answer(accept_encoding="gzip, br")
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == page("en", packed=False)
    assert len(body) < 9000


def test_all_files_that_streamlits_page_loads_are_loaded_still():
    ours, theirs = page("ko", packed=False).decode(), index_page().read_text(encoding="utf-8")
    for name in re.findall(r'(?:src|href)="(\./static/[^"]+\.(?:js|css))"', theirs):
        assert ours.count(name) == theirs.count(name)
    said = re.sub(r"<(script|style)>.*?</\1>|<[^>]*>", "", ours, flags=re.DOTALL)
    assert "Streamlit" not in said


def test_scripts_that_are_needed_soon_are_there_and_asked_for_with_the_page():
    missing = set(_SOON) - set(soon()) - {"Button"}
    assert not missing, f"Streamlit {streamlit.__version__} has no script {missing}"
    text = page("en", packed=False).decode()
    assert all(f'modulepreload" crossorigin href=".{path}"' in text for path in soon().values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_names_every_script_in_the_page_and_no_other(language):
    policy = dict(protective_headers(Rules()))[b"content-security-policy"].decode()
    scripts = re.findall(r"<script>(.*?)</script>", page(language, False).decode(), re.DOTALL)
    assert boot_script() in scripts
    hashes = {base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes


@pytest.mark.parametrize(
    ("kind", "status"), [("text/javascript", 200), ("text/html", 404), ("text/plain", 403)]
)
def test_everything_else_passes_as_it_is(kind, status):
    headers, body, _ = answer(kind=kind, status=status, accept_encoding="gzip")
    assert body == b"this"
    assert headers[b"etag"] == b"x"


def test_a_page_that_a_browser_kept_is_asked_for_anew():
    assert b"if-none-match" not in answer(if_none_match='"x"')[2]
    assert answer("/static/a.js", if_none_match='"x"')[2] == {b"if-none-match": b'"x"'}


def test_the_head_alone_has_no_body():
    assert answer(method="HEAD")[1] == b""

"""The page that Streamlit sends to every browser, with what a visitor needs before its files come.

Streamlit's page is empty until three megabytes of scripts have run. Here it says at once what it
is, and in words if its files are refused; its scripts travel compressed (``static_files``).
"""

from __future__ import annotations

import gzip
import html
import json
import re
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rnnviz.app.server.assets import GROUNDS, asset_url
from rnnviz.app.server.static_files import files
from rnnviz.app.server.streamlit_private import index_page
from rnnviz.i18n import LANGUAGES, preferred_language, words

_BOOT = Path(__file__).parents[1] / "components/shell/boot.js"
_NAMES = ("refused", "away", "unreached")
_SOON = (
    *("BidiComponent", "Button", "ButtonGroup", "Checkbox", "CustomTheme", "Html", "Metric"),
    *("Slider", "WidgetLabel", "WidgetLabelHelpIcon", "WidgetLabelHelpIconInline"),
    *("_arrayReduce", "checkboxIndicatorStyles", "formatMoment", "formatNumber", "loadVegaEmbed"),
    *("moment", "numbro", "printWidthCap", "purify.es", "recordbatch", "serialization"),
    *("sprintfjs", "styled-components", "useBasicWidgetState", "useFormReset"),
    *("useFormValidation", "useSlot", "withCalculatedWidth"),
)
"""Scripts that Streamlit asks for one after the other once a page run has begun; asked for with the
page, they come while the others do."""
_STYLE = """
.rv-first { font: 17px/1.5 system-ui, sans-serif; max-width: 34rem;
  margin: 18vh auto 0; padding: 0 1.25rem; color: #1d2430;
  word-break: keep-all; overflow-wrap: break-word; }
.rv-first b { font-size: 1.6rem; }
.rv-first i { display: block; height: 3px; margin-top: 1rem; border-radius: 2px; background:
  linear-gradient(90deg, #176399 30%, #17639933 30%); background-size: 300% 100%;
  animation: rv-first 1.6s linear infinite; }
.rv-refused i { display: none; }
@keyframes rv-first { from { background-position: 150% 0; } to { background-position: 0 0; } }
.rv-away-line { position: fixed; z-index: 1000002; inset: auto 0 0; padding: 0.5rem 1rem;
  background: #12334d; color: #fff; font: 15px/1.4 "Source Sans", Pretendard, system-ui, sans-serif;
  text-align: center; word-break: keep-all; overflow-wrap: break-word; }
.rv-away [data-testid="stConnectionStatus"] { display: none; }
@media (prefers-color-scheme: dark) { html { background: #0e1117; } .rv-first { color: #fafafa; } }
@media (prefers-reduced-motion: reduce) { .rv-first i { animation: none; } }
"""


class IndexPage:
    """Replaces each page of Streamlit's by ours; passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an answer that is a page gets another body."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        language = _language(scope.get("query_string", b""), asked.get("accept-language", ""))
        packed = "gzip" in asked.get("accept-encoding", "")
        is_page = False

        async def send_ours(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = headers.get("content-type", "").startswith("text/html")
                is_page = is_page and message["status"] == 200
                if is_page:
                    _describe(headers, page(language, packed), packed)
            elif is_page:
                if message.get("more_body"):
                    return
                body = page(language, packed) if scope["method"] == "GET" else b""
                message = {"type": "http.response.body", "body": body}
            await send(message)

        # A page of before, kept by the browser, is no page of ours.
        kept = [b"if-none-match", b"if-modified-since", b"range"]
        headers = [pair for pair in scope["headers"] if pair[0].lower() not in kept]
        plain = scope if len(headers) == len(scope["headers"]) or not _may_be_page(scope) else None
        await self._app(plain or {**scope, "headers": headers}, receive, send_ours)


def _may_be_page(scope: Scope) -> bool:
    return "." not in scope["path"].rpartition("/")[2] or scope["path"].endswith(".html")


def _describe(headers: MutableHeaders, body: bytes, packed: bool) -> None:
    for name in ("etag", "last-modified", "accept-ranges"):
        if name in headers:
            del headers[name]
    headers["content-length"] = str(len(body))
    headers["vary"] = "accept-encoding, accept-language"
    if packed:
        headers["content-encoding"] = "gzip"


def _language(query: bytes, accepted: str) -> str:
    """Return the language that the link asks for, else the one that the browser prefers."""
    asked = re.search(rb"(?:^|&)lang=(\w+)", query)
    if asked and asked[1].decode() in LANGUAGES:
        return asked[1].decode()
    return preferred_language(accepted.split(",")[0].split(";")[0].strip() or None)


@cache
def page(language: str, packed: bool) -> bytes:
    """Return the page in a language, plain or compressed."""
    if packed:
        return gzip.compress(page(language, False), 9, mtime=0)
    say, text = words(language), index_page().read_text(encoding="utf-8")
    text = re.sub(r"\A\s*<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<noscript>.*?</noscript>", _without_scripts(), text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'<link rel="service-desc"[^>]*>\s*', "", text)
    text = text.replace("<title>Streamlit</title>", "<title>rnnviz</title>")
    text = text.replace('<html lang="en">', f'<html lang="{language}">')
    head = f"<script>{boot_script()}</script><style>{_STYLE}</style>"
    text = text.replace("<head>", f"<head>{head}", 1)
    # The font is drawn with once it is there; before the scripts it would only keep them waiting.
    text = re.sub(r'<link\s+rel="preload"[^>]*as="font"[^>]*>\s*', "", text)
    text = text.replace("</head>", f"{_preloads()}</head>", 1)
    loading = html.escape(say("first.loading"))
    first = f'<div class="rv-first"><b>rnnviz</b><p role="status">{loading}</p><i></i></div>'
    text = text.replace('<div id="root"></div>', f'<div id="root">{first}</div>')
    # Last of all: Streamlit writes its styles into the head, and where two rules weigh the same the
    # later one holds.
    styles = [
        f'<link rel="stylesheet" href="./{asset_url(name)}">' for name in ("page.css", GROUNDS)
    ]
    return text.replace("</body>", f"{''.join(styles)}</body>", 1).encode()


def _preloads() -> str:
    return "".join(
        f'<link rel="modulepreload" crossorigin href=".{path}">' for path in sorted(soon().values())
    )


def soon() -> dict[str, str]:
    """Return the paths of the scripts that are needed soon, by their names without hashes."""
    page_itself = index_page().read_text(encoding="utf-8")
    found = {}
    for path in files():
        name = re.fullmatch(r"/static/js/(.+)\.[\w-]{8}\.js", path)
        if name and name[1] in _SOON and path not in page_itself:
            found[name[1]] = path
    return found


def _without_scripts() -> str:
    said = "".join(
        f'<p lang="{language}">{html.escape(words(language)("first.no_scripts"))}</p>'
        for language in LANGUAGES
    )
    return f"<noscript>{said}</noscript>"


@cache
def boot_script() -> str:
    """Return the script that stands in the page; the same in every language, for its hash."""
    said = {
        language: {name: words(language)(f"first.{name}") for name in _NAMES}
        for language in LANGUAGES
    }
    text = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return f"{{const WORDS = {text};\n{_BOOT.read_text(encoding='utf-8')}}}"

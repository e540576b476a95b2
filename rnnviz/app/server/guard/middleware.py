"""The door itself: an ASGI layer around Streamlit that looks at every request first."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from rnnviz.app.server.guard import transfers
from rnnviz.app.server.guard.connection import Room, Visit
from rnnviz.app.server.guard.connections import Register
from rnnviz.app.server.guard.headers import protective_headers, with_protection
from rnnviz.app.server.guard.rules import Rules
from rnnviz.app.server.guard.run_slots import Turns
from rnnviz.i18n import LANGUAGES, words

_LOG = logging.getLogger(__name__)
_PROTOCOL = b"sec-websocket-protocol"


class Guard:
    """Refuses strangers, paces visitors, and adds protective headers to every answer.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    rules : Rules
        Whom to answer.
    register : Register
        Where visits are noted.
    """

    def __init__(self, app: ASGIApp, rules: Rules, register: Register) -> None:
        self._app, self._rules, self._register = app, rules, register
        self._protection = protective_headers(rules)
        self._room = Room(Turns(resting=lambda: register.resting()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._visit(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _stranger(self, scope: Scope) -> str | None:
        """Return why a request comes from elsewhere: the key of the sentence, or None."""
        host, origin = _header(scope, b"host"), _header(scope, b"origin")
        if not self._rules.knows_host(host):
            return "host"
        if origin is None:
            # Browsers always name the origin of a WebSocket.
            return "origin" if scope["type"] == "websocket" else None
        return None if self._rules.knows_origin(origin, host) else "origin"

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def protected(message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_protection(message.get("headers", ()), self._protection)
            await send(message)

        reason = self._stranger(scope)
        if reason:
            self._note(reason, scope)
            await _answer(protected, 403, reason)
        elif not self._rules.is_open(scope["path"], scope["method"]):
            await _answer(protected, 404, "closed")
        elif scope["method"] == "DELETE":
            await transfers.delete(self._app, scope, receive, protected, self._room.uploads)
        elif scope["method"] == "PUT":
            await self._put(scope, receive, protected)
        else:
            await self._app(scope, receive, protected)

    async def _put(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file if there is a place for it; one that does not say its length is refused."""
        size = transfers.honest_length(scope, self._rules.file_bytes)
        place = None if size is None else self._room.uploads.begin(scope["path"], size)
        try:
            if place is None:
                raise transfers.TransferRefused
            await transfers.put(self._app, scope, receive, send, self._room.uploads, place)
        except transfers.TransferRefused:
            self._note("upload")
            await _answer(send, 403, "upload")

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope["client"][0] if scope.get("client") else ""
        reason = self._stranger(scope)
        if reason is None and not await self._register.admit(address):
            reason = "full"
        if reason:
            self._note(reason, scope)
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        comes_back = _names_a_session(scope)
        async with Visit(self._rules, self._room, address, receive, send, comes_back) as visit:
            self._register.enter(visit)
            try:
                await self._app(_as_a_first_visit(scope), visit.receive, visit.send)
            finally:
                self._register.leave(visit)

    def _note(self, reason: str, scope: Scope | None = None) -> None:
        """Count a refusal; the log says what would allow it, at the first and each hundredth."""
        count = self._register.refused[reason] = self._register.refused[reason] + 1
        if count % 100 == 1:
            _LOG.warning("refused (%s), %d so far%s", reason, count, _advice(reason, scope))


def _advice(reason: str, scope: Scope | None) -> str:
    """Return what a refused request said of itself, and the setting that would allow it."""
    if scope is None or reason not in ("host", "origin"):
        return ""
    host, origin = ((_header(scope, name) or "")[:200] for name in (b"host", b"origin"))
    said = f": Host {host!r}, Origin {origin!r}. "
    if reason == "host":
        return f"{said}--server.allowedHosts {host.partition(':')[0] or 'NAME'} allows this name."
    return (
        f"{said}If the page is behind your proxy, let the proxy pass on Host as it stands in the "
        f"address bar; --server.corsAllowedOrigins {origin or 'ORIGIN'} allows this origin."
    )


def _header(scope: Scope, name: bytes) -> str | None:
    """Return a header of a request; a repeated one is no header of a browser and counts as ''."""
    found = [value for key, value in scope["headers"] if key.lower() == name]
    return "" if len(found) > 1 else found[0].decode("latin-1") if found else None


def _names_a_session(scope: Scope) -> bool:
    """Whether a browser comes back: its third "protocol" is the id of the session that it had."""
    return (_header(scope, _PROTOCOL) or "").count(",") > 1


def _as_a_first_visit(scope: Scope) -> Scope:
    """Return an admitted handshake as Streamlit is to see it.

    Without the session id: the id alone would hand over somebody's session; the link restores all
    that it held. And from our own origin, whichever was allowed: for any other, Streamlit asks the
    internet for its own address first, and without internet everybody waits for that.
    """
    own = b"http://" + (_header(scope, b"host") or "").encode("latin-1")
    changed = {b"origin": lambda _: own, _PROTOCOL: lambda value: b",".join(value.split(b",")[:2])}
    headers = [
        (key, changed[key.lower()](value) if key.lower() in changed else value)
        for key, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


async def _answer(send: Send, status: int, reason: str) -> None:
    """Answer in plain words, in every language: nobody asked yet which one is spoken."""
    body = "\n\n".join(words(language)(f"door.{reason}") for language in LANGUAGES).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""One file on its way in or out: the ASGI side of ``uploads``."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rnnviz.app.server.guard.uploads import Place, Uploads, seconds_for


class TransferRefused(Exception):  # noqa: N818 - a decision, not an error
    """More arrives than there is room for, or too slowly; passes through Streamlit unseen."""


async def put(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, uploads: Uploads, place: Place
) -> None:
    """Let Streamlit read a file, counting what arrives, and book what it answers.

    Raises
    ------
    TransferRefused
        If the file was cut short by us; nothing is answered yet then.
    """
    answer = _Status(send)
    deadline = asyncio.get_running_loop().time() + seconds_for(_length(scope))

    async def counted() -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError as slow:
            raise TransferRefused from slow
        if not uploads.arrived(place, len(message.get("body", b""))):
            raise TransferRefused
        return message

    taken = False
    try:
        await app(scope, counted, answer)
        taken = answer.succeeded
    finally:
        uploads.end(place, taken)


async def delete(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, uploads: Uploads
) -> None:
    """Let Streamlit give a file back, and free its place if it says that it did."""
    answer = _Status(send)
    await app(scope, receive, answer)
    if answer.succeeded:
        uploads.deleted(scope["path"])


class _Status:
    """A ``send`` that notes the status of the answer that passes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.succeeded = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.succeeded = 200 <= message["status"] < 300
        await self._send(message)


def honest_length(scope: Scope, most: int) -> int | None:
    """Return the length that a request says it has; None where it says none, or too much.

    A second length, or pieces without one, is how a request means different things to different
    readers; no browser sends that with a file.
    """
    named: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        named.setdefault(name.lower(), []).append(value)
    lengths: list[Any] = named.get(b"content-length", [])
    if len(lengths) != 1 or b"transfer-encoding" in named:
        return None
    plain = lengths[0].isdigit() and len(lengths[0]) <= 12
    # What a form adds around a file is far below this.
    return int(lengths[0]) if plain and int(lengths[0]) <= most + 64 * 2**10 else None


def _length(scope: Scope) -> int:
    return honest_length(scope, 2**40) or 0

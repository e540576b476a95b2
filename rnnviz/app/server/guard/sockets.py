"""The sockets below every request: how many, how long a request head may take, which frames.

Uvicorn hands over a request once its head is complete, and a message once it is whole. What never
becomes complete, and control frames, cost memory and time before the guard can look at them; so
each connection passes through a protocol that stands between its transport and Uvicorn's.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from rnnviz.app.server.guard.allowance import Allowance
from rnnviz.app.server.guard.frames import FrameReader
from rnnviz.app.server.guard.rules import Rules

HEAD_SECONDS = 10.0
"""Seconds within which a request head, and a message that has begun, must be complete."""
READ_SECONDS = 60.0
"""Seconds for which a client may leave an answer unread."""
LOOK = 1.0
"""Seconds between two looks for those that take longer."""
CONTROL_FRAMES = (20, 1.0)
"""Pings and pongs at once, and a second. Browsers send pongs alone, one for each of our pings."""
DATA_FRAMES = (2000, 200.0)
"""Frames of messages; a slider that is dragged sends some sixty a second."""
UNFINISHED = 64 * 2**20
"""Bytes of all messages whose end has not arrived."""
GATHERED = 64 * 2**10
"""Bytes of frames that are held back until the event loop's next turn; more go out at once."""
REASONS = {1002: "late", 1008: "frames", 1009: "long_message", 1013: "unfinished"}
"""What the close codes stand for on the health page."""
_END_OF_HEAD = b"\r\n\r\n"
_LINGER, _DROPPED = 1.0, 256 * 2**10
"""Seconds, and bytes, that are still read of a connection that was told to end."""


class Socket(asyncio.Protocol):
    """One connection, in front of Uvicorn's own protocol for it.

    Attributes
    ----------
    address : str
        Whom it belongs to; the proxy, if there is one.
    waits_since : float or None
        When the head or message began whose end has not arrived; None if there is none.
    stalled_since : float or None
        Since when the client does not read what is written; None if it does.
    frames : FrameReader or None
        None until the connection is a WebSocket.
    """

    def __init__(self, inner: asyncio.Protocol, sockets: Sockets) -> None:
        self._inner: Any = inner
        self._sockets = sockets
        self.address = ""
        self.frames: FrameReader | None = None
        self.waits_since: float | None = None
        self.stalled_since: float | None = None
        self._tail: bytes | None = b""
        self._control, self._data = Allowance(*CONTROL_FRAMES), Allowance(*DATA_FRAMES)
        self._closed, self._dropped = False, 0
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the register, and pass on what stands in for the transport."""
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = peer[0] if peer else ""
        self.waits_since = time.monotonic()
        if not self._sockets.admit(self):
            self._inner = None
            self.transport.abort()
            return
        self._inner.connection_made(_Transport(self))

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the register."""
        self._sockets.leave(self)
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass bytes on, unless they are too many or too small."""
        if self._closed:
            self._dropped += len(data)
            if self._dropped > _DROPPED:
                self.transport.abort()
            return
        if self._inner is None:
            return
        if self.frames is None:
            self._follow_head(data)
        else:
            code = self._follow_frames(self.frames, data)
            if code:
                self.close(code)
                return
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass the end of what the client sends on."""
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        """Pass on that the client reads slowly."""
        self.stalled_since = time.monotonic()
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it reads again."""
        self.stalled_since = None
        self._inner.resume_writing()

    def become(self, protocol: asyncio.Protocol) -> None:
        """Hand over to the protocol of WebSockets: from here on there are frames."""
        self._inner, self.frames = protocol, FrameReader()
        self.waits_since = None

    def answered(self) -> None:
        """Note that an answer is written: what the client sends next is another request."""
        self._tail = b""

    def close(self, code: int) -> None:
        """End a WebSocket with a close code, a request without a word."""
        if self._closed:
            return
        self._closed = True
        self._sockets.note(code)
        if self.frames is None:
            self.transport.abort()
            return
        self.transport.write(b"\x88\x02" + code.to_bytes(2, "big"))
        # A connection that is closed with something unread is reset, and the code with it lost: so
        # what still arrives is read for a moment, and dropped.
        self.transport.resume_reading()
        asyncio.get_running_loop().call_later(_LINGER, self.transport.abort)

    def _follow_head(self, data: bytes) -> None:
        """Note whether the end of a request head has arrived; a body is not looked at."""
        if self._tail is None:
            return
        if self.waits_since is None:
            self.waits_since = time.monotonic()
        seen = self._tail + data
        if _END_OF_HEAD in seen:
            self._tail, self.waits_since = None, None
        else:
            self._tail = seen[-3:]

    def _follow_frames(self, frames: FrameReader, data: bytes) -> int:
        """Count frames; return the close code if they are too many or too long, else 0."""
        now, before = time.monotonic(), frames.unfinished
        try:
            for frame in frames.read(data):
                if frame.message > self._sockets.longest:
                    return 1009
                if (self._control if frame.control else self._data).take(now):
                    return 1008
        finally:
            self._sockets.unfinished += frames.unfinished - before
        if not frames.unfinished:
            self.waits_since = None
        elif self.waits_since is None:
            self.waits_since = now
        return 1013 if self._sockets.unfinished > UNFINISHED else 0


class _Transport:
    """The transport as Uvicorn sees it: a change of protocol stays behind our own.

    The frames of a WebSocket that are written in one turn of the event loop go out together. A page
    run is some sixty messages; each call of the system lets another thread have Python, which then
    has to be waited for.
    """

    def __init__(self, socket: Socket) -> None:
        self._socket, self._transport = socket, socket.transport
        self._gathered: list[bytes] = []
        self._size = 0
        self.get_extra_info = self._transport.get_extra_info

    def set_protocol(self, protocol: asyncio.Protocol) -> None:
        self._socket.become(protocol)

    def write(self, data: bytes) -> None:
        if self._socket._closed:
            return
        self._socket.answered()
        if self._socket.frames is None:
            self._transport.write(data)
            return
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._gathered.append(data)
        self._size += len(data)
        if self._size > GATHERED:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        gathered, self._gathered, self._size = self._gathered, [], 0
        if gathered and not self._socket._closed:
            self._transport.write(b"".join(gathered))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Sockets:
    """All open connections; belongs to the event loop's thread.

    Parameters
    ----------
    most : int
        Most connections at a time.
    longest : int
        Most bytes of a message.
    """

    def __init__(self, most: int, longest: int) -> None:
        self._most, self.longest = most, longest
        self._open: dict[Socket, None] = {}
        self.unfinished = 0
        self.refused: Counter[str] = Counter()
        self.sweeping: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, socket: Socket) -> bool:
        """Whether one more connection may be opened.

        When there are as many as there may be, the address that holds the most gives up one that
        is no WebSocket, those first that have no request; so one machine cannot lock out the rest.
        """
        if len(self._open) >= self._most:
            (greedy, most), *_ = Counter(one.address for one in self._open).most_common(1)
            theirs = [one for one in self._open if one.address == greedy and one.frames is None]
            idle = [one for one in theirs if one.waits_since is not None]
            fewer = sum(one.address == socket.address for one in self._open) + 1 < most
            victim = next(iter(idle or (theirs if fewer else [])), None)
            self.refused["sockets"] += 1
            if victim is None:
                return False
            self._open.pop(victim)
            victim.transport.abort()
        self._open[socket] = None
        return True

    def leave(self, socket: Socket) -> None:
        """Note that a connection is closed."""
        self._open.pop(socket, None)
        if socket.frames is not None:
            self.unfinished -= socket.frames.unfinished
            socket.frames.unfinished = 0

    def note(self, code: int) -> None:
        """Count a connection that was closed from our side."""
        self.refused[REASONS[code]] += 1

    def sweep(self, now: float) -> None:
        """Close connections whose head or message stays incomplete, or whose answer is not read.

        A WebSocket that is not read is left to Uvicorn, whose pings get no answer then.
        """
        for socket in list(self._open):
            late = socket.waits_since is not None and now - socket.waits_since > HEAD_SECONDS
            stalled = None if socket.frames is not None else socket.stalled_since
            if late or (stalled is not None and now - stalled > READ_SECONDS):
                socket.close(1002)


def stand_before(loop: asyncio.AbstractEventLoop, rules: Rules) -> Sockets:
    """Put a :class:`Socket` before every protocol of the servers that a loop will open."""
    sockets = Sockets(rules.most_sockets, rules.message_bytes)
    open_server = loop.create_server

    async def create_server(factory: Callable[[], asyncio.Protocol], *args: Any, **more: Any):
        return await open_server(lambda: Socket(factory(), sockets), *args, **more)

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK)
            sockets.sweep(time.monotonic())

    # Uvicorn opens its own once the lifespan has begun. setattr, because a type checker allows no
    # method to be replaced.
    setattr(loop, "create_server", create_server)  # noqa: B010
    sockets.sweeping = loop.create_task(look(), name="rnnviz-sockets")
    return sockets

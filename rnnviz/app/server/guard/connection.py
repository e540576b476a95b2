"""One WebSocket from the handshake to the end: the asynchronous shell around a request_queue."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from rnnviz.app.runtime.state import kinds_of
from rnnviz.app.server.guard.allowance import Allowance
from rnnviz.app.server.guard.messages import BadMessage, read_message, read_signal
from rnnviz.app.server.guard.request_queue import RequestQueue
from rnnviz.app.server.guard.rules import Rules
from rnnviz.app.server.guard.run_slots import Turns
from rnnviz.app.server.guard.uploads import Uploads
from rnnviz.app.server.guard.values import keep_known
from rnnviz.app.server.streamlit_private import BackMsg, holds_file

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

FRAMES = (1000, 100.0)
"""Frames that are read at once, and per second in the long term; the rest waits in the network."""
MOST_DOWNLOADS = 100
"""A page offers a dozen files, and again in each run; older offers are stale."""


@dataclass(frozen=True)
class Room:
    """What all visits share."""

    turns: Turns = field(default_factory=Turns)
    uploads: Uploads = field(default_factory=lambda: Uploads(holds=holds_file))


class Visit:
    """Stands in for ``receive`` and ``send`` of one connection; use it as a context manager.

    A task reads what the visitor sends even while nothing may pass, so that newer requests can
    replace older ones and a visitor who leaves is noticed at once.
    """

    def __init__(
        self,
        rules: Rules,
        room: Room,
        address: str,
        receive: Receive,
        send: Send,
        comes_back: bool = False,
    ) -> None:
        self.address = address
        self.session_id: str | None = None
        self.odd_values = 0
        self._kinds = kinds_of(None)
        self._offered: deque[str] = deque(maxlen=MOST_DOWNLOADS)
        self._rules, self._room, self._receive, self._send = rules, room, receive, send
        self.request_queue = RequestQueue(rules.uploads, comes_back)
        self._frames = Allowance(*FRAMES)
        self._happened = asyncio.Event()
        self._control: list[Message] = []
        self._sending = self._closed = False
        self._reader: asyncio.Task | None = None

    async def __aenter__(self) -> Visit:
        self._reader = asyncio.create_task(self._read(), name="rnnviz-visit")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._room.turns.give_back(self)
        self._room.uploads.leave(self)
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def receive(self) -> Message:
        """Return the next event for Streamlit, as soon as it may pass."""
        while True:
            self._happened.clear()
            if self._control:
                return self._control.pop(0)
            message, wait = self.request_queue.take(time.monotonic(), self._sending, self._turn)
            if message is not None:
                if self._makes_sense(message):
                    return {"type": "websocket.receive", "bytes": message.SerializeToString()}
                continue
            alarm = wait and asyncio.get_running_loop().call_later(wait, self._happened.set)
            await self._happened.wait()
            if alarm:
                alarm.cancel()

    async def send(self, message: Message) -> None:
        """Pass an answer on; one that marks the end of a run opens the request_queue again."""
        if self._closed:
            raise OSError("the visit is over")  # what Starlette expects of a lost connection
        if self.request_queue.unseen and message["type"] == "websocket.send":
            self._note(message.get("bytes"))
            return
        self._sending = True
        try:
            await self._send(message)
        finally:
            self._sending = False
            if self.request_queue.is_waiting:
                self._happened.set()
        self._note(message.get("bytes"))

    async def close(self, code: int) -> None:
        """End the visit from our side."""
        self._closed = True
        self._control.append({"type": "websocket.disconnect", "code": code})
        self._happened.set()
        await self._send({"type": "websocket.close", "code": code})

    def counts(self) -> dict[str, int]:
        """Return how many messages did not pass as they were, by reason."""
        request_queue = self.request_queue
        return {
            "joined": request_queue.joined,
            "unwanted": request_queue.dropped,
            "odd": self.odd_values,
        }

    def _makes_sense(self, message: BackMsg) -> bool:
        """Drop values that no widget takes; whether what is left speaks of what the page has."""
        self.odd_values += keep_known(message.rerun_script, self._kinds)
        operation = message.backend_operation_request
        if operation.WhichOneof("payload") != "deferred_file":
            return True
        offered = operation.deferred_file.file_id in self._offered
        self.odd_values += not offered
        return offered

    def _turn(self) -> bool:
        return self._room.turns.take(self, self._happened.set, self.address)

    def _note(self, data: bytes | None) -> None:
        signal = read_signal(data)
        if signal is None:
            return
        kind = signal.WhichOneof("type")
        if kind == "script_finished":
            self.request_queue.answered()
            self._room.turns.give_back(self)
            self._happened.set()
        elif kind == "file_urls_response":
            places = signal.file_urls_response.file_urls
            addresses = [place.upload_url for place in places]
            self._room.uploads.hand_out(self, self.address, addresses)
        elif kind == "delta":
            file = signal.delta.new_element.download_button.deferred_file_id
            if file:
                self._offered.append(file)
        elif kind == "new_session":
            self.session_id = signal.new_session.initialize.session_id
            self._kinds = kinds_of(self.session_id)

    async def _read(self) -> None:
        """Read frames until the visitor leaves or sends what nobody honest sends."""
        while True:
            event = await self._receive()
            if event["type"] != "websocket.receive":
                self._control.append(event)
                self._happened.set()
                if event["type"] == "websocket.disconnect":
                    return
                continue
            try:
                self.request_queue.offer(
                    read_message(event.get("bytes"), self._rules.message_bytes)
                )
            except BadMessage as bad:
                await self.close(bad.code)
                return
            self._happened.set()
            pause = self._frames.take(time.monotonic())
            if pause:
                await asyncio.sleep(pause)

"""A visitor without a browser: speaks Streamlit's protocol over a real socket.

Knows what it needs to open a page, move its controls and see what came back. Everything it may do
wrong on purpose stands in :class:`Visitor` too, so that hostile tests use the same client.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

_SELECT_SLIDER = 2  # Slider.SELECT_SLIDER in the protocol


@dataclass
class Page:
    """What a page run brought.

    Attributes
    ----------
    widgets : dict
        Widget id -> (kind, its protocol message).
    exceptions, alerts, texts : list of str
        Exceptions that reached the page, what boxes said, and what stands on it.
    seconds : float
        From the request to the end of the run.
    digest : str
        Equal for pages that show the same.
    """

    widgets: dict[str, tuple[str, Any]] = field(default_factory=dict)
    exceptions: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    query: str = ""
    seconds: float = 0.0
    digest: str = ""

    def widget(self, label: str) -> tuple[str, str, Any]:
        """Return (id, kind, message) of the widget with a label."""
        for identity, (kind, message) in self.widgets.items():
            if getattr(message, "label", None) == label:
                return identity, kind, message
        raise LookupError(f"no {label!r} among {self.labels()}")

    def labels(self) -> list[str]:
        """Return the labels of all widgets."""
        return [getattr(message, "label", "") for _, message in self.widgets.values()]


class Visitor:
    """One open page. Use as an asynchronous context manager.

    Parameters
    ----------
    url : str
        Address of the server.
    origin, host : str, optional
        What the visitor claims to be; a browser on the page's own address by default.
    session : str
        Id of a session to come back to.
    local_address : str
        Address to come from; that of the server by default.
    path : str
        Path below which the server is, with a leading slash.
    """

    def __init__(
        self,
        url: str,
        *,
        origin: str | None = "",
        host: str = "",
        session: str = "",
        local_address: str = "",
        path: str = "",
    ):
        self._parts = urlsplit(url)
        self._origin = url if origin == "" else origin
        self._host, self._session, self._path = host, session, path
        self._local = {"local_addr": (local_address, 0)} if local_address else {}
        self.session_id = ""
        self.query = ""
        self.values: dict[str, tuple[str, Any]] = {}
        self._script = ""
        self._page = Page()

    async def __aenter__(self) -> Visitor:
        where = {"host": self._parts.hostname, "port": self._parts.port} if self._host else {}
        self.socket = await connect(
            f"ws://{self._host or self._parts.netloc}{self._path}/_stcore/stream",
            origin=self._origin,
            subprotocols=["streamlit", "token", *([self._session] if self._session else [])],
            max_size=None,
            max_queue=None,
            ping_interval=None,
            proxy=None,
            close_timeout=1,
            open_timeout=60,
            **where,
            **self._local,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    def vanish(self) -> None:
        """Cut the connection without a goodbye, as a dead wireless does."""
        self.socket.transport.abort()

    def request(self, **changes: Any) -> BackMsg:
        """Return a request for a run of the page, with the values that stand in it."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query, self._script
        rerun.widget_states.SetInParent()
        rerun.context_info.locale = "en-US"
        for identity, (kind, value) in {**self.values, **changes}.items():
            state = rerun.widget_states.widgets.add(id=identity)
            if kind.endswith("_array_value"):
                getattr(state, kind).data.extend(value)
            elif kind:  # none for a field that was emptied
                setattr(state, kind, value)
        return message

    async def send(self, message: BackMsg | bytes | str) -> None:
        """Send a message, or any frame at all."""
        raw = message if isinstance(message, (bytes, str)) else message.SerializeToString()
        await self.socket.send(raw)

    async def arrive(self, query: str = "", timeout: float = 60) -> Page:
        """Open the page at a link."""
        self.query = query
        return await self.run(self.request(), timeout)

    async def run(self, message: BackMsg | None = None, timeout: float = 60) -> Page:
        """Ask for a run of the page and wait for its end."""
        start = time.perf_counter()
        await self.send(message or self.request())
        async with asyncio.timeout(timeout):
            page = await self.finished()
        page.seconds = time.perf_counter() - start
        return page

    async def move(self, label: str, value: Any = None, index: int | None = None) -> Page:
        """Move a slider to an option (by text or index) or give a widget a value."""
        identity, kind, message = self._page.widget(label)
        if kind == "slider" and message.type == _SELECT_SLIDER:
            option = message.options[index] if index is not None else value
            self.values[identity] = ("string_array_value", [option])
        elif kind == "slider":
            self.values[identity] = ("double_array_value", [value])
        else:
            self.values[identity] = value
        return await self.run()

    async def finished(self) -> Page:
        """Read until the run that starts next has ended."""
        page, current, digest = Page(), None, hashlib.sha256()
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                page, digest = Page(), hashlib.sha256()
                current = message.metadata.run.script_run_id
                self._script = message.new_session.page_script_hash
                self.session_id = message.new_session.initialize.session_id
            elif kind == "delta":
                _note(page, message.delta, digest)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif (
                kind == "script_finished"
                and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
                and message.metadata.run.script_run_id == current
            ):
                page.query, page.digest, self._page = self.query, digest.hexdigest(), page
                return page


def _note(page: Page, delta, digest) -> None:
    element = delta.new_element
    kind = element.WhichOneof("type")
    if kind is None:
        if delta.add_block.id:
            page.widgets[delta.add_block.id] = "block", delta.add_block
        return
    content = getattr(element, kind)
    digest.update(kind.encode() + getattr(content, "id", "").encode())
    if kind == "exception":
        page.exceptions.append(f"{content.type}: {content.message} {content.stack_trace}")
    elif kind == "alert":
        page.alerts.append(content.body)
    elif kind in ("markdown", "metric"):
        page.texts.append(getattr(content, "body", ""))
        digest.update(content.SerializeToString())
    elif kind == "bidi_component":
        digest.update(content.bytes)
    if getattr(content, "id", ""):
        page.widgets[content.id] = kind, content

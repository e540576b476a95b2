"""Connections over a real loop, with a stand-in for Uvicorn's protocols behind them."""

import asyncio
import time
from contextlib import suppress

import pytest

from rnnviz.app.server.guard import sockets as module
from rnnviz.app.server.guard.rules import Rules
from rnnviz.app.server.guard.sockets import Socket, stand_before
from tests.live.attacks import frame

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Echo(asyncio.Protocol):
    """Answers each complete head with one word, and takes an upgrade for a WebSocket."""

    def connection_made(self, transport):
        self.transport, self.got = transport, b""

    def data_received(self, data):
        self.got += data
        if b"Upgrade" in data:
            self.transport.set_protocol(Frames(self.transport))
        elif data.endswith(b"\r\n\r\n"):
            self.transport.write(b"answer")


class Frames(asyncio.Protocol):
    """Stands in for the protocol of WebSockets: says how many bytes reached it."""

    def __init__(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(len(data).to_bytes(4, "big"))


def scene(play, **rules):
    """Run ``play(connect, sockets)`` against a server of echoes."""

    async def go():
        loop = asyncio.get_running_loop()
        sockets = stand_before(loop, Rules(**rules))
        server = await loop.create_server(Echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        writers = []

        async def connect(address="127.0.0.1"):
            streams = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
            writers.append(streams[1])
            return streams

        try:
            await asyncio.wait_for(play(connect, sockets), 20)
        finally:
            sockets.sweeping.cancel()
            for writer in writers:
                writer.transport.abort()
            server.close()
            await asyncio.sleep(0.05)

    asyncio.run(go())


async def ended(reader):
    """Whether the other side ends the connection within a moment."""
    try:
        return await asyncio.wait_for(reader.read(100), 3) == b""
    except ConnectionError:
        return True


def test_a_request_passes_and_another_after_it():
    async def play(connect, sockets):
        reader, writer = await connect()
        for _ in range(3):
            writer.write(HEAD)
            assert await reader.readexactly(6) == b"answer"
        assert len(sockets) == 1

    scene(play)


@pytest.mark.parametrize("before", [b"", HEAD])
def test_a_head_that_stays_incomplete_ends_the_connection(monkeypatch, before):
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(module, "LOOK", 0.05)

    async def play(connect, sockets):
        reader, writer = await connect()
        writer.write(before)
        if before:
            assert await reader.readexactly(6) == b"answer"
        writer.write(b"GET / HTTP/1.1\r\nHo")
        assert await ended(reader)

    scene(play)


def test_a_body_may_take_longer_than_a_head(monkeypatch):
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(module, "LOOK", 0.05)

    async def play(connect, sockets):
        reader, writer = await connect()
        writer.write(HEAD[:-4] + b"\r\nContent-Length: 10\r\n\r\nbod")
        await asyncio.sleep(0.6)
        writer.write(b"y\r\n\r\n")
        assert await reader.readexactly(6) == b"answer"

    scene(play)


def test_when_all_places_are_taken_the_greediest_address_gives_one_up():
    async def play(connect, sockets):
        many = [await connect("127.0.0.9") for _ in range(5)]
        await asyncio.sleep(0.05)
        assert len(sockets) == 5
        reader, writer = await connect()
        writer.write(HEAD)
        assert await reader.readexactly(6) == b"answer"
        assert await ended(many[0][0])
        assert len(sockets) == 5

    scene(play, most_sockets=5)


async def upgraded(connect):
    reader, writer = await connect()
    writer.write(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
    await asyncio.sleep(0.05)
    return reader, writer


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(0x9) * 40, 1008),
        (frame(0x2, last=False) + frame(0x0, last=False) * 3000, 1008),
        (frame(0x2, length=2 * 10**6), 1009),
        ((frame(0x2, bytes(600_000), last=False) + frame(0x0, bytes(600_000))), 1009),
    ],
)
def test_too_many_or_too_long_frames_end_the_connection(sent, code):
    async def play(connect, sockets):
        reader, writer = await upgraded(connect)
        writer.write(sent)
        with suppress(ConnectionResetError):  # what is on its way when the end comes is lost
            answer = await reader.read()
            assert answer.endswith(b"\x88\x02" + code.to_bytes(2, "big"))
        assert sockets.unfinished == 0
        assert sockets.refused == {module.REASONS[code]: 1}

    scene(play)


def test_honest_frames_pass():
    async def play(connect, sockets):
        reader, writer = await upgraded(connect)
        for payload in (b"", b"x" * 100, b"x" * 50_000):
            sent = frame(0x2, payload)
            writer.write(sent)
            got = 0
            while got < len(sent):
                got += int.from_bytes(await reader.readexactly(4), "big")
            assert got == len(sent)
        writer.write(frame(0xA, b"pong"))
        assert int.from_bytes(await reader.readexactly(4), "big")

    scene(play)


def test_unfinished_messages_are_bounded_together_and_in_time(monkeypatch):
    monkeypatch.setattr(module, "UNFINISHED", 1_500_000)
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(module, "LOOK", 0.05)

    async def play(connect, sockets):
        part = frame(0x2, bytes(900_000), length=950_000)
        first, second = await upgraded(connect), await upgraded(connect)
        first[1].write(part)
        await asyncio.sleep(0.1)
        assert sockets.unfinished == 900_000
        second[1].write(part)
        began = time.monotonic()
        assert (await second[0].read()).endswith(b"\x88\x02" + (1013).to_bytes(2, "big"))
        with suppress(ConnectionResetError):
            await first[0].read()
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.05)
        assert sockets.unfinished == 0

    scene(play)


def test_frames_of_one_turn_go_out_together_and_in_their_order(monkeypatch):
    monkeypatch.setattr(module, "GATHERED", 1000)

    class Written:
        def __init__(self):
            self.calls, self.closed = [], False

        def write(self, data):
            assert not self.closed
            self.calls.append(data)

        def close(self):
            self.closed = True

        def get_extra_info(self, name):
            return None

    async def go():
        sockets = module.Sockets(10, 10**6)
        socket, written = Socket(Echo(), sockets), Written()
        socket.connection_made(written)
        transport = socket._inner.transport
        transport.write(b"head")
        assert written.calls == [b"head"]  # an answer to a request waits for nothing
        transport.set_protocol(Frames(transport))
        transport.write(b"a")
        transport.write(b"b")
        assert written.calls == [b"head"]
        await asyncio.sleep(0)
        assert written.calls == [b"head", b"ab"]
        for _ in range(30):
            transport.write(bytes(100))
        assert sum(map(len, written.calls)) >= 2000  # not everything waits
        transport.write(b"last")
        transport.close()
        assert b"".join(written.calls) == b"headab" + bytes(3000) + b"last"
        assert written.closed

    asyncio.run(go())

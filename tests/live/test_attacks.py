"""A hostile machine beside an honest visitor: what the server spends on it, and what it refuses.

How much slower the neighbour gets is for ``tests/benchmarks/attacks.py``: it needs a quiet machine.
"""

import asyncio
import contextlib

import pytest

from tests.browser.server import serving
from tests.live import attacks
from tests.live.conftest import ROOT
from tests.live.figures import handles, health, memory
from tests.live.visitor import Visitor

pytest.importorskip("resource")
PATIENCE = 10
"""Seconds that a neighbour may wait; the attacker is on this very machine."""


@pytest.fixture
def small_server():
    """A server that may open 1,024 files, as many systems say it."""
    with serving(ROOT / "app.py", open_files=1024) as served:
        yield served


async def beside(served, name, seconds):
    """Look at pages beside an attack; returns the most memory that the server took, in MiB."""
    most = 0.0
    async with Visitor(served.url) as anna:
        page = await anna.arrive("units=8")
        with attacks.attacker(name, served.url):
            end = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < end:
                again = await anna.run()
                assert again.digest == page.digest
                assert again.seconds < PATIENCE
                most = max(most, memory(served.pid))
                await asyncio.sleep(0.1)
    return most


@pytest.mark.parametrize("name", ["pings", "empty_pieces"])
def test_a_flood_of_small_frames_costs_its_sender_the_connection(server, name):
    before = health(server.url).get("kept_out_frames", 0)
    asyncio.run(beside(server, name, 4))
    assert health(server.url)["kept_out_frames"] > before


def test_unfinished_messages_take_no_memory(server):
    quiet = memory(server.pid)
    most = asyncio.run(beside(server, "unfinished_messages", 6))
    assert most < quiet + 120, "30 times 14 MB were sent"


def test_connections_without_a_request_lock_out_no_one_and_fill_no_log(small_server):
    asyncio.run(beside(small_server, "half_sent_heads", 16))
    assert handles(small_server.pid) < 1024
    assert small_server.log.stat().st_size < 100_000
    figures = health(small_server.url)
    assert figures.get("kept_out_late", 0) + figures.get("kept_out_sockets", 0) > 0


def test_the_promise_fits_what_the_system_gives(small_server):
    """Each visitor has an event loop of Streamlit's: with 1,024 files there is room for 154."""

    async def scene():
        async with contextlib.AsyncExitStack() as stack:
            visitors = [Visitor(small_server.url) for _ in range(154)]
            for visitor in visitors:
                await stack.enter_async_context(visitor)
                await visitor.arrive()
            assert handles(small_server.pid) < 1000
            with pytest.raises(Exception, match="403"):
                await Visitor(small_server.url).__aenter__()
            await visitors[0].run()

    asyncio.run(scene())
    assert [line for line in small_server.lines() if "room for 154 visitors, not 300" in line]
    assert not [line for line in small_server.lines() if "Traceback" in line]


def test_files_are_bounded_by_what_lies_here_and_not_by_what_was_asked(server):
    async def scene():
        quiet = memory(server.pid)
        await attacks.files_that_are_not_freed(server.url, rounds=8)
        assert memory(server.pid) < quiet + 160, "240 MiB were sent"

    asyncio.run(scene())


def test_files_that_are_refused_lock_out_no_one(server):
    async def scene():
        size = 30 * 2**20
        async with Visitor(server.url, local_address=attacks.ADDRESS) as mallory:
            await mallory.arrive()
            for _ in range(9):
                _, status = await attacks.put_file(mallory, server.url, size, token=False)
                assert status in (0, 403)  # it may hang up on what it does not read
        async with Visitor(server.url) as anna:
            await anna.arrive()
            path, status = await attacks.put_file(anna, server.url, size)
            assert status == 204
            assert await attacks.ask(server.url, "DELETE", path) == 403
            tokens = await attacks.tokens(server.url)
            assert await attacks.ask(server.url, "DELETE", path, b"", *tokens) == 204

    asyncio.run(scene())

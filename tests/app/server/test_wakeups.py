import asyncio
import threading
from contextvars import ContextVar, copy_context

import pytest

from rnnviz.app.server.wakeups import GATHER, gather_wakeups


def in_loop(scene):
    async def prepared():
        loop = asyncio.get_running_loop()
        wakeups = []
        plain = loop._write_to_self
        loop._write_to_self = lambda: (wakeups.append(1), plain())
        gather_wakeups(loop)
        return await scene(loop, wakeups)

    return asyncio.run(prepared())


def from_another_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def test_many_calls_wake_once_and_run_in_their_order():
    async def scene(loop, wakeups):
        got = []
        from_another_thread(
            lambda: [loop.call_soon_threadsafe(got.append, number) for number in range(40)]
        )
        assert len(wakeups) == 1
        await asyncio.sleep(5 * GATHER)
        assert got == list(range(40))
        from_another_thread(lambda: loop.call_soon_threadsafe(got.append, "again"))
        await asyncio.sleep(5 * GATHER)
        assert got[-1] == "again"

    in_loop(scene)


def test_calls_from_many_threads_all_arrive():
    async def scene(loop, wakeups):
        got = []

        def say(who):
            for number in range(200):
                loop.call_soon_threadsafe(got.append, (who, number))

        threads = [threading.Thread(target=say, args=(who,)) for who in range(8)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) or len(got) < 1600:
            await asyncio.sleep(0.001)
        for who in range(8):
            assert [number for name, number in got if name == who] == list(range(200))

    in_loop(scene)


def test_a_call_that_fails_is_reported_and_the_next_one_runs():
    async def scene(loop, wakeups):
        got, reported = [], []
        loop.set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        def fail():
            raise ValueError("no")

        from_another_thread(
            lambda: (loop.call_soon_threadsafe(fail), loop.call_soon_threadsafe(got.append, 1))
        )
        await asyncio.sleep(5 * GATHER)
        assert got == [1]
        assert [str(error) for error in reported] == ["no"]

    in_loop(scene)


def test_a_call_may_be_taken_back_and_keeps_its_context():
    async def scene(loop, wakeups):
        got = []
        variable = ContextVar("variable", default="none")
        context = copy_context()
        context.run(variable.set, "mine")
        loop.call_soon_threadsafe(got.append, "taken back").cancel()
        loop.call_soon_threadsafe(lambda: got.append(variable.get()), context=context)
        await asyncio.sleep(5 * GATHER)
        assert got == ["mine"]

    in_loop(scene)


def test_a_closed_loop_says_so():
    loop = asyncio.new_event_loop()
    gather_wakeups(loop)
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon_threadsafe(print)

import asyncio

from rnnviz.app.server.guard.run_slots import Turns


def run(scene):
    asyncio.run(scene())


def test_turns_are_handed_out_in_order():
    async def scene():
        turns, called = Turns(at_once=2, longest=60), []
        assert turns.take("a", None)
        assert turns.take("b", None)
        for name in "cd":
            assert not turns.take(name, lambda name=name: called.append(name))
        turns.give_back("a")
        assert called == ["c"]
        assert turns.take("c", None)
        assert not turns.take("e", lambda: called.append("e"))
        turns.give_back("b")
        turns.give_back("c")
        assert called == ["c", "d", "e"]

    run(scene)


def test_addresses_take_turns_however_many_pages_one_has():
    async def scene():
        turns, called = Turns(at_once=1, longest=60), []

        def come(name, address):
            return turns.take(name, lambda: called.append(name), address)

        assert come("a1", "greedy")
        for number in range(2, 60):
            assert not come(f"a{number}", "greedy")
        assert not come("b1", "modest")
        assert not come("c1", "another")
        turns.give_back("a1")
        for _ in range(3):
            turns.give_back(called[-1])
        assert called == ["b1", "c1", "a2", "a3"]

    run(scene)


def test_asking_twice_keeps_one_place_and_one_turn():
    async def scene():
        turns, called = Turns(at_once=1, longest=60), []
        assert turns.take("a", None)
        assert turns.take("a", None)
        for _ in range(3):
            assert not turns.take("b", lambda: called.append("b"))
        turns.give_back("a")
        turns.give_back("a")
        assert called == ["b"]

    run(scene)


def test_a_turn_that_is_never_given_back_ends_by_itself():
    async def scene():
        turns, called = Turns(at_once=1, longest=0.02), []
        turns.take("slow", None)
        turns.take("next", lambda: called.append("next"))
        await asyncio.sleep(0.1)
        assert called == ["next"]
        await asyncio.sleep(0.1)
        assert turns.take("third", None)

    run(scene)


def test_only_so_many_runs_that_take_long_compute_at_a_time():
    async def scene():
        resting = [0]
        turns, called = Turns(at_once=1, longest=0.02, resting=lambda: resting[0]), []
        for name in "abcd":
            turns.take(name, lambda name=name: called.append(name))
        await asyncio.sleep(0.3)
        assert called == ["b", "c"], "two beyond their time, and one at work"
        resting[0] = 1  # one of them waits for what is computed apart
        await asyncio.sleep(0.1)
        assert called == ["b", "c", "d"]
        turns.give_back("a")
        turns.give_back("b")
        turns.take("e", lambda: called.append("e"))
        await asyncio.sleep(0.1)
        assert called[-1] == "e"

    run(scene)


def test_who_leaves_gives_up_his_place():
    async def scene():
        turns, called = Turns(at_once=1, longest=60), []
        turns.take("a", None)
        turns.take("b", lambda: called.append("b"))
        turns.take("c", lambda: called.append("c"))
        turns.give_back("b")
        turns.give_back("a")
        assert called == ["c"]

    run(scene)

"""What goes wrong in a classroom without anybody meaning it; the outcomes stand in README.md here.

The faults that need a browser are in ``tests/browser/test_faults.py``.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnviz import Experiment
from tests.browser.server import free_port, serving
from tests.live.figures import children, handles, health, memory, threads
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
LONG = "timesteps=100000&units=128&kernel_initializer=orthogonal&recurrent_initializer=orthogonal"


def settle(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not settle"
        time.sleep(0.1)


def test_a_killed_and_restarted_server_shows_the_same_from_the_link():
    async def look(url, link):
        async with Visitor(url) as anna:
            return await anna.arrive(link)

    port, link = free_port(), Experiment(units=12, weight_scale=0.05).to_query()
    with serving(ROOT / "app.py", port=port) as served:
        before = asyncio.run(look(served.url, link))
        os.kill(served.pid, signal.SIGKILL)
        served.process.wait()
    with serving(ROOT / "app.py", port=port) as served:
        after = asyncio.run(look(served.url, before.query))
    assert (after.digest, after.query) == (before.digest, before.query)


def test_two_hundred_sockets_dropped_together_leave_nothing_behind(server):
    async def scene():
        visitors = [Visitor(server.url) for _ in range(200)]
        for visitor in visitors:
            await visitor.__aenter__()
        await asyncio.gather(*(visitor.arrive() for visitor in visitors))
        assert health(server.url)["visitors"] >= 200
        for visitor in visitors:
            visitor.vanish()
        async with Visitor(server.url) as anna:
            assert (await anna.arrive()).seconds < 5

    async def warm():
        async with Visitor(server.url) as anna:
            await anna.arrive()

    asyncio.run(warm())
    settle(lambda: health(server.url)["visitors"] == 0)
    before = handles(server.pid), threads(server.pid), children(server.pid)
    room = memory(server.pid)
    asyncio.run(scene())
    settle(lambda: health(server.url)["visitors"] == 0)
    settle(lambda: handles(server.pid) <= before[0] + 3)
    settle(lambda: threads(server.pid) <= before[1] + 2)
    assert children(server.pid) == before[2]
    assert memory(server.pid) - room < 200, "more than a MiB for each that left"


def test_a_long_run_ends_when_its_visitor_leaves(server):
    async def scene():
        async with Visitor(server.url) as anna:
            await anna.arrive()
            anna.query = LONG
            await anna.send(anna.request())
            await asyncio.sleep(0)
            settle(lambda: health(server.url)["long_computations"] == 1)
            anna.vanish()
        settle(lambda: health(server.url)["long_computations"] == 0, seconds=2)

    asyncio.run(scene())


def test_a_long_run_ends_when_its_visitor_moves_on(server):
    async def scene():
        async with Visitor(server.url) as anna:
            await anna.arrive()
            anna.query = LONG + "&seed=1"
            await anna.send(anna.request())
            settle(lambda: health(server.url)["long_computations"] == 1)
            anna.query = "units=7"
            page = await anna.run()
            assert page.seconds < 3
            assert "units=7" in page.query
            assert health(server.url)["long_computations"] == 0

    asyncio.run(scene())


def test_two_tabs_are_two_visitors_who_share_what_was_computed():
    async def scene(server):
        link = "timesteps=50000&units=32&seed=77"
        async with Visitor(server.url) as one, Visitor(server.url) as two:
            kept = health(server.url)["cache_runs_kept"]
            first, second = await asyncio.gather(one.arrive(link), two.arrive(link))
            assert first.digest == second.digest
            assert health(server.url)["cache_runs_kept"] == kept + 1
            await one.move("Weight scale", index=3)
            assert (await two.run()).digest == second.digest

    # A server of its own: what others computed before may leave no room for one run more.
    with serving(ROOT / "app.py") as server:
        asyncio.run(scene(server))


def test_a_visitor_cut_off_in_mid_run_finds_everything_again(server):
    async def scene():
        async with Visitor(server.url) as anna:
            await anna.arrive("units=5")
            page = await anna.move("Weight scale", index=40)
            link = anna.query
            await anna.send(anna.request())
            anna.vanish()
        async with Visitor(server.url) as again:
            assert (await again.arrive(link)).digest == page.digest

    asyncio.run(scene())


FILES = {
    "data.csv": ("data", "--link", "timesteps=3000"),
    "data.npz": ("data", "--link", "timesteps=3000"),
    "states.html": ("render", "states"),
}


def export(name, folder, **process):
    """Export from the command line, and return what it says when it fails."""
    answer = subprocess.run(
        [sys.executable, "-m", "rnnviz", *FILES[name], "--out", str(Path(folder) / name)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        **process,
    )
    assert answer.returncode == 1
    (sentence,) = answer.stderr.strip().splitlines()
    return sentence


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="needs Linux")
@pytest.mark.parametrize("name", list(FILES))
def test_an_export_to_a_full_disk_leaves_nothing_and_says_so(name, tmp_path):
    """A limit on the size of files stands in for a disk that is full half-way."""
    import resource

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    assert "full" in export(name, tmp_path, preexec_fn=full)
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="needs Linux")
@pytest.mark.parametrize("name", list(FILES))
def test_an_export_to_a_place_that_cannot_be_written_says_so(name):
    assert "/sys/kernel" in export(name, "/sys/kernel")


def test_every_fault_of_the_table_has_its_tests():
    table = (Path(__file__).with_name("README.md")).read_text(encoding="utf-8")
    table = table.partition("## Hostile")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    browser = ROOT / "tests" / "browser"
    sources = (Path(__file__), browser / "test_faults.py", browser / "test_not_reached.py")
    there = re.findall(r"^def (test_\w+)", "\n".join(map(Path.read_text, sources)), re.MULTILINE)
    assert len(rows) >= 10
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert set(named) <= set(there), row

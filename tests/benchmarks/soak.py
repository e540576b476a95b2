"""Half an hour of a class in which connections break and the server is killed: see ``main``.

    python -m tests.benchmarks.soak [--minutes 30] [--visitors 30] [--kills 4]

Visitors move a slider, change the page, ask for long runs and reload, every few seconds; their
connections are cut at random, and in the first half the server is killed and started again. What
is to be seen: whoever comes back by the link finds what the link holds, to the bit; and in the
second half, which one server lives through, memory and open files do not grow.
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.browser.server import Served, free_port, serving
from tests.live.figures import handles, health, memory, threads
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
MEMORY = 1.25
MORE = 5
"""Open files and threads that may be more once everybody has left."""
GONE = (ConnectionClosed, InvalidHandshake, OSError)
"""What a visitor meets when the connection or the server dies."""
PAGES = (
    "page=keras&units=48",
    "page=compare",
    "page=lessons",
    "page=dynamics&view=lyapunov",
    "page=dynamics&view=fixed_points&units=16&weight_scale=0.05",
    "page=atlas",
    "timesteps=20000&units=64",
    "cell=LSTM&units=128",
)
LINKS = tuple(f"weight_scale={scale / 100}&seed={scale}" for scale in range(2, 22))
"""Links that are opened again and again: each time they must show the same, to the bit."""


@dataclass
class Seen:
    """What all visitors saw."""

    done: Counter = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    trouble: Counter = field(default_factory=Counter)
    digests: dict[str, str] = field(default_factory=dict)
    changes: list[float] = field(default_factory=list)

    def note(self, page) -> None:
        """Note what was wrong with a page."""
        self.trouble.update(page.exceptions)
        self.trouble.update(text for text in page.alerts if "Error number" in text)


async def visitor(url: str, until: float, chance: random.Random, seen: Seen) -> None:
    """Come, work and come back by the link until the time is over."""
    link = chance.choice(LINKS)
    while time.monotonic() < until:
        try:
            async with Visitor(url) as anna:
                page = await anna.arrive(link, 120)
                seen.note(page)
                _compare(link, page, seen)
                link = await work(anna, page.query, until, chance, seen)
        except GONE:
            seen.done["cut off"] += 1
            await asyncio.sleep(chance.uniform(0.2, 1.0))


async def work(anna: Visitor, link: str, until: float, chance: random.Random, seen: Seen) -> str:
    """Do one thing after the other; return the link at which the visitor stands when it ends."""
    while time.monotonic() < until:
        await asyncio.sleep(chance.uniform(0.5, 3.0))
        what = chance.choices(("move", "go", "known", "cut"), (12, 3, 2, 1))[0]
        seen.done[what] += 1
        if what == "cut":
            anna.vanish()
            return link
        if what == "move":
            with suppress(LookupError):  # a page without the slider
                page = await anna.move("Weight scale", index=chance.randrange(81))
                seen.changes.append(page.seconds)
                link = page.query
                seen.note(page)
            continue
        if what == "known":
            return chance.choice(LINKS)  # as after a reload: another session
        anna.query = chance.choice(PAGES)
        page = await anna.run(timeout=120)
        seen.note(page)
        link = page.query
    return link


def _compare(link: str, page, seen: Seen) -> None:
    """Note a knob of the link that the page does not have, and a page that is not the same."""
    asked, shown = parse_qs(link), parse_qs(page.query)
    for name, value in asked.items():
        if shown.get(name, value) != value:
            seen.lost.append(f"{name}={value} of {link!r} became {shown[name]}")
    if link in LINKS and seen.digests.setdefault(link, page.digest) != page.digest:
        seen.lost.append(f"{link} shows something else than before")


@dataclass
class Life:
    """One server's life: what it held while it ran."""

    rooms: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    async def watch(self, pid: int, seconds: float) -> None:
        """Take samples for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(min(5.0, max(0.0, end - time.monotonic())))
            self.rooms.append(memory(pid))
            self.files.append(handles(pid))


async def play(port: int, seconds: float, visitors: int, kills: int, seen: Seen) -> int:
    """Let the class play; return 1 if the last server held more and more."""
    url, chance = f"http://127.0.0.1:{port}", random.Random(7)
    until = time.monotonic() + seconds
    moods = [random.Random(chance.random()) for _ in range(visitors)]
    class_ = asyncio.gather(*(visitor(url, until, mood, seen) for mood in moods))
    for _ in range(kills):
        with serving(ROOT / "app.py", port=port) as served:
            await Life().watch(served.pid, seconds / 2 / kills * chance.uniform(0.7, 1.3))
            os.kill(served.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                served.process.wait(10)
    with serving(ROOT / "app.py", port=port) as served:
        before = handles(served.pid), threads(served.pid)
        life = Life()
        await life.watch(served.pid, until - time.monotonic())
        await class_
        return _held(served, life, before)


def _held(served: Served, life: Life, before: tuple[int, int]) -> int:
    quarter = max(1, len(life.rooms) // 4)
    early, late = (
        statistics.median(part)
        for part in (life.rooms[quarter : 2 * quarter], life.rooms[-quarter:])
    )
    deadline = time.monotonic() + 30
    while health(served.url)["visitors"] and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(3)
    more = handles(served.pid) - before[0], threads(served.pid) - before[1]
    print(
        f"memory of the last server: {early:.0f} MiB in the second quarter of its life, "
        f"{late:.0f} in the last ({late / early:.2f}, at most {MEMORY}), "
        f"greatest {max(life.rooms):.0f}"
    )
    print(
        f"open files: {max(life.files)} at most; once all have left {more[0]} more than at first,"
        f" and {more[1]} threads (at most {MORE})"
    )
    return int(late / early > MEMORY or max(more) > MORE)


def main() -> int:
    """Print what was done, lost and held; return 1 if anything was lost or grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--kills", type=int, default=4)
    options = parser.parse_args()
    seen = Seen()
    failed = asyncio.run(
        play(free_port(), options.minutes * 60, options.visitors, options.kills, seen)
    )
    slow = sorted(seen.changes)[int(0.95 * len(seen.changes))]
    print(
        f"{options.minutes:g} minutes, {options.visitors} visitors, {options.kills} kills of the "
        f"server: {dict(seen.done)}; p95 of a change {slow * 1e3:.0f} ms"
    )
    print(f"lost: {seen.lost[:5] or 'nothing'}; trouble: {dict(seen.trouble) or 'none'}")
    return int(bool(failed or seen.lost or seen.trouble))


if __name__ == "__main__":
    sys.exit(main())

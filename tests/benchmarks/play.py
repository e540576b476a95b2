"""A class that plays: so many visitors, each moving a slider every two seconds or so."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from tests.live.visitor import Page, Visitor


@dataclass
class Played:
    """What a class met.

    Attributes
    ----------
    opened, changed : list of float
        Seconds that each first page and each change took.
    late : int
        Changes that were due before the one before them was answered.
    trouble : Counter
        Exceptions on a page, lost connections and runs without end, by their words.
    """

    opened: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    late: int = 0
    trouble: Counter = field(default_factory=Counter)

    def note(self, page: Page) -> None:
        """Note what was wrong with a page."""
        self.trouble.update(page.exceptions)
        self.trouble.update(text for text in page.alerts if "Error number" in text)

    @property
    def p95(self) -> float:
        """95th percentile of the changes, seconds."""
        return percentile(self.changed, 0.95)

    def line(self) -> str:
        """Return the figures on one line."""
        middle, slow, last = (percentile(self.changed, share) for share in (0.5, 0.95, 1.0))
        late = self.late / max(1, len(self.changed))
        return (
            f"{len(self.changed):5} changes, p50 {middle * 1e3:7.1f} ms, p95 {slow * 1e3:7.1f} ms, "
            f"max {last * 1e3:7.1f} ms, late {late:.1%}, first page p95 "
            f"{percentile(self.opened, 0.95) * 1e3:.0f} ms, trouble {sum(self.trouble.values())}"
        )


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of them lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass
class Class:
    """What all visitors of a class share."""

    url: str
    seconds: float
    label: str
    period: float
    query: str
    played: Played = field(default_factory=Played)
    ready: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    go: asyncio.Event = field(default_factory=asyncio.Event)


async def play(
    url: str,
    visitors: int,
    seconds: float,
    *,
    label: str = "Weight scale",
    period: float = 2.0,
    seed: int = 0,
    query: str = "",
) -> Played:
    """Let a class come in, play for so many seconds, and go."""
    room = Class(url, seconds, label, period, query)
    chance = random.Random(seed)
    moods = [random.Random(chance.random()) for _ in range(visitors)]
    come = (_come(room, number / visitors * 2, mood) for number, mood in enumerate(moods))
    await asyncio.gather(_start(room, visitors), *come)
    return room.played


async def _start(room: Class, visitors: int) -> None:
    for _ in range(visitors):
        await room.ready.acquire()
    room.go.set()


async def _come(room: Class, after: float, mood: random.Random) -> None:
    await asyncio.sleep(after)
    try:
        async with Visitor(room.url) as visitor:
            try:
                page = await visitor.arrive(room.query)
            finally:
                room.ready.release()
            room.played.opened.append(page.seconds)
            room.played.note(page)
            await room.go.wait()
            await _move_about(room, visitor, page, mood)
    except (ConnectionClosed, OSError, TimeoutError) as error:
        room.played.trouble[f"{type(error).__name__}: {error}"[:100]] += 1


async def _move_about(room: Class, visitor: Visitor, page: Page, mood: random.Random) -> None:
    played, start = room.played, time.perf_counter()
    due, end = start + mood.uniform(0, room.period), start + room.seconds
    slider = page.widget(room.label)[2]
    while due < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if slider.options:
            page = await visitor.move(room.label, index=mood.randrange(len(slider.options)))
        else:
            steps = int((slider.max - slider.min) / slider.step + 1e-9)
            page = await visitor.move(room.label, slider.min + mood.randint(0, steps) * slider.step)
        played.changed.append(page.seconds)
        played.note(page)
        due += mood.uniform(0.5, 1.5) * room.period
        if due < time.perf_counter():
            played.late, due = played.late + 1, time.perf_counter()

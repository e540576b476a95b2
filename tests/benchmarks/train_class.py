"""A class that trains: many visitors on the page Training, through the real server. See ``main``.

    python -m tests.benchmarks.train_class [--visitors 1 30] [--seconds 20]

Every visitor opens the page, presses Train and asks for the live part again as often as a browser
does. Beside them one more moves the weight scale on the page of states: first while nobody trains,
then while all do. In the end the trainings are left unfinished, with the pages open but not asking
and then closed, and the server's processor time says whether anything still trains. Clients and
server share the machine: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from rnnviz.i18n import words
from tests.benchmarks.play import percentile
from tests.browser.server import Served, serving
from tests.live.figures import memory, processor_seconds
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
LINK = "page=training&task=flip_flop&steps=50000"
SLOWER = 3.0
IDLE = 0.1
"""Share of a core that a server may use while nobody looks."""
PERIOD = 0.4
ARRIVAL = 120.0
"""Most seconds until every visitor's training has begun."""


@dataclass
class Looked:
    """What one visitor saw of a training.

    Attributes
    ----------
    steps : list of (float, int)
        When a message came, and the step that it told.
    status : str
        What stood above the picture last.
    trouble : Counter
        Exceptions on the page, by their words.
    """

    steps: list[tuple[float, int]] = field(default_factory=list)
    status: str = ""
    trouble: Counter = field(default_factory=Counter)

    def rate(self, begin: float, end: float) -> float:
        """Steps a second between two times."""
        inside = [one for one in self.steps if begin <= one[0] <= end]
        return (inside[-1][1] - inside[0][1]) / (end - begin) if len(inside) > 1 else 0.0

    def pictures(self, begin: float, end: float) -> float:
        """Messages a second between two times."""
        return sum(begin <= at <= end for at, _ in self.steps) / (end - begin)


class Trainee(Visitor):
    """A visitor whose page asks for its live part as often as it was told to."""

    looked: Looked | None = None

    def trains(self) -> bool:
        """Whether its training has been seen to go on."""
        return self.looked is not None and len({step for _, step in self.looked.steps}) > 2

    async def train(self) -> Looked:
        """Open the page, press Train, and look until the task is cancelled."""
        looked = self.looked = Looked()
        page = await self.arrive(LINK, ARRIVAL)
        looked.trouble.update(page.exceptions)
        button, _, _ = page.widget(words("en")("training.play"))
        await self.send(self.request(**{button: ("trigger_value", True)}))
        interval, part, asking = 0.0, "", None
        try:
            while True:
                message = ForwardMsg.FromString(await self.socket.recv())
                kind = message.WhichOneof("type")
                if kind == "auto_rerun":
                    interval, part = message.auto_rerun.interval, message.auto_rerun.fragment_id
                    if asking is not None:
                        asking.cancel()
                    asking = asyncio.create_task(self._ask(interval, part))
                elif kind == "delta":
                    self._note(message.delta.new_element, looked)
        except asyncio.CancelledError:
            if asking is not None:
                asking.cancel()
        return looked

    async def _ask(self, interval: float, part: str) -> None:
        message = self.request()
        message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = part, True
        while True:
            await asyncio.sleep(interval)
            await self.send(message)

    @staticmethod
    def _note(element, looked: Looked) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            looked.trouble[element.exception.message[:100]] += 1
        elif kind == "bidi_component" and b'"references"' in element.bidi_component.bytes:
            told = element.bidi_component.bytes
            head = json.loads(told[4 : 4 + int.from_bytes(told[:4], "little")])
            looked.steps.append((time.perf_counter(), head["step"]))
            looked.status = head["status"]


async def move_about(url: str, seconds: float) -> list[float]:
    """Move the weight scale for so long; return the seconds that each change took."""
    taken = []
    async with Visitor(url) as visitor:
        await visitor.arrive("page=states&units=64")
        end, place = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            place = (place + 7) % 81
            page = await visitor.move("Weight scale", index=place)
            taken.append(page.seconds)
            await asyncio.sleep(PERIOD)
    return taken


async def idle_share(served: Served, seconds: float = 4.0) -> float:
    """Share of a core that the server uses just now."""
    await asyncio.sleep(1.5)
    before = processor_seconds(served.pid)
    await asyncio.sleep(seconds)
    return (processor_seconds(served.pid) - before) / seconds


async def measure(served: Served, visitors: int, seconds: float) -> bool:
    """Print what a class of trainings meets; whether every limit holds."""
    quiet = await move_about(served.url, seconds / 2)
    before, room = await idle_share(served), memory(served.pid)
    trainees = [Trainee(served.url) for _ in range(visitors)]
    for one in trainees:
        await one.__aenter__()
    looking = [asyncio.create_task(one.train()) for one in trainees]
    late = time.perf_counter() + ARRIVAL
    while not all(one.trains() for one in trainees) and time.perf_counter() < late:
        await asyncio.sleep(0.2)
    begin = time.perf_counter()
    beside = await move_about(served.url, seconds)
    end, room = time.perf_counter(), memory(served.pid) - room
    for task in looking:
        task.cancel()
    looked = await asyncio.gather(*looking)
    open_still = await idle_share(served)
    for one in trainees:
        await one.__aexit__()
    closed = await idle_share(served)
    rates = sorted(one.rate(begin, end) for one in looked)
    pictures = sorted(one.pictures(begin, end) for one in looked)
    shared = words("en")("training.shared", count=visitors)
    told = sum(shared in one.status for one in looked) if visitors > 1 else 0
    trouble = sum((one.trouble for one in looked), Counter())
    ratio = percentile(beside, 0.95) / percentile(quiet, 0.95)
    print(
        f"{visitors:3} trainings: {sum(rates):6.1f} steps/s in all, each {rates[0]:.2f} to "
        f"{rates[-1]:.2f}; pictures/s each {pictures[0]:.1f} to {pictures[-1]:.1f}; "
        f"{told} pages say that they share; memory {room / visitors:.1f} MiB a training"
    )
    print(
        f"    another page, quiet p50 {percentile(quiet, 0.5) * 1e3:.0f} ms p95 "
        f"{percentile(quiet, 0.95) * 1e3:.0f} ms; beside them p50 "
        f"{percentile(beside, 0.5) * 1e3:.0f} ms p95 {percentile(beside, 0.95) * 1e3:.0f} ms: "
        f"{ratio:.2f} x quiet (at most {SLOWER})"
    )
    print(
        f"    share of a core: before {before:.2f}, pages open that do not ask {open_still:.2f}, "
        f"pages closed {closed:.2f} (at most {IDLE} more); trouble {dict(trouble)}"
    )
    still = max(open_still, closed) - before
    fair = rates[-1] <= 1.5 * rates[0] + 0.2
    return ratio <= SLOWER and still <= IDLE and fair and not trouble and rates[0] > 0


def main() -> int:
    """Print the figures; return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 30])
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    good = True
    for visitors in options.visitors:
        with serving(ROOT / "app.py") as served:
            asyncio.run(move_about(served.url, 1))
            good &= asyncio.run(measure(served, visitors, options.seconds))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())

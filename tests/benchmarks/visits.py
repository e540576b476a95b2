"""Two hours' worth of visits: does the server keep anything of those who left? See ``main``.

    python -m tests.benchmarks.visits [--visits 500] [--at-once 10]

Visitors come to one page or another, move the weight scale a few times and go, some of them without
a goodbye.
"""

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path

from tests.browser.server import serving
from tests.live.figures import children, handles, health, memory, threads
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
FIRST = 50
LIMIT = 1.25
MOVES = 5
WITH_THE_SLIDER = ("states", "dynamics", "compare", "keras")


async def visit(url: str, chance: random.Random) -> None:
    """Come, move a slider, go."""
    async with Visitor(url) as visitor:
        await visitor.arrive(f"page={chance.choice(WITH_THE_SLIDER)}")
        for _ in range(MOVES):
            await visitor.move("Weight scale", index=chance.randrange(81))
        if chance.random() < 0.3:
            visitor.vanish()


async def visits(url: str, count: int, at_once: int, chance: random.Random) -> None:
    """Let so many visitors come, so many at a time."""
    places = asyncio.Semaphore(at_once)

    async def one(mood: random.Random) -> None:
        async with places:
            await visit(url, mood)

    await asyncio.gather(*(one(random.Random(chance.random())) for _ in range(count)))


def state(served) -> dict[str, float]:
    """Return what the process holds, once all visitors are gone."""
    deadline = time.monotonic() + 30
    while health(served.url)["visitors"] and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(2)
    pid = served.pid
    names = {"memory": memory, "threads": threads, "handles": handles, "children": children}
    return {name: look(pid) for name, look in names.items()}


def main() -> int:
    """Print what is held after the first visits and after all; return 1 if it is too much more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=10)
    options = parser.parse_args()
    chance = random.Random(0)
    with serving(ROOT / "app.py") as served:
        asyncio.run(visits(served.url, FIRST, options.at_once, chance))
        before = state(served)
        print(f"after {FIRST} visits:  ", before, flush=True)
        asyncio.run(visits(served.url, options.visits - FIRST, options.at_once, chance))
        after = state(served)
        print(f"after {options.visits} visits: ", after)
        print("health:", health(served.url))
    ratio = after["memory"] / before["memory"]
    left = {name: after[name] - before[name] for name in ("threads", "handles", "children")}
    print(f"memory {ratio:.3f} times that after the first {FIRST} (at most {LIMIT}); more: {left}")
    return int(ratio > LIMIT or any(more > 2 for more in left.values()))


if __name__ == "__main__":
    sys.exit(main())

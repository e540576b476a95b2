"""Many visitors who all open the largest run that is allowed, each another one: see ``main``.

    python -m tests.benchmarks.full_room [--visitors 12] [--query "timesteps=1000000&units=20"]

First one visitor alone, then all of them at once. What is to be seen: the most memory that the
server takes does not grow with their number, the first is served in the time of one, and each of
the others after those before it.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.benchmarks.attacks import watcher
from tests.browser.server import serving
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
MEMORY = 1536
FIRST = 2.0
"""The first of many may wait so many times as long as one alone: the others open their pages."""


async def one(url: str, query: str, number: int) -> float:
    """Open a page and return the seconds until it is complete."""
    async with Visitor(url) as visitor:
        began = time.perf_counter()
        page = await visitor.arrive(f"{query}&seed={number}", 1200)
        assert not page.exceptions
        assert not page.alerts, page.alerts
        return time.perf_counter() - began


async def room(url: str, query: str, numbers: range, pid: int) -> tuple[list[float], float]:
    """Return the seconds that each visitor waited, in order, and the most memory in MiB."""
    watch = asyncio.create_task(watcher(pid)())
    waits = await asyncio.gather(*(one(url, query, number) for number in numbers))
    watch.cancel()
    return sorted(waits), await watch


def main() -> int:
    """Print waits and memory; return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=12)
    parser.add_argument("--query", default="timesteps=1000000&units=20")
    options = parser.parse_args()
    with serving(ROOT / "app.py") as served:
        (alone,), most = asyncio.run(room(served.url, options.query, range(1, 2), served.pid))
        print(f"one alone: {alone:.1f} s, at most {most:.0f} MiB", flush=True)
        numbers = range(2, 2 + options.visitors)
        waits, most = asyncio.run(room(served.url, options.query, numbers, served.pid))
        print(f"{options.visitors} at once: {' '.join(f'{wait:.1f}' for wait in waits)} s")
        print(f"at most {most:.0f} MiB (limit {MEMORY})")
    return int(most > MEMORY or waits[0] > FIRST * alone)


if __name__ == "__main__":
    sys.exit(main())

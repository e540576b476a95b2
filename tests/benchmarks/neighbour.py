"""Thirty light visitors beside a heavy one: see ``main``.

    python -m tests.benchmarks.neighbour [--seconds 12] [--rounds 3]

The heavy visitor opens the largest run that is allowed, with every view of it in a random order,
and again with another seed. Rounds with and without him alternate, so that a noisy machine is noisy
for both; he goes on where the round before ended.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from rnnviz import Experiment
from rnnviz.views.registry import views
from tests.benchmarks.play import play
from tests.browser.server import serving
from tests.live.visitor import Visitor

ROOT = Path(__file__).parents[2]
LIMIT = 3.0
LARGEST = Experiment(
    timesteps=19_531,
    units=1024,
    kernel_initializer="glorot_uniform",
    recurrent_initializer="orthogonal",
    bias_initializer="zeros",
)


def wishes() -> Iterator[tuple[str, str]]:
    """Yield what the heavy one asks for, without end: the name of a view and its link."""
    chance = random.Random(0)
    for seed in itertools.count(1):
        link = LARGEST.replace(seed=seed).to_query()
        shuffled = [view for view in views().values() if not view.needs_head]
        chance.shuffle(shuffled)
        for view in shuffled:
            yield view.name, f"{link}&page={view.page}&view={view.name}"


async def heavy(url: str, wished: Iterator[tuple[str, str]], done: list[str]) -> None:
    """Open one view after the other, until cancelled."""
    for name, link in wished:
        async with Visitor(url) as visitor:
            page = await visitor.arrive(link, 600)
        done.append(f"{name} {page.seconds:.1f} s")


async def compare(url: str, visitors: int, seconds: float, rounds: int) -> tuple[list, list]:
    """Return the p95 of the light ones without and with the heavy one, one pair a round."""
    await play(url, visitors, 2)
    alone, beside, done, wished = [], [], [], wishes()
    for number in range(rounds):
        played = await play(url, visitors, seconds, seed=number)
        alone.append(played.p95)
        print("without: ", played.line(), flush=True)
        task = asyncio.create_task(heavy(url, wished, done))
        await asyncio.sleep(1)
        played = await play(url, visitors, seconds, seed=number)
        beside.append(played.p95)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        print("with:    ", played.line(), flush=True)
    print("the heavy one saw:", ", ".join(done) or "nothing yet")
    return alone, beside


def main() -> int:
    """Print the ratio of the p95s; return 1 if it is above LIMIT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--visitors", type=int, default=30)
    options = parser.parse_args()
    with serving(ROOT / "app.py") as served:
        pairs = asyncio.run(compare(served.url, options.visitors, options.seconds, options.rounds))
        print(*[line[:160] for line in served.lines() if "slow" in line][-8:], sep="\n")
    ratios = sorted(with_him / without for without, with_him in zip(*pairs, strict=True))
    middle = ratios[len(ratios) // 2]
    print(f"p95 with / without a heavy neighbour: {middle:.2f} (at most {LIMIT}); all {ratios}")
    return int(middle > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

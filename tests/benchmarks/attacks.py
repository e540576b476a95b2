"""What a neighbour notices of a hostile machine: see ``main``.

    python -m tests.benchmarks.attacks [--seconds 10] [--only pings half_sent_heads]

Ten visitors move their sliders; then again beside each attack of tests/live/attacks.py, which comes
from another address. Attackers, neighbours and the server share this machine: read the ratios.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.benchmarks.play import play
from tests.browser.server import serving
from tests.live.attacks import attacker
from tests.live.figures import handles, memory

ROOT = Path(__file__).parents[2]
RATIO, MEMORY = 3.0, 1536
NAMES = ("pings", "empty_pieces", "half_sent_heads", "unfinished_messages", "many_pages")
NAMES += ("files_that_are_not_freed",)


async def beside(url: str, name: str, seconds: float, watch) -> tuple[float, float]:
    """Return the neighbours' p95 beside an attack, and the most memory that was seen."""
    peak = asyncio.create_task(watch())
    with attacker(name, url):
        await asyncio.sleep(3)
        played = await play(url, 10, seconds)
    peak.cancel()
    for text in played.trouble:
        print("   ", text)
    return played.p95, await peak


def watcher(pid: int):
    """Return a coroutine function that follows the memory of a process until cancelled."""

    async def watch() -> float:
        most = 0.0
        try:
            while True:
                most = max(most, memory(pid))
                await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            return most

    return watch


def main() -> int:
    """Print the p95 beside each attack; return 1 if one is above RATIO times the quiet one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    options = parser.parse_args()
    failed = False
    for name in options.only:
        with serving(ROOT / "app.py") as served:
            asyncio.run(play(served.url, 2, 2))
            quiet = asyncio.run(play(served.url, 10, options.seconds)).p95
            loud, most = asyncio.run(beside(served.url, name, options.seconds, watcher(served.pid)))
            size = served.log.stat().st_size / 2**10
            print(
                f"{name:26} p95 {quiet * 1e3:5.0f} -> {loud * 1e3:6.0f} ms, "
                f"at most {most:.0f} MiB, {handles(served.pid)} files open, log {size:.0f} KiB",
                flush=True,
            )
            failed |= loud > RATIO * quiet or most > MEMORY
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

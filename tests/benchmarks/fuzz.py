"""More than ten thousand hostile inputs over all doors: see ``main``.

    python -m tests.benchmarks.fuzz [--seed 0]

The same seed gives the same inputs. What each door must withstand stands in tests/live/fuzz.py.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.browser.server import serving
from tests.live import fuzz

ROOT = Path(__file__).parents[2]
COUNTS = {"links": 3000, "values": 2000, "notes": 1000, "files": 2500}
MESSAGES, REQUESTS = 1500, 500


def main() -> int:
    """Print how many inputs each door withstood; return 1 at the first that it did not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    start = parser.parse_args().seed
    tried = {}
    began = time.perf_counter()
    for door, count in COUNTS.items():
        tried[door] = getattr(fuzz, f"fuzz_{door}")(count, start)
        print(f"{door}: {tried[door]}", flush=True)
    with serving(ROOT / "app.py") as served:
        try:
            tried["requests"] = fuzz.fuzz_requests(served.url, REQUESTS, start)
            print(f"requests: {tried['requests']}", flush=True)
            tried["messages"] = asyncio.run(fuzz.fuzz_socket(served.url, MESSAGES, start))
            print(f"messages: {tried['messages']}", flush=True)
        except AssertionError:
            print(*served.lines()[-60:], sep="\n")
            raise
        wrong = [line for line in served.lines() if "Traceback" in line]
    seconds = time.perf_counter() - began
    print(f"{sum(tried.values())} hostile inputs, seed {start}, {seconds:.0f} s")
    print(f"tracebacks in the log: {len(wrong)}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

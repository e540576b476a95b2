"""A class on one machine against the minimal Streamlit app: see ``main``.

    python -m tests.benchmarks.classroom [--seconds 30] [--visitors 30 100]

Both apps in turn and in one run, each with 30 and with 100 visitors who move the weight scale every
two seconds. The peer has one slider and one ``st.plotly_chart`` of the same heatmap, in Streamlit's
default configuration. Clients and servers share the machine: read the ratios.
"""

import argparse
import asyncio
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.play import Played, play
from tests.browser.server import Served, serving
from tests.live.figures import memory, processor_seconds

ROOT = Path(__file__).parents[2]
PEER = Path(__file__).with_name("minimal_app.py")
RATIOS = {30: 1.0, 100: 0.1}
LATE = 0.01
MEMORY = 2.0


@contextmanager
def warm(script: Path):
    """Serve an app that has shown its page once."""
    with serving(script) as served:
        asyncio.run(play(served.url, 1, 0.1))
        yield served


def measure(served: Served, visitors: int, seconds: float, name: str) -> tuple[Played, float]:
    """Let a class play, print what it met, and return it with the server's memory in MiB."""
    spent = processor_seconds(served.pid)
    played = asyncio.run(play(served.url, visitors, seconds))
    spent = processor_seconds(served.pid) - spent
    room = memory(served.pid)
    each = spent / max(1, len(played.changed) + visitors) * 1e3
    print(f"{name:8} {visitors:4} visitors: {played.line()}, {each:.1f} ms of processor a change")
    for text in played.trouble:
        print(f"         {text}")
    return played, room


def main() -> int:
    """Print the figures and the ratios; return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--visitors", type=int, nargs="+", default=[30, 100])
    options = parser.parse_args()
    failed, rooms = False, {}
    for visitors in options.visitors:
        with warm(ROOT / "app.py") as served:
            ours, rooms[visitors] = measure(served, visitors, options.seconds, "rnnviz")
        with warm(PEER) as served:
            peer, _ = measure(served, visitors, options.seconds, "minimal")
        ratio, limit = ours.p95 / peer.p95, RATIOS.get(visitors, 1.0)
        late = ours.late / len(ours.changed)
        broken = ratio > limit or late > LATE or bool(ours.trouble)
        failed |= broken
        print(f"p95 ratio {ratio:.3f} (at most {limit}){' BROKEN' if broken else ''}")
    if len(rooms) > 1:
        (few, little), *_, (many, much) = sorted(rooms.items())
        each = (much - little) / (many - few)
        failed |= each > MEMORY
        print(f"memory of a further visitor {each:.2f} MiB (at most {MEMORY})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

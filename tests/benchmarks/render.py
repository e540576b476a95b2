"""100 links to PNG with one browser against 100 one-shots: python -m tests.benchmarks.render

With a number, as in ``python -m tests.benchmarks.render 20``, only so many one-shots are made, and
the time of 100 is reckoned from them: each of them does the same work from its beginning.

Ours is the whole command, from starting Python to the last file. The peer gets its figures ready
made and starts a browser for each, as ``figure.write_image`` does; half of them before ours and
half after, so that a machine that grows busier is so for both.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rnnviz import Experiment, simulate
from rnnviz.export.looks import Look
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import view

LIMIT = 0.35
COUNT = 100


def experiments(count: int) -> list[Experiment]:
    """Return as many different experiments."""
    return [Experiment(weight_scale=0.02, seed=seed) for seed in range(count)]


def one_shots(some: list[Experiment], folder: Path) -> float:
    """Return the seconds that a browser for each picture takes, drawing left out."""
    import kaleido

    sheets = [sheet_of(simulate(one), Perspective(), view("states"), Look(), "en") for one in some]
    size = {"width": sheets[0].width, "height": sheets[0].height, "format": "png"}
    figures = [sheet.figure for sheet in sheets]
    began = time.perf_counter()
    for number, figure in enumerate(figures):
        path = folder / f"peer-{number}.png"
        kaleido.write_fig_sync(figure, str(path), opts=size, kopts={"mathjax": False})
    return time.perf_counter() - began


def one_browser(some: list[Experiment], folder: Path) -> float:
    """Return the seconds of one command for all."""
    links = folder / "links.txt"
    links.write_text("\n".join(one.to_query() for one in some))
    command = [sys.executable, "-m", "rnnviz", "render", "states", "--links", str(links)]
    began = time.perf_counter()
    subprocess.run(
        [*command, "--out", str(folder / "ours.png")], check=True, stdout=subprocess.DEVNULL
    )
    took = time.perf_counter() - began
    assert len(list(folder.glob("ours-*.png"))) == len(some)
    return took


def main() -> int:
    """Print both times and their ratio; return 1 if ours takes more than LIMIT of the peer's."""
    peers = min(COUNT, int(sys.argv[1])) if len(sys.argv) > 1 else COUNT
    some = experiments(COUNT)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        before = one_shots(some[: peers // 2], folder)
        ours = one_browser(some, folder)
        measured = before + one_shots(some[peers // 2 : peers], folder)
    peer = measured * COUNT / peers
    ratio = ours / peer
    reckoned = "" if peers == COUNT else f" (reckoned from {peers} in {measured:.1f} s)"
    print(f"{COUNT} links with one browser: {ours:.1f} s")
    print(f"{COUNT} one-shots: {peer:.1f} s{reckoned}; ratio {ratio:.2f}")
    print(f"at most {LIMIT}: {'yes' if ratio <= LIMIT else 'NO'}")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

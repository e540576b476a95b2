"""Files of 64 MB on the page: seconds until they are painted, and what neighbours notice.

    python -m tests.benchmarks.large_file [--megabytes 63.9] [--visitors 30] [--seconds 10]

First each file is opened on a quiet server in a browser. Then a class plays without and with
somebody who opens one file after the other; the ratio of the p95s is what is asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import statistics
import struct
import sys
import threading
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.play import play
from tests.browser.server import launched, serving
from tests.readers import files

ROOT = Path(__file__).parents[2]
LIMIT, SECONDS = 3.0, 3.0
MB = 1_000_000
"""What a browser counts as a megabyte when it refuses files of more than 64."""
INPUT = '[data-testid="stFileUploaderDropzoneInput"]'


def arrays_of(megabytes: float, units: int = 0) -> dict[str, np.ndarray]:
    """Weights of an LSTM of so many megabytes, as PyTorch names them: as wide as it reads."""
    units = units or int((megabytes * MB / 4 / 8) ** 0.5) - 2
    generator = np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        return generator.standard_normal(shape, dtype=np.float32) / units**0.5

    return {
        "rnn.weight_ih_l0": drawn(4 * units, units),
        "rnn.weight_hh_l0": drawn(4 * units, units),
        "rnn.bias_ih_l0": drawn(4 * units),
        "rnn.bias_hh_l0": drawn(4 * units),
    }


def safetensors(arrays: dict[str, np.ndarray]) -> bytes:
    """Write the arrays one after the other, behind their table."""
    head, at = {}, 0
    for name, array in arrays.items():
        ends = [at, at + array.nbytes]
        head[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": ends}
        at = ends[1]
    told = json.dumps(head).encode()
    body = b"".join(array.tobytes() for array in arrays.values())
    return struct.pack("<Q", len(told)) + told + body


def npz(arrays: dict[str, np.ndarray]) -> bytes:
    """Write the arrays as NumPy does, without compression."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def table(megabytes: float) -> bytes:
    """A CSV of eight columns of numbers."""
    rows = np.random.default_rng(0).standard_normal((20_000, 8))
    lines = "\n".join(",".join(f"{value:.6f}" for value in row) for row in rows).encode() + b"\n"
    times = int((megabytes * MB - 100) // len(lines))
    return b"a,b,c,d,e,f,g,h\n" + lines * times


def series(megabytes: float) -> bytes:
    """An array (timesteps, 64), as NumPy writes it."""
    file = io.BytesIO()
    count = int(megabytes * MB / 4 / 64) - 16
    np.save(file, np.random.default_rng(0).standard_normal((count, 64), dtype=np.float32))
    return file.getvalue()


def all_files(megabytes: float) -> dict[str, bytes]:
    """Networks and data, by file name."""
    arrays = arrays_of(megabytes)
    units = arrays["rnn.weight_hh_l0"].shape[1]
    config, numbers = files.config_of(units), files.arrays(features=units, units=units)
    return {
        "large.keras": files.keras(config, files.weights_h5(numbers=numbers)),
        "large.h5": files.legacy_h5(config, numbers),
        "large.weights.h5": files.weights_h5(numbers=numbers),
        "large.onnx": files.onnx(numbers),
        "large.safetensors": safetensors(arrays),
        "large.pt": files.torch_file(arrays),
        "large.npz": npz({name.removeprefix("rnn."): array for name, array in arrays.items()}),
        "large.npy": series(megabytes),
        "large.csv": table(megabytes),
    }


def opened(page, url: str, path: Path, link: str) -> float:
    """Return the seconds from choosing a file to its picture (data: to its preview)."""
    page.goto(f"{url}/{link}")
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]', timeout=60_000)
    page.get_by_role("button", name="Open a network or data").click()
    field = page.locator(INPUT)
    field.wait_for(state="attached")
    begin = time.perf_counter()
    field.set_input_files(path)
    if path.suffix in (".npy", ".csv"):
        page.locator(".st-key-open-sheet img").wait_for(timeout=120_000)
    else:
        shown = '[data-testid="state-viewer"][data-experiment^="network:"]'
        page.wait_for_selector(shown, timeout=120_000)
    return time.perf_counter() - begin


class Opening(threading.Thread):
    """Opens one file after the other in a browser of its own until it is told to stop."""

    def __init__(self, url: str, paths: list[Path]) -> None:
        super().__init__()
        self._url, self._paths = url, paths
        self.stopped, self.ready = threading.Event(), threading.Event()
        self.go = threading.Event()
        self.done: list[str] = []

    def run(self) -> None:
        """Open until stopped; a file that was begun is finished."""
        with launched() as browser:
            page = browser.new_page()
            page.goto(self._url)
            self.ready.set()
            self.go.wait()
            number = 0
            while not self.stopped.is_set():
                path = self._paths[number % len(self._paths)]
                took = opened(page, self._url, path, "?timesteps=50")
                self.done.append(f"{path.name} {took:.1f} s")
                number += 1


def alone(url: str, paths: list[Path], rounds: int) -> float:
    """Print the seconds of each file on a quiet server; return the longest of their medians."""
    longest = 0.0
    with launched() as browser:
        for path in paths:
            took = []
            for _ in range(rounds):
                page = browser.new_context().new_page()
                took.append(opened(page, url, path, "?timesteps=50"))
                page.close()
            middle = statistics.median(took)
            longest = max(longest, middle)
            shown = " ".join(f"{one:.2f}" for one in took)
            size = path.stat().st_size / MB
            print(f"{path.name:18} {size:5.1f} MB  {middle:5.2f} s  ({shown})", flush=True)
    return longest


def beside(url: str, paths: list[Path], visitors: int, seconds: float, rounds: int) -> list[float]:
    """Print what a class meets without and with somebody who opens files; return the ratios."""
    asyncio.run(play(url, visitors, 2))
    ratios = []
    for number in range(rounds):
        quiet = asyncio.run(play(url, visitors, seconds, seed=number))
        print("without:", quiet.line(), flush=True)
        opening = Opening(url, paths)
        opening.start()
        opening.ready.wait()
        opening.go.set()
        loud = asyncio.run(play(url, visitors, seconds, seed=number))
        opening.stopped.set()
        opening.join()
        print("with:   ", loud.line(), flush=True)
        print("        ", ", ".join(opening.done), flush=True)
        ratios.append(loud.p95 / quiet.p95)
    return ratios


def main() -> int:
    """Print the figures; return 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=63.9)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="files whose name ends so")
    options = parser.parse_args()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, content in all_files(options.megabytes).items():
            if name.endswith(options.only):
                paths.append(Path(folder) / name)
                paths[-1].write_bytes(content)
        with serving(ROOT / "app.py") as served:
            longest = alone(served.url, paths, options.rounds)
            ratios = sorted(
                beside(served.url, paths, options.visitors, options.seconds, options.rounds)
            )
            print(*[line[:160] for line in served.lines() if "slow" in line][-8:], sep="\n")
    middle = ratios[len(ratios) // 2]
    print(f"longest: {longest:.2f} s (at most {SECONDS})")
    print(f"p95 with / without: {middle:.2f} (at most {LIMIT}); all {ratios}")
    return int(longest > SECONDS or middle > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

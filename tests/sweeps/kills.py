"""End a sweep by kill -9, its parent and its workers in turn, and look what is left of it."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
LINK = "units=24&timesteps=80"
EARLIEST, LATEST = 0.05, 0.5
"""Seconds before a kill: of every second one after the sweep has got on by a chunk, so that it gets
on however busy the machine is; the others may hit processes that are still starting."""
_PATIENCE = 60.0
_LINE = re.compile(r"(\d+) chunk (\d+) (found|given out|kept)$")


@dataclass
class Killed:
    """What was seen on the way.

    Attributes
    ----------
    kinds : list of str
        "parent" or "worker", as they were ended.
    outlived : list of float
        For each parent that was ended, the seconds until the last of its processes was gone.
    finished : dict of str to (int, int)
        Inode and time of the file of each chunk when it was first seen.
    """

    kinds: list[str] = field(default_factory=list)
    outlived: list[float] = field(default_factory=list)
    finished: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(self, store: Path) -> None:
        """Note the chunks that are finished by now."""
        for name, stamp in _stamps(store).items():
            self.finished.setdefault(name, stamp)


def command(store: Path, log: Path, axes: list[str], *more: str) -> list[str]:
    """The sweep as it is typed, on two worker processes."""
    typed = [sys.executable, "-m", "rnnviz", "sweep", "--link", LINK, "--measure", "lyapunov"]
    typed += [part for axis in axes for part in ("--axis", axis)]
    return [*typed, "--store", str(store), "--resume", "--workers", "2", "--log", str(log), *more]


def kill(store: Path, log: Path, axes: list[str], kills: int, seed: int = 0) -> Killed:
    """End the sweep at random moments, parents and workers in turn; begin again where it ended.

    Raises
    ------
    AssertionError
        Where the sweep was finished before all kills were done: it must be longer.
    """
    chance, seen, process = random.Random(seed), Killed(), None
    kinds = [("parent", "worker")[number % 2] for number in range(kills)]
    chance.shuffle(kinds)
    try:
        for number, kind in enumerate(kinds):
            if process is None:
                process = _begin(store, log, axes)
            if number % 2:
                _until_it_gets_on(process, log)
            time.sleep(chance.uniform(EARLIEST, LATEST))
            if kind == "worker":
                os.kill(chance.choice(_workers(process)), signal.SIGKILL)
            else:
                everyone = list(_below(process.pid))
                assert process.poll() is None, "the sweep was over before it could be ended"
                process.kill()
                seen.outlived.append(_until_gone(everyone))
                process.wait()
                process = None
            seen.kinds.append(kind)
            seen.look(store)
    finally:
        if process is not None:
            everyone = list(_below(process.pid))
            process.kill()
            process.wait()
            _until_gone(everyone)
            seen.look(store)
    return seen


def finish(store: Path, log: Path, axes: list[str], table: Path) -> None:
    """Let the sweep go on to its end, and write its table."""
    typed = command(store, log, axes, "--out", str(table))
    subprocess.run(typed, cwd=ROOT, check=True, capture_output=True, timeout=600)


def done_again(log: Path) -> list[int]:
    """Chunks that the log shows given out after they had been kept."""
    kept: set[int] = set()
    again: list[int] = []
    for line in log.read_text(encoding="utf-8").splitlines():
        found = _LINE.search(line)
        assert found, line
        number, what = int(found[2]), found[3]
        if what == "kept":
            kept.add(number)
        elif what == "given out" and number in kept:
            again.append(number)
    return again


def changed(store: Path, seen: Killed) -> list[str]:
    """Files of finished chunks that were written anew, or are gone."""
    now = _stamps(store)
    return [name for name, stamp in seen.finished.items() if now.get(name) != stamp]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns are the same to the bit."""
    return bool(np.array_equal(one, other, equal_nan=True))


def _begin(store: Path, log: Path, axes: list[str]) -> subprocess.Popen:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command(store, log, axes), cwd=ROOT, stdout=quiet, stderr=quiet)


def _until_it_gets_on(process: subprocess.Popen, log: Path) -> None:
    """Wait until one more chunk has been kept."""

    def kept() -> int:
        return log.read_text(encoding="utf-8").count(" kept") if log.exists() else 0

    before, until = kept(), time.monotonic() + _PATIENCE
    while kept() == before and time.monotonic() < until:
        assert process.poll() is None, "the sweep was over before it could be ended"
        time.sleep(0.01)


def _stamps(store: Path) -> dict[str, tuple[int, int]]:
    files = ((path.name, path.stat()) for path in store.glob("chunk-*.parquet"))
    return {name: (one.st_ino, one.st_mtime_ns) for name, one in files}


def _workers(process: subprocess.Popen) -> list[int]:
    """The worker processes of a sweep; waits for the first of them."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the sweep was over before a worker could be ended"
        found = [pid for pid in _below(process.pid) if b"spawn_main" in _said(pid)]
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("no worker came")


def _below(pid: int) -> Iterator[int]:
    """The processes that a process has begun, workers and what watches over its resources."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (task / "children").read_text().split())
    except FileNotFoundError:
        return


def _said(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _until_gone(pids: list[int]) -> float:
    """Wait until none of some processes is alive; return the seconds that it took."""
    began = time.monotonic()
    while any(map(_alive, pids)):
        assert time.monotonic() - began < _PATIENCE, "a process outlives its parent"
        time.sleep(0.005)
    return time.monotonic() - began


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"

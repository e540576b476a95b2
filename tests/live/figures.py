"""What a server says of itself and what the system says of it."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers (lower case) and body of a request, whatever the status."""
    request = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, _lower(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, _lower(refusal.headers), refusal.read()


def health(url: str) -> dict[str, float]:
    """Return the figures of the health page that are numbers."""
    figures = {}
    for line in fetch(f"{url}/rnnviz/health")[2].decode().splitlines():
        name, _, value = line.partition(" ")
        try:
            figures[name] = json.loads(value)
        except ValueError:
            continue
    return figures


def memory(pid: int) -> float:
    """Return the resident memory of a process in MiB (Linux)."""
    return int(_statm(pid)[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def handles(pid: int) -> int:
    """Return how many files and sockets a process has open (Linux)."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    """Return how many threads a process has (Linux)."""
    return len(os.listdir(f"/proc/{pid}/task"))


def children(pid: int) -> int:
    """Return how many child processes a process has (Linux)."""
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _statm(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/statm").read_text().split()


def _lower(headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}

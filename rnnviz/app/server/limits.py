"""What the system lets the server have: open files, and what follows for the number of visitors."""

from __future__ import annotations

import logging
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)
WANTED = 10_240
"""Open files to ask the system for; it gives no more than its hard limit."""
RESERVED = 100
"""Files that are open without any visitor, and those of a picture's hidden browser."""
PER_VISITOR = 6
"""Open files of a visitor: Streamlit's event loop of a session has three; the WebSocket, and two
connections for files."""
MOST_SOCKETS = 2000


@dataclass(frozen=True)
class Places:
    """How many visitors, and how many connections in all, there is room for."""

    visitors: int
    sockets: int


def places(wanted: int) -> Places:
    """Return how many visitors may come in of those wanted; where it is fewer, the log says why."""
    files = _open_files()
    visitors = min(wanted, max(1, (files - RESERVED) // PER_VISITOR))
    if visitors < wanted:
        _LOG.warning(
            "room for %d visitors, not %d: the system allows %d open files, %d are needed. "
            "Raise its limit (ulimit -n) to let more in.",
            *(visitors, wanted, files, RESERVED + PER_VISITOR * wanted),
        )
    return Places(visitors, min(MOST_SOCKETS, max(visitors + 4, files - RESERVED - 3 * visitors)))


def _open_files() -> int:
    """Raise the limit of open files as far as may be, and return it."""
    if resource is None:
        return WANTED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError):
            pass  # the limit stays as it is, and the log says what that means
    return WANTED if soft == resource.RLIM_INFINITY else soft

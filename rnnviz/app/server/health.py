"""Signs of life, for the teacher alone: a page that answers only on the server's own machine."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rnnviz.app.runtime.results import CACHES, JOBS, MEMORY, SLOW
from rnnviz.app.server.guard.connections import Register
from rnnviz.app.server.guard.rules import Rules

_STARTED = time.time()


def routes(rules: Rules, register: Register) -> list[Route]:
    """Return the route of the health page, ``rnnviz/health``."""

    async def health(request: Request) -> Response:
        if not is_local(request):
            return PlainTextResponse("not found", 404, headers={"cache-control": "no-store"})
        return PlainTextResponse(report(register), headers={"cache-control": "no-store"})

    return [Route(f"{rules.base}/rnnviz/health", health, methods=["GET"])]


def is_local(request: Request) -> bool:
    """Whether a request comes from this very machine: both ends of it have the same address.

    A request that passed a proxy does not count: everybody's would look local.
    """
    proxied = any(name.lower() in ("forwarded", "x-forwarded-for") for name in request.headers)
    client, here = request.scope.get("client"), request.scope.get("server")
    return not proxied and bool(client and here) and client[0] == here[0]


def report(register: Register) -> str:
    """Return the figures as lines of ``name value``, easy for eyes and programs."""
    figures = {
        "up_seconds": round(time.time() - _STARTED),
        "visitors": len(register),
        "visitors_addresses": register.addresses,
        "visitors_so_far": register.seen,
        "visitors_waiting": register.at_work,
        "connections": len(register.sockets or ()),
        "memory_mb": _megabytes(_resident()),
        "threads": threading.active_count(),
        "open_files": _open_files(),
        "long_computations": len(JOBS),
        "memory_budget_mb": _megabytes(MEMORY.total),
        "memory_handed_out_mb": _megabytes(MEMORY.used),
        "waiting_for_memory": MEMORY.waiting,
    }
    for name, cache in CACHES.items():
        figures |= {f"cache_{name}_kept": len(cache), f"cache_{name}_mb": _megabytes(cache.nbytes)}
    figures |= {f"kept_out_{why.replace(' ', '_')}": n for why, n in register.refused.items()}
    if register.sockets is not None:
        refused = register.sockets.refused
        figures |= {f"kept_out_{why}": count for why, count in refused.items()}
    lines = [f"{name} {value}" for name, value in figures.items()]
    return "\n".join([*lines, "", "slow runs, newest first:", *SLOW.lines(), ""])


def _resident() -> int | None:
    """Return the resident memory in bytes; None where the system does not say it like Linux."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return None
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _open_files() -> int | None:
    handles = Path("/proc/self/fd")
    return len(list(handles.iterdir())) if handles.exists() else None


def _megabytes(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 2**20:.1f}"

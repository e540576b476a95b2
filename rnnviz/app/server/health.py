"""Signs of life, for the teacher: on the server's own machine, or with the token of its log."""

from __future__ import annotations

import os
import secrets
import threading
import time
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from rnnviz.app.runtime.results import CACHES, JOBS, MEMORY, SLOW
from rnnviz.app.runtime.rooms import ROOMS
from rnnviz.app.server.guard.connections import Register
from rnnviz.app.server.guard.rules import Rules

_STARTED = time.time()
_PROXIED = ("forwarded", "x-forwarded", "x-real-ip", "via", "x-proxy", "cf-", "true-client-ip")
TOKEN = os.environ.get("RNNVIZ_HEALTH_TOKEN") or secrets.token_urlsafe(12)
"""Opens the page from anywhere; written to the log when the server starts."""


def routes(rules: Rules, register: Register) -> list[Route]:
    """Return the route of the health page, ``rnnviz/health``."""

    async def health(request: Request) -> Response:
        if not is_allowed(request):
            return PlainTextResponse("not found", 404, headers={"cache-control": "no-store"})
        return PlainTextResponse(report(register), headers={"cache-control": "no-store"})

    return [Route(f"{rules.base}/rnnviz/health", health, methods=["GET"])]


def is_allowed(request: Request) -> bool:
    """Whether a request names the token, or comes from this very machine without a proxy."""
    named = dict(parse_qsl(request.url.query)).get("token", "").encode()
    return secrets.compare_digest(named, TOKEN.encode()) or is_local(request.scope)


def is_local(scope: Scope) -> bool:
    """Whether a request comes from this machine, was meant for it, and passed no proxy.

    A proxy on this machine makes every request look local. It names itself in a header, passes on
    the name in the address bar, or speaks HTTP/1.0: nginx does without being told otherwise.
    """
    client, headers = scope.get("client"), Headers(scope=scope)
    proxied = any(name.lower().startswith(_PROXIED) for name in headers)
    return (
        client is not None
        and _is_loopback(client[0])
        and _is_loopback(_hostname(headers.get("host", "")))
        and scope.get("http_version") != "1.0"
        and not proxied
    )


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


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
        "rooms": len(ROOMS),
        "rooms_mb": _megabytes(ROOMS.nbytes),
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

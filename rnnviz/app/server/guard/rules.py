"""The rules of the door, read once from Streamlit's configuration and the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rnnviz.app.runtime.settings import whole_number
from rnnviz.app.server.limits import places
from rnnviz.app.server.streamlit_private import option

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_EVERYWHERE = ("", "0.0.0.0", "::")
_CLOSED = ("metrics", "script-health-check", "agent")
_SIGN_IN = ("auth", "oauth2callback")


@dataclass(frozen=True)
class Rules:
    """Whom the server answers, and what it lets them ask for.

    Parameters
    ----------
    hosts : tuple of str
        Names in the address bar that mean this server; ``*.school.example`` means any name below.
    origins : tuple of str
        Further origins whose pages may talk to it, such as ``https://school.example``.
    embedders : tuple of str
        Origins whose pages may show it in a frame.
    uploads : bool
        Whether visitors may send files.
    base : str
        Path under which the app is served, with a leading slash; "" for the root.
    most_visitors : int
        Most connections at a time.
    most_sockets : int
        Most network connections at a time, those of visitors among them.
    message_bytes : int
        Longest message that a visitor may send.
    file_bytes : int
        Longest file that a visitor may send.
    """

    hosts: tuple[str, ...] = _LOOPBACK
    origins: tuple[str, ...] = ()
    embedders: tuple[str, ...] = ()
    uploads: bool = False
    base: str = ""
    most_visitors: int = 300
    most_sockets: int = 2000
    message_bytes: int = 10**6
    file_bytes: int = 32 * 2**20

    @classmethod
    def from_settings(cls, environment: Mapping[str, str] = os.environ) -> Rules:
        """Return the rules of this server.

        Streamlit's own settings come first (``server.address``, ``server.allowedHosts``,
        ``server.corsAllowedOrigins``, ``server.maxUploadSize``); what it has no setting for comes
        from ``RNNVIZ_EMBED_IN`` (origins, comma-separated) and ``RNNVIZ_MOST_VISITORS``.
        """
        base = (option("server.baseUrlPath") or "").strip("/")
        wanted = whole_number("RNNVIZ_MOST_VISITORS", environment, 100_000)
        room = places(wanted or cls.most_visitors)
        return cls(
            hosts=_hosts(option("server.address"), option("server.allowedHosts")),
            origins=tuple(origin.strip().lower() for origin in option("server.corsAllowedOrigins")),
            embedders=_embedders(environment.get("RNNVIZ_EMBED_IN", "")),
            uploads=option("server.maxUploadSize") > 0,
            base=f"/{base}" if base else "",
            most_visitors=room.visitors,
            most_sockets=room.sockets,
            message_bytes=option("server.maxWidgetStateSize") * 10**6,
            file_bytes=option("server.maxUploadSize") * 2**20,
        )

    def knows_host(self, host: str | None) -> bool:
        """Whether a ``Host`` header names this server; its port does not matter."""
        name = _hostname(host)
        return name is not None and any(_fits(name, pattern) for pattern in self.hosts)

    def knows_origin(self, origin: str, host: str | None) -> bool:
        """Whether an ``Origin`` header is that of our own page, or of one that was allowed."""
        if origin.lower() in self.origins:
            return True
        try:
            parts = urlsplit(origin.lower())
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and parts.netloc == (host or "").lower()

    def is_open(self, path: str, method: str) -> bool:
        """Whether a path and method may be asked for at all."""
        below = path.removeprefix(self.base).strip("/").split("/")
        if below[0] in _SIGN_IN or (below[0] == "_stcore" and below[1:2] and below[1] in _CLOSED):
            return False
        if below[:2] == ["_stcore", "upload_file"]:
            return self.uploads and method in ("PUT", "DELETE", "OPTIONS")
        return method in ("GET", "HEAD", "OPTIONS")


def _fits(name: str, pattern: str) -> bool:
    below = pattern.startswith("*.") and name.endswith(pattern[1:])
    return below or pattern in ("*", name)


def _hosts(address: str | None, allowed: list[str]) -> tuple[str, ...]:
    """Return the names in use: those that were allowed, else what follows from the address."""
    if allowed:
        return tuple(name.strip().lower().rstrip(".") for name in allowed)
    if (address or "") in (*_EVERYWHERE, *_LOOPBACK):
        return _LOOPBACK
    return (str(address).lower(),)


def _embedders(text: str) -> tuple[str, ...]:
    origins = tuple(origin.strip() for origin in text.split(",") if origin.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or set(origin) & set(" ;'\""):
            raise ValueError(
                f"RNNVIZ_EMBED_IN: {origin!r} is no origin. Write it as https://slides.example."
            )
    return origins


def _hostname(host: str | None) -> str | None:
    """Return the name in a ``Host`` header, None when it is no plain name with a port."""
    try:
        parts: Any = urlsplit(f"//{host or ''}")
        plain = parts.netloc == host and parts.username is None and parts.password is None
        _ = parts.port  # raises when it is no number
    except ValueError:
        return None
    return parts.hostname.lower().rstrip(".") if plain and parts.hostname else None

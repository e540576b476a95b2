"""The headers that tell a browser what this page may do: nothing beyond this server."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from rnnviz.app.server.guard.rules import Rules
from rnnviz.app.server.index_page import page

Headers = list[tuple[bytes, bytes]]

_POLICY = {
    "default-src": "'self'",
    # blob: is how Streamlit loads a component's script; its messages are read by WebAssembly.
    "script-src": "'self' blob: 'wasm-unsafe-eval'",
    # Streamlit and Plotly write style elements at run time.
    "style-src": "'self' 'unsafe-inline' blob:",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "connect-src": "'self' blob: data:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


def protective_headers(rules: Rules) -> Headers:
    """Return the headers for every answer, ASGI style.

    Where the teacher allows pages of others to show the app in a frame, ``X-Frame-Options`` cannot
    say so and is left out: ``frame-ancestors`` does.
    """
    ancestors = " ".join(("'self'", *rules.embedders))
    policy = "; ".join(
        f"{name} {value}{_own_scripts() if name == 'script-src' else ''}"
        for name, value in _POLICY.items()
    )
    headers = {
        "content-security-policy": f"{policy}; frame-ancestors {ancestors}",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    if not rules.embedders:
        headers["x-frame-options"] = "SAMEORIGIN"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _own_scripts() -> str:
    """Return the hashes of the scripts that stand in the page itself, and of nothing else."""
    text = page("en", packed=False).decode()
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)


def with_protection(own: Iterable[tuple[bytes, bytes]], protection: Headers) -> Headers:
    """Return an answer's headers with ours in place of any of the same name."""
    ours = {name for name, _ in protection}
    return [pair for pair in own if pair[0].lower() not in ours] + protection

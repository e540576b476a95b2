"""The headers that tell a browser what this page may do: nothing beyond this server."""

from __future__ import annotations

from collections.abc import Iterable

from rnnviz.ui.guard.rules import Rules

Headers = list[tuple[bytes, bytes]]

_POLICY = {
    "default-src": "'self'",
    # blob: is how Streamlit loads a component's script; its charts compile expressions (eval).
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
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
    policy = "; ".join(f"{name} {value}" for name, value in _POLICY.items())
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


def with_protection(own: Iterable[tuple[bytes, bytes]], protection: Headers) -> Headers:
    """Return an answer's headers with ours in place of any of the same name."""
    ours = {name for name, _ in protection}
    return [pair for pair in own if pair[0].lower() not in ours] + protection

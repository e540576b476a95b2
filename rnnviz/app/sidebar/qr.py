"""A link as a QR code, drawn here: nothing is asked of any service."""

from __future__ import annotations

import io

import segno


def qr_svg(link: str) -> str | None:
    """Return the code as an SVG with its quiet margin, black on white; None if it is too long."""
    try:
        code = segno.make(link, error="l", micro=False)
    except segno.DataOverflowError:
        return None
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", scale=6, border=4, dark="#000", light="#fff", xmldecl=False)
    return drawing.getvalue().decode()

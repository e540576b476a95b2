"""What a picture says within itself: its title and the experiment that it shows."""

from __future__ import annotations

from xml.sax.saxutils import escape

from rnnviz.export.png import labelled, labels
from rnnviz.export.sheets import Sheet


def signature(sheet: Sheet, format: str) -> bytes:
    """Return the bytes that say so: PNG chunks, SVG elements, nothing for other formats."""
    title = sheet.caption.title
    if format == "png":
        texts = {"Title": title, "rnnviz": sheet.experiment}
        return labels(texts, sheet.look.dots_per_inch)
    if format == "svg":
        words = f"<title>{escape(title)}</title><metadata>{escape(sheet.experiment)}</metadata>"
        return words.encode()
    return b""


def signed(picture: bytes, sheet: Sheet, format: str) -> bytes:
    """Return a picture with its signature in the right place; what is seen stays as it is."""
    if format == "png":
        return labelled(picture, signature(sheet, format))
    if format == "svg":
        head, end, rest = picture.partition(b">")
        return head + end + signature(sheet, format) + rest
    return picture

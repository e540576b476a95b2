"""What a picture says within itself: its title and the experiment that it shows."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from rnnviz.export.png import labelled, labels
from rnnviz.export.sheets import Sheet


def signature(sheet: Sheet, format: str) -> bytes:
    """Return the bytes that say so: PNG chunks, SVG elements; nothing where they are no insert."""
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
    return _pdf_signed(picture, sheet) if format == "pdf" else picture


def _pdf_signed(picture: bytes, sheet: Sheet) -> bytes:
    """Return a PDF whose document information has title, experiment, and the browser's no more."""
    import pypdf  # with rnnviz[export], as the browser that drew the PDF
    from pypdf.generic import NameObject, TextStringObject

    import rnnviz

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(picture))
    writer.metadata = {
        "/Title": sheet.caption.title,
        "/Subject": sheet.caption.parameters,
        "/Creator": f"rnnviz {rnnviz.__version__}",
        "/Producer": "Skia/PDF",
        "/rnnviz": sheet.experiment,
    }
    writer.root_object[NameObject("/Lang")] = TextStringObject(sheet.language)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()

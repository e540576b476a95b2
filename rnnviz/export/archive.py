"""A program together with the files that it reads, as one ZIP."""

from __future__ import annotations

import io
import zipfile

from rnnviz.keras.code import Program


def zipped(made: Program) -> bytes:
    """Return a program and the files that it reads as one ZIP, the same bytes each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((made.file_name, made.text.encode()), *made.files):
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()

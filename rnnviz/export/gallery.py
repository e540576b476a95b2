"""All views of one experiment in a folder, with an index page that shows them."""

from __future__ import annotations

import contextlib
import html
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from rnnviz.export.browser import missing
from rnnviz.export.failures import ExportFailure
from rnnviz.export.files import check_free, failure_of, put
from rnnviz.export.formats import PICTURES, developing
from rnnviz.export.sheets import Sheet
from rnnviz.export.standalone import caption_html, page, plotly_file, standalone

GALLERY_FORMATS = ("html", *PICTURES)
_PLOTLY = "plotly.min.js"


def write_gallery(
    sheets: Iterable[tuple[str, Sheet]], folder: Path, format: str, *, force: bool = False
) -> None:
    """Write sheets into a folder: a file each, the experiment, and ``index.html``.

    Parameters
    ----------
    sheets : iterable of (str, Sheet)
        File name without its ending, and what goes into it.
    folder : Path
        It appears when all is complete. One that is there already must be empty; with ``force``,
        files of the same names in it are replaced and others left alone.
    format : str
        One of :data:`GALLERY_FORMATS`.
    force : bool
        Whether files may be replaced.

    Raises
    ------
    ExportFailure
        If the folder is in use or cannot be written, or the pictures cannot be drawn.
    """
    failure = missing() if format in PICTURES else None
    if failure:
        raise failure
    try:
        _check_free(folder, force=force)
        with _growing(folder) as growing:
            _fill(growing, sheets, format)
            _put(growing, folder)
    except OSError as error:
        raise failure_of(error, folder) from error


def _check_free(folder: Path, *, force: bool) -> None:
    if not folder.is_dir():
        if os.path.lexists(folder):
            raise ExportFailure("is_a_file", path=folder)
        if not folder.absolute().parent.is_dir():
            raise ExportFailure("no_folder", path=folder.parent)
    elif any(folder.iterdir()) and not force:
        raise ExportFailure("folder_not_empty", path=folder)


@contextlib.contextmanager
def _growing(folder: Path) -> Iterator[Path]:
    growing = folder.absolute().with_name(f".{secrets.token_hex(6)}.rnnviz")
    growing.mkdir()
    try:
        yield growing
    finally:
        shutil.rmtree(growing, ignore_errors=True)


def _fill(folder: Path, sheets: Iterable[tuple[str, Sheet]], format: str) -> None:
    shown: list[tuple[str, Sheet]] = []

    def passing() -> Iterator[Sheet]:
        for name, sheet in sheets:
            shown.append((f"{name}.{format}", sheet))
            yield sheet

    if format == "html":
        shutil.copyfile(plotly_file(), folder / _PLOTLY)
        contents: Iterator[bytes] = (standalone(sheet, beside=_PLOTLY) for sheet in passing())
    else:
        contents = developing(passing(), format)
    for number, content in enumerate(contents):
        (folder / shown[number][0]).write_bytes(content)
    _, first = shown[0]
    (folder / "experiment.json").write_text(first.experiment + "\n", encoding="utf-8")
    (folder / "index.html").write_bytes(_index(shown, format))


def _index(shown: list[tuple[str, Sheet]], format: str) -> bytes:
    """Return the page that shows all the others."""
    _, first = shown[0]
    parts = [f"<h1>{first.words('export.gallery')}</h1>"]
    for name, sheet in shown:
        title, how = html.escape(sheet.caption.title), html.escape(sheet.caption.how_to_read)
        parts += [f'<section><h2><a href="{name}">{title}</a></h2>', f"<p>{how}</p>"]
        parts += [_shown_as(name, title, sheet, format), "</section>"]
    body = "\n".join([*parts, caption_html(first)])
    return page(body, first.words("export.gallery"), first, beside=True)


def _shown_as(name: str, title: str, sheet: Sheet, format: str) -> str:
    if format in ("png", "svg"):
        return f'<img src="{name}" alt="{title}" loading="lazy">'
    height = sheet.height + 120
    return f'<iframe src="{name}" title="{title}" height="{height}" loading="lazy"></iframe>'


def _put(growing: Path, folder: Path) -> None:
    """Bring the complete folder to its place."""
    if folder.is_dir() and any(folder.iterdir()):
        files = sorted(growing.iterdir())
        for file in files:
            check_free(folder / file.name, force=True)
        for file in files:
            put(file, folder / file.name, force=True)
        return
    if folder.is_dir():
        folder.rmdir()
    os.rename(growing, folder)

"""Every format of a figure, and the way from a row of sheets to a row of files."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from rnnviz.export.browser import PICTURES, PictureBrowser, developed
from rnnviz.export.sheets import Sheet, to_json
from rnnviz.export.standalone import standalone
from rnnviz.export.viewer_page import viewer_page


def figure_json(sheet: Sheet) -> bytes:
    """Return a sheet as a Plotly figure in JSON; ``plotly.io.from_json`` reads it."""
    return to_json(sheet.figure).encode()


def page(sheet: Sheet) -> bytes:
    """Return a sheet as a page: the states with the viewer itself, other views with Plotly."""
    if sheet.shown is None or sheet.shown[0].name != "states":
        return standalone(sheet)
    _, run, perspective = sheet.shown
    theme = "light" if sheet.look.theme == "print" else sheet.look.theme
    link = sheet.caption.link if sheet.look.caption else None
    return viewer_page(
        run, perspective, sheet.language, theme=theme, link=link, linked=sheet.look.linked
    )


TEXTS: Mapping[str, Callable[[Sheet], bytes]] = {"html": page, "json": figure_json}
"""Formats that need no browser -> function that makes the file."""

FORMATS = (*PICTURES, *TEXTS)
"""Every format that a view can be exported in."""


def developing(sheets: Iterable[Sheet], format: str) -> Iterator[bytes]:
    """Yield the file of each sheet, in their order.

    Pictures are all drawn by one browser; while it draws one, the next sheet is prepared.
    """
    if format in TEXTS:
        yield from map(TEXTS[format], sheets)
        return
    with PictureBrowser() as browser:
        under_way: deque = deque()
        for sheet in sheets:
            under_way.append(browser.begin(sheet, format))
            if len(under_way) > 1:
                yield developed(under_way.popleft())
        while under_way:
            yield developed(under_way.popleft())

"""What a saved notebook keeps of a viewer: a picture that scrubs without Python, and a still one.

A widget lives as long as its kernel; a notebook that is opened later, elsewhere, or as a page has
only what its cells gave. So beside the widget stands a frame with the viewer's own code and the
overview, which needs neither kernel nor network. Where the widget lives, it hides this frame; where
frames are taken out, because the notebook is not trusted, the still picture in it is left.
"""

from __future__ import annotations

import html

from rnnviz.export.html_page import Head, viewer_html
from rnnviz.i18n import Words

ATTRIBUTE = "data-rnnviz-kept"
"""Names the widget that a kept picture belongs to."""
_HEIGHT = 430
"""Pixels of the frame: as high as the viewer makes itself in a window as low as this."""
_FRAME = (
    '<div {attribute}="{name}"><iframe title="{title}" sandbox="allow-scripts" loading="lazy" '
    'style="width:100%;height:{height}px;border:0" srcdoc="{page}">{still}</iframe></div>'
)
"""Browsers leave out what stands in a frame; where the frame itself is taken out, it is left."""


def kept_html(payload: bytes, still: str, name: str, say: Words) -> str:
    """Return the frame as HTML.

    Parameters
    ----------
    payload : bytes
        From `picture_bytes`.
    still : str
        HTML of the same as a still picture.
    name : str
        Of the widget that it is of.
    say : Words
        The words of the language.
    """
    title = say("view.states.title")
    page = viewer_html(
        Head(say.language, title, "{}"),
        "",
        payload,
        module="file_picture.js",
        styles=("viewer.css", "picture.css"),
        needs_script=say("file.needs_script"),
        faces=False,
    )
    return _FRAME.format(
        attribute=ATTRIBUTE,
        name=html.escape(name),
        title=html.escape(title),
        height=_HEIGHT,
        page=html.escape(page.decode()),
        still=still,
    )

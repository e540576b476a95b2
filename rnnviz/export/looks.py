"""How an exported picture looks: theme, size, resolution, caption."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.style import Style

CSS_DPI = 96
"""Pixels of a page, and of SVG and PDF, in an inch."""
PRINT_DPI = 300
SCALES = (1, 2, 4)
_COLUMN_MILLIMETRES = 89
_COLUMN_WIDTH = 440
_COLUMN_ZOOM = _COLUMN_MILLIMETRES / 25.4 * CSS_DPI / _COLUMN_WIDTH


@dataclass(frozen=True)
class Size:
    """A format to lay a figure out for.

    Parameters
    ----------
    width, height : int or None
        Layout in CSS pixels; without a height, the figure keeps its own.
    vector : float
        How much SVG and PDF are enlarged, which gives their size on paper.
    raster : float
        How much a PNG is enlarged at resolution 1.
    presentation : bool
        Letters for the back row.
    caption_size : int
        Letters of the caption, in CSS pixels.
    distance : float
        How much farther away than on the page a figure in space is seen: its letters keep their
        size, and must have room around it.
    """

    width: int
    height: int | None = None
    vector: float = 1.0
    raster: float = 1.0
    presentation: bool = False
    caption_size: int = 11
    distance: float = 1.0


SIZES = {
    "page": Size(1100),
    # 13.33 × 7.5 inches, the slide of the usual programs; 1920×1080 pixels.
    "slide": Size(1280, 720, raster=1.5, presentation=True, caption_size=12, distance=1.1),
    # One column of a paper, 89 mm; letters come out between 6 and 8 points.
    "column": Size(
        _COLUMN_WIDTH,
        vector=_COLUMN_ZOOM,
        raster=_COLUMN_ZOOM * PRINT_DPI / CSS_DPI,
        distance=1.8,
    ),
}
"""The sizes that are offered, by name."""


@dataclass(frozen=True)
class Look:
    """What is chosen about an exported picture.

    Parameters
    ----------
    theme : {"light", "dark", "print"}
        ``print`` leaves the background out.
    size : str
        A name in :data:`SIZES`.
    scale : {1, 2, 4}
        Resolution of a PNG; nothing else has one.
    caption : bool
        Whether the caption stands under the picture.
    cursor : bool
        Whether the time cursor is drawn.
    linked : tuple of str
        Names of views that stand below the viewer in its page, and follow its cursor.
    """

    theme: str = "light"
    size: str = "page"
    scale: int = 1
    caption: bool = True
    cursor: bool = True
    linked: tuple[str, ...] = ()

    @property
    def sheet(self) -> Size:
        """The size that its name stands for."""
        return SIZES[self.size]

    def style(self, perspective: Perspective, language: str) -> Style:
        """Return the style of the figure."""
        presentation = perspective.presentation or self.sheet.presentation
        return Style(language, self.theme, perspective.palette, presentation)

    def zoom(self, format: str) -> float:
        """Return how much a picture of that format is enlarged over the layout."""
        return self.sheet.raster * self.scale if format == "png" else self.sheet.vector

    @property
    def dots_per_inch(self) -> float:
        """Resolution of a PNG at its size on paper."""
        return CSS_DPI * self.zoom("png") / self.zoom("pdf")

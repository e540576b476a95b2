"""How figures look: one Style, one template for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import plotly.graph_objects as go

from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.views._plot import colours

FIRST_STEP = 0
"""Number that is shown for the first timestep, and for the first unit: their index in the arrays.

So that what is read off a picture can be typed: the cell at t = 1, unit 5 is ``states[1, 5]``.
"""

FONT = (
    '"Source Sans", "Source Sans 3", Pretendard, "Noto Sans KR", "Noto Sans CJK KR", NanumGothic, '
    "sans-serif"
)
"""Font of all figures; every name behind the first two has Hangul."""


@dataclass(frozen=True)
class Style:
    """What is chosen about the look of a figure, apart from its content.

    Parameters
    ----------
    language : {"en", "ko"}
    theme : {"light", "dark", "print"}
        ``print`` has a white background, the others let the page shine through.
    palette : {"red_blue", "purple_orange"}
        Scale of signed values.
    presentation : bool
        Letters and lines that are readable from the back row.
    """

    language: str = DEFAULT_LANGUAGE
    theme: str = "light"
    palette: str = "red_blue"
    presentation: bool = False

    @property
    def words(self) -> Words:
        """The sentences of the style's language."""
        return words(self.language, self.palette)

    @property
    def ink(self) -> colours.Ink:
        """The plain colours of the style's theme."""
        return colours.ink(self.theme)

    @property
    def font_size(self) -> int:
        """Size of titles and labels in pixels."""
        return 18 if self.presentation else 13

    @property
    def tick_size(self) -> int:
        """Size of tick labels in pixels."""
        return 16 if self.presentation else 12

    @property
    def left(self) -> int:
        """Room for the ticks and the title of an axis left of a plot, in pixels."""
        return 88 if self.presentation else 64

    @property
    def line_width(self) -> float:
        """Width of a line that carries data, in pixels."""
        return 3.0 if self.presentation else 1.8

    def scale(self, kind: str = "diverging") -> colours.Stops:
        """Return the stops of a colour scale, ``"diverging"`` or ``"sequential"``."""
        return colours.scale(kind, self.palette, self.theme)

    def on(self, theme: str) -> Style:
        """Return the same style on another theme."""
        return replace(self, theme=theme)


def template_dict(style: Style) -> dict:
    """Return the layout template as plain JSON-ready data (the viewer swaps it with the theme)."""
    ink = style.ink
    axis = {
        "gridcolor": ink.grid,
        "linecolor": ink.axis,
        "tickcolor": ink.axis,
        "zerolinecolor": ink.axis,
        "tickfont": {
            "size": style.tick_size,
            "color": ink.text if style.presentation else ink.muted,
        },
        "title": {"font": {"size": style.font_size, "color": ink.text}, "standoff": 6},
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "zeroline": False,
    }
    background = ink.background if style.theme == "print" else "rgba(0,0,0,0)"
    font = {"family": FONT, "size": style.font_size, "color": ink.text}
    return {
        "layout": {
            "font": font,
            "title": {"font": {"size": style.font_size + 3}, "x": 0, "xanchor": "left"},
            "paper_bgcolor": background,
            "plot_bgcolor": background,
            "colorway": list(ink.series),
            "colorscale": {
                "diverging": [list(stop) for stop in style.scale("diverging")],
                "sequential": [list(stop) for stop in style.scale("sequential")],
            },
            "coloraxis": {"colorbar": {"outlinewidth": 0, "thickness": 14}},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {"font": {"size": style.tick_size}, "bgcolor": "rgba(0,0,0,0)"},
            "hoverlabel": {"font": {"family": FONT, "size": style.font_size}},
            "margin": {"l": style.left, "r": 16, "t": 40, "b": 48},
            "uirevision": "keep",
        }
    }


def template(style: Style) -> go.layout.Template:
    """Return the one template of all figures; assign it to ``figure.layout.template``."""
    return go.layout.Template(template_dict(style))

"""Every colour of the figures and the viewer, for each theme and palette, with explicit stops.

Diverging scales keep one middle per theme: white paper has a light middle, a dark page a dark one,
because a white middle glares on a dark page. Ends differ in hue for the sign and keep away from
black, so that the sign can still be read at saturation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

THEMES = ("light", "dark", "print")
PALETTES = ("red_blue", "purple_orange")

Stops = tuple[tuple[float, str], ...]

# ColorBrewer's RdBu and PuOr (Brewer, Harrower and The Pennsylvania State University, Apache 2.0),
# low end first: blue or purple is negative, red or orange positive (plotly.py's RdBu_r, PuOr_r).
_ON_LIGHT = {
    "red_blue": (
        "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7",
        "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f",
    ),
    "purple_orange": (
        "#2d004b", "#542788", "#8073ac", "#b2abd2", "#d8daeb", "#f7f7f7",
        "#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08",
    ),
}  # fmt: skip
# The same hues with lightness turned round: dark in the middle, bright at both ends.
_ON_DARK = {
    "red_blue": (
        "#a9d5f5", "#74b6e8", "#4393c3", "#2b6a99", "#1f4261", "#20232b",
        "#5a2a2c", "#96372f", "#d6604d", "#f08a76", "#fbbcae",
    ),
    "purple_orange": (
        "#cfc3ee", "#ab9bdb", "#8573bd", "#5d4d92", "#3c3363", "#20232b",
        "#553a17", "#8c560f", "#cf7d18", "#f2a549", "#fdd196",
    ),
}  # fmt: skip
# Light to dark (or dark to bright) in one hue family, for sizes that have no sign.
_SEQUENTIAL_ON_LIGHT = (
    "#f7fbf4", "#dcefd9", "#b5dec1", "#82c8b2", "#50a9a5", "#2c8595", "#1e617d", "#153e60",
)  # fmt: skip
_SEQUENTIAL_ON_DARK = (
    "#20232b", "#1f3a4d", "#1e566b", "#247687", "#3b979b", "#66b7a6", "#9bd5b5", "#dcf2d0",
)  # fmt: skip


@dataclass(frozen=True)
class Ink:
    """The plain colours of a theme.

    Parameters
    ----------
    text, muted : str
        Words and tick labels; ``muted`` keeps a contrast of at least 4.5 to 1 on the background.
    grid, axis : str
        Helping lines and the frame of a plot.
    background : str
        What lies behind; figures themselves stay transparent except in print.
    cursor, halo : str
        The time cursor, and the veil around it that keeps it visible on every colour.
    hatch : str
        The lines over cells that are exactly at a bound; drawn on the strong ends of the scales.
    hatch_faint : str
        The same on the faint end of a sequential scale.
    missing : str
        Cells without a value (not a number).
    series : tuple of str
        Colours of lines, told apart by colour-blind eyes too (after Okabe and Ito).
    """

    text: str
    muted: str
    grid: str
    axis: str
    background: str
    cursor: str
    halo: str
    hatch: str
    hatch_faint: str
    missing: str
    series: tuple[str, ...]


_SERIES_ON_LIGHT = ("#0072b2", "#c44e00", "#00795a", "#a8487f", "#8a6d00", "#3a7ca5", "#555555")
_SERIES_ON_DARK = ("#56b4e9", "#f0914a", "#2fc7a0", "#e08fc0", "#e6c229", "#9ad0f5", "#bbbbbb")
_LIGHT = Ink(
    text="#24262d",
    muted="#565b66",
    grid="#e3e5ea",
    axis="#9a9fab",
    background="#ffffff",
    cursor="#111318",
    halo="rgba(255,255,255,0.85)",
    hatch="rgba(255,255,255,0.36)",
    hatch_faint="rgba(36,38,45,0.3)",
    missing="#b9bcc4",
    series=_SERIES_ON_LIGHT,
)
_DARK = Ink(
    text="#f2f3f6",
    muted="#b4b9c4",
    grid="#2f333d",
    axis="#6d7482",
    background="#0e1117",
    cursor="#ffffff",
    halo="rgba(0,0,0,0.75)",
    hatch="rgba(0,0,0,0.38)",
    hatch_faint="rgba(242,243,246,0.28)",
    missing="#5b606b",
    series=_SERIES_ON_DARK,
)
_INKS = {"light": _LIGHT, "print": _LIGHT, "dark": _DARK}


def ink(theme: str) -> Ink:
    """Return the plain colours of a theme; KeyError when it is unknown."""
    return _INKS[theme]


def diverging(palette: str, theme: str) -> Stops:
    """Return the (position 0…1, colour) stops of a scale for signed values."""
    return _spread((_ON_DARK if theme == "dark" else _ON_LIGHT)[palette])


def sequential(theme: str) -> Stops:
    """Return the (position 0…1, colour) stops of a scale for sizes, least first."""
    return _spread(_SEQUENTIAL_ON_DARK if theme == "dark" else _SEQUENTIAL_ON_LIGHT)


def scale(kind: str, palette: str, theme: str) -> Stops:
    """Return the stops of a kind of scale, ``"diverging"`` or ``"sequential"``."""
    return diverging(palette, theme) if kind == "diverging" else sequential(theme)


def channels(colour: str) -> tuple[int, int, int, float]:
    """Return red, green, blue (0…255) and alpha (0…1) of ``"rgba(…)"``."""
    red, green, blue, alpha = colour.removeprefix("rgba(").removesuffix(")").split(",")
    return int(red), int(green), int(blue), float(alpha)


def sample(stops: Stops, positions: Iterable[float]) -> list[str]:
    """Return the colours at positions of a scale, ends beyond 0…1, as ``"rgb(r,g,b)"``."""
    channels = [[int(colour[i : i + 2], 16) for _, colour in stops] for i in (1, 3, 5)]
    places = [position for position, _ in stops]
    at = list(positions)
    mixed = np.rint([np.interp(at, places, channel) for channel in channels]).astype(int)
    return [f"rgb({red},{green},{blue})" for red, green, blue in mixed.T]


def _spread(colours: tuple[str, ...]) -> Stops:
    last = len(colours) - 1
    return tuple((index / last, colour) for index, colour in enumerate(colours))

"""The Streamlit side of the viewer: what goes in, what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from rnnviz.figures.picture import Picture
from rnnviz.figures.style import Style
from rnnviz.ui.server import asset_url
from rnnviz.ui.viewer.payload import picture_bytes

_LOADER = """
const files = new URL("{url}", document.baseURI);
const load = (name) => document.querySelector(`link[href="${{name}}"]`) ?? document.head.append(
  Object.assign(document.createElement("link"), {{ rel: "stylesheet", href: name }}));
export default async (component) => {{
  load(new URL("viewer.css", files).href);
  return (await import(new URL("{module}", files).href)).default(component);
}};
"""


def _loader(module: str) -> str:
    """Return the inline script of a component: it fetches the module, which browsers keep."""
    return _LOADER.format(url=asset_url(""), module=module)


_VIEWER = st.components.v2.component(
    "rnnviz_state_viewer", js=_loader("viewer.js"), isolate_styles=False
)
_WORDS = ("cursor", "step", "at_step", "play", "pause", "speed", "speed_value")


@dataclass(frozen=True)
class ViewerState:
    """What the visitor chose in the viewer, as indices from 0; None where nothing was chosen yet.

    Parameters
    ----------
    timestep, unit : int or None
        Where the time cursor was let go, and the unit that was clicked.
    """

    timestep: int | None = None
    unit: int | None = None


def state_viewer(picture: Picture, style: Style, *, key: str = "state-viewer") -> ViewerState:
    """Show a picture in the page, and return what the visitor chose in it.

    Parameters
    ----------
    picture : Picture
        What is shown.
    style : Style
        The theme is read in the browser; the rest holds.
    key : str
        Identity of the viewer: zoom and cursor stay as long as it does.
    """
    sentences = {name: style.words.sentences[f"viewer.{name}"] for name in _WORDS}
    data = picture_bytes(picture, style, words=sentences)
    result = _VIEWER(data=data, key=key, on_cursor_change=lambda: None)
    chosen = result.cursor or {}
    return ViewerState(chosen.get("timestep"), chosen.get("unit"))

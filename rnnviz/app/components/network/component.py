"""The Streamlit side of the diagram: what goes in."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from rnnviz.app.components.viewer.component import component
from rnnviz.app.runtime.cache import BoundedCache
from rnnviz.viewer.network_payload import Drawn, network_bytes
from rnnviz.viewer.packing import at_cursor
from rnnviz.views._plot.style import Style

_PAYLOADS = BoundedCache(limit=48 * 2**20, size=len)
_VIEWS = ("spectrum",)
_NETWORK = component(
    "network", "streamlit_network.js", ("viewer.css", "network.css", "streamlit.css")
)


@dataclass(frozen=True)
class Opened:
    """What was clicked just now: the number of a layer, the name of a view; None where nothing."""

    layer: int | None = None
    view: str | None = None


def network_view(drawn: Drawn, style: Style, cursor: tuple[int, int], *, key: str) -> Opened:
    """Draw a network in the page; the viewers' time cursor moves it, in the browser.

    Parameters
    ----------
    drawn : Drawn
        The network with its run.
    style : Style
        The theme is read in the browser; the rest holds.
    cursor : (timestep, unit)
        Where it begins; after that, the viewers say so.
    key : str
        Identity of the element.
    """
    identity: Hashable = (
        drawn.run.identity,
        drawn.layer,
        (drawn.state.low, drawn.state.high),
        style,
    )
    data = _PAYLOADS.get(identity, lambda: network_bytes(drawn, style))
    result = _NETWORK(
        data=at_cursor(data, cursor), key=key, on_layer_change=_nothing, on_open_change=_nothing
    )
    layer = result.layer if isinstance(result.layer, int) and result.layer >= 0 else None
    return Opened(layer, result.open if result.open in _VIEWS else None)


def _nothing() -> None:
    """Stand in for a callback; Streamlit returns only those triggers that have one."""

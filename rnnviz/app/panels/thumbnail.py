"""A network's states as a small picture, to tell one network from another at a glance."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache

import numpy as np

from rnnviz.export.png import bitmap
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.simulate import simulate
from rnnviz.views._plot.colours import diverging

_SIZE = (96, 32)
"""Most columns and rows of a picture."""
_MOST_STATES = 200_000
"""A network with more of them has no small picture: it would keep the list waiting."""


@lru_cache(maxsize=256)
def thumbnail(experiment: Experiment, palette: str) -> str | None:
    """Return the states as a ``data:`` address of a small PNG; None if there are too many.

    Time goes across; of several trials it is the first.
    """
    if experiment.timesteps * max(spec.units for spec in experiment.layers) > _MOST_STATES:
        return None
    states = simulate(experiment).states
    states = (states[0] if states.ndim > 2 else states)[: _SIZE[0], : _SIZE[1]]
    stops = diverging(palette, "light")
    places = [place for place, _ in stops]
    levels = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in stops])
    share = (np.nan_to_num(states.T[::-1]).clip(-1, 1) + 1) / 2
    pixels = np.stack([np.interp(share, places, channel) for channel in levels.T], axis=-1)
    return f"data:image/png;base64,{b64encode(bitmap(np.rint(pixels).astype(np.uint8))).decode()}"

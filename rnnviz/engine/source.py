"""Where a run's weights and inputs come from, when no recipe draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlencode


@runtime_checkable
class Source(Protocol):
    """What captions, links, caches and exports cite: hashable, equal where the numbers are.

    An Experiment is one, a Training, and `Given` for arrays that are at hand.
    """

    def to_query(self) -> str:
        """Return the text of the link that leads here again."""


@dataclass(frozen=True)
class Given:
    """Weights or inputs that are given as arrays: from a file, a live model, a program.

    Parameters
    ----------
    network, inputs : str
        SHA-256 of the network and of the inputs; "" for what the recipe draws.
    network_name, inputs_name : str
        Names of the files, or of the model; "" where there is none.
    recipe : Source or None
        What draws the part that is not given, and acts on the part that is.
    training : Source or None
        What the network was trained by, where that is known: its link leads here as well.
    """

    network: str
    inputs: str
    network_name: str = ""
    inputs_name: str = ""
    recipe: Any = None
    training: Any = None

    def to_query(self) -> str:
        """Return the query of a link: the training's; else hashes and names, and the recipe."""
        if self.training is not None:
            return self.training.to_query()
        files = urlencode(self.pairs())
        return files if self.recipe is None else f"{files}&{self.recipe.to_query()}"

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (name, text) pairs that name the files in a link."""
        named = {
            "network": self.network,
            "network_name": self.network_name,
            "inputs": self.inputs,
            "inputs_name": self.inputs_name,
        }
        return [(name, text) for name, text in named.items() if text]

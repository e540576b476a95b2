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
        SHA-256 of the network and of the inputs.
    network_name, inputs_name : str
        Names of the files, or of the model; "" where there is none.
    recipe : Source or None
        What draws the same network, where only the inputs are given; or what the arrays were said
        to come from, where they turned out to be others.
    changes : tuple of (str, object) pairs
        What was changed on purpose after they were read: ``(("weight_scale", 0.5),)``.
    """

    network: str
    inputs: str
    network_name: str = ""
    inputs_name: str = ""
    recipe: Any = None
    changes: tuple[tuple[str, Any], ...] = ()

    def to_query(self) -> str:
        """Return the link: hashes and names; whoever opens it is asked for the files."""
        return urlencode(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (name, text) pairs of the link."""
        named = {
            "network": self.network,
            "network_name": self.network_name,
            "inputs": self.inputs,
            "inputs_name": self.inputs_name,
            **{name: str(value) for name, value in self.changes},
        }
        return [(name, text) for name, text in named.items() if text]

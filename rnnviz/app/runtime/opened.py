"""Networks and data that a visitor has opened: in memory, for that visitor alone."""

from __future__ import annotations

import secrets
import weakref
from dataclasses import dataclass, field

from rnnviz.engine import Given, Inputs, Network
from rnnviz.lessons.example import inputs_by_hash, network_by_hash
from rnnviz.readers.messages import Note

MOST_OF_VISIT = 192 * 2**20
"""Bytes of files that one visit keeps: the ones opened first go."""
MOST_OF_ALL = 768 * 2**20
"""Bytes of files that all visits keep together."""
_VISITS: weakref.WeakSet[Opened] = weakref.WeakSet()


class NoRoomError(Exception):
    """The server keeps as many files of others as it may."""


@dataclass(frozen=True)
class Found:
    """What was said when a file was read.

    Parameters
    ----------
    format : str
        Key of the format's name, under ``reader.format.``; "" for data.
    notes : tuple of Note
        What was left out, filled in, or taken for granted.
    """

    format: str
    notes: tuple[Note, ...] = ()


class NotOpenedError(Exception):
    """A link names a file that this visitor has not opened yet.

    Parameters
    ----------
    kind : {"network", "inputs"}
        Which of the two is missing.
    name, sha256 : str
        The file's name, as the link has it, and the hash of what must be in it.
    """

    def __init__(self, kind: str, name: str, sha256: str) -> None:
        super().__init__(f"{kind} {name} {sha256}")
        self.kind, self.name, self.sha256 = kind, name, sha256


@dataclass(eq=False)
class Opened:
    """What one visitor has opened, by SHA-256.

    Attributes
    ----------
    token : str
        Secret part of the keys under which shared caches keep what is computed from these files.
    networks, inputs : dict
        By the hash that a link names.
    found : dict
        What was said of each, by the same hash.
    count : int
        How many files were opened or put away so far: it tells one menu from the next.
    sent : set of str
        Streamlit's names of the files that the menu holds, until they are opened or it closes.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    networks: dict[str, Network] = field(default_factory=dict)
    inputs: dict[str, Inputs] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    count: int = 0
    sent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        _VISITS.add(self)

    def keep(
        self, network: Network | None, inputs: Inputs | None, found: Found | None = None
    ) -> None:
        """Keep what was read from a file, under its hash.

        Raises
        ------
        NoRoomError
            Where all visits together would keep too much.
        """
        new = [one for one in (network, inputs) if one is not None]
        size = sum(map(_bytes_of, new))
        if sum(visit.nbytes for visit in list(_VISITS)) + size > MOST_OF_ALL:
            raise NoRoomError
        if network is not None:
            self.networks.pop(network.sha256, None)
            self.networks[network.sha256] = network
        if inputs is not None:
            self.inputs.pop(inputs.sha256, None)
            self.inputs[inputs.sha256] = inputs
        for one in new:
            if found is not None:
                self.found[one.sha256] = found
        self.count += 1
        self._drop({one.sha256 for one in new})

    def _drop(self, new: set[str]) -> None:
        """Let the oldest go until what is kept fits, but never what was just opened."""
        for kept in (self.networks, self.inputs):
            for hash in list(kept):
                if self.nbytes <= MOST_OF_VISIT:
                    return
                if hash not in new:
                    del kept[hash]
                    self.found.pop(hash, None)

    def network(self, sha256: str) -> Network | None:
        """The network with a hash: opened by this visitor, or one that comes with rnnviz."""
        return self.networks.get(sha256) or network_by_hash(sha256)

    def data(self, sha256: str) -> Inputs | None:
        """The inputs with a hash: opened by this visitor, or some that come with rnnviz."""
        return self.inputs.get(sha256) or inputs_by_hash(sha256)

    def network_of(self, source: Given) -> Network | None:
        """The network of a source; None if it is drawn. NotOpenedError if it is not here."""
        if not source.network:
            return None
        found = self.network(source.network)
        if found is None:
            raise NotOpenedError("network", source.network_name, source.network)
        return found

    def inputs_of(self, source: Given) -> Inputs | None:
        """The inputs of a source; None if they are drawn. NotOpenedError if they are not here."""
        if not source.inputs:
            return None
        found = self.data(source.inputs)
        if found is None:
            raise NotOpenedError("inputs", source.inputs_name, source.inputs)
        return found

    @property
    def nbytes(self) -> int:
        """Memory that the files take, in bytes."""
        networks = sum(map(_bytes_of, self.networks.values()))
        return networks + sum(map(_bytes_of, self.inputs.values()))


def _bytes_of(kept: Network | Inputs) -> int:
    return kept.nbytes if isinstance(kept, Network) else kept.values.nbytes

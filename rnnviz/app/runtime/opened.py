"""Networks and data that a visitor has opened: in memory, for that visitor alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from rnnviz.engine import Given, Inputs, Network


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


@dataclass
class Opened:
    """What one visitor has opened, by SHA-256.

    Attributes
    ----------
    token : str
        Secret part of the keys under which shared caches keep what is computed from these files.
    networks, inputs : dict
        By the hash that a link names.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    networks: dict[str, Network] = field(default_factory=dict)
    inputs: dict[str, Inputs] = field(default_factory=dict)

    def keep(self, network: Network | None, inputs: Inputs | None) -> None:
        """Keep what was read from a file, under its hash."""
        if network is not None:
            self.networks[network.sha256] = network
        if inputs is not None:
            self.inputs[inputs.sha256] = inputs

    def network_of(self, source: Given) -> Network | None:
        """The network of a source; None if it is drawn. NotOpenedError if it is not here."""
        if not source.network:
            return None
        if source.network not in self.networks:
            raise NotOpenedError("network", source.network_name, source.network)
        return self.networks[source.network]

    def inputs_of(self, source: Given) -> Inputs | None:
        """The inputs of a source; None if they are drawn. NotOpenedError if they are not here."""
        if not source.inputs:
            return None
        if source.inputs not in self.inputs:
            raise NotOpenedError("inputs", source.inputs_name, source.inputs)
        return self.inputs[source.inputs]

    @property
    def nbytes(self) -> int:
        """Memory that the files take, in bytes."""
        networks = sum(network.nbytes for network in self.networks.values())
        return networks + sum(inputs.values.nbytes for inputs in self.inputs.values())

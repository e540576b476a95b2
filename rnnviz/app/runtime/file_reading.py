"""What a visitor's file holds: a network, data, or what rnnviz itself wrote."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.app.runtime.opened import Found
from rnnviz.engine import Inputs, Network
from rnnviz.export.failures import ExportFailure
from rnnviz.export.reopen import Reopened, reopened
from rnnviz.readers import Choices, Data, Refused, read_inputs, read_network
from rnnviz.readers.data.opening import ENDINGS as DATA_ENDINGS
from rnnviz.readers.opening import ENDINGS as NETWORK_ENDINGS

ENDINGS = tuple(dict.fromkeys((*NETWORK_ENDINGS, *DATA_ENDINGS, "json", "html")))


@dataclass(frozen=True, eq=False)
class FileContent:
    """What was found; one of the three.

    Parameters
    ----------
    network : Network or None
    data : Data or None
    exported : Reopened or None
        A file that rnnviz wrote.
    found : Found
        What is said of it.
    """

    found: Found
    network: Network | None = None
    data: Data | None = None
    exported: Reopened | None = None

    @property
    def inputs(self) -> Inputs | None:
        """The data, as a network reads it."""
        return None if self.data is None else self.data.inputs


def read_file(
    content: bytes, name: str, answers: Mapping[str, str], choices: Choices
) -> FileContent:
    """Read a file by its ending; an NPZ may be any of the three.

    Raises
    ------
    Refused, Unanswered, ExportFailure, ExperimentError
        Where it cannot be opened, or leaves something open.
    """
    ending = name.rpartition(".")[2].lower()
    if ending in ("json", "html"):
        return FileContent(Found(""), exported=reopened(io.BytesIO(content), len(content)))
    if ending == "npz":
        return _npz(content, name, answers, choices)
    if ending in DATA_ENDINGS:
        return _data(content, name, choices)
    return _network(content, name, answers)


def _npz(content: bytes, name: str, answers: Mapping[str, str], choices: Choices) -> FileContent:
    try:
        return FileContent(Found(""), exported=reopened(io.BytesIO(content), len(content)))
    except ExportFailure:
        pass  # not of ours
    try:
        return _network(content, name, answers)
    except Refused as refused:
        if refused.key not in ("npz_names", "no_recurrent", "npz_order", "no_cell"):
            raise
    return _data(content, name, choices)


def _network(content: bytes, name: str, answers: Mapping[str, str]) -> FileContent:
    reading = read_network(content, name, answers)
    return FileContent(Found(reading.format, reading.notes), network=reading.network)


def _data(content: bytes, name: str, choices: Choices) -> FileContent:
    data = read_inputs(content, name, choices)
    return FileContent(Found("", data.notes), data=data)

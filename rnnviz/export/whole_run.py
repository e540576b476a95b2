"""A whole run in an NPZ or JSON file: network and inputs, so that both can be read back.

A file may come from anybody: only the entries that the description names are read, each is
measured before memory is taken, nothing is unpickled.
"""

from __future__ import annotations

import base64
import json
import math
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from rnnviz.engine import Inputs, Network, Run, from_architecture
from rnnviz.readers.messages import Refused
from rnnviz.readers.npy import array_of

DESCRIPTION = "description"
"""Name of the entry that says what the other entries are."""
_TEXT_LIMIT = 2**20
_ARRAYS_LIMIT = 2_000
_TEXT_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<>])U(\d{1,7})', "
    rb"'fortran_order': False, 'shape': \(\), \} *\n",
    re.DOTALL,
)


class NoRunError(Exception):
    """A file that does not hold a whole run."""


def description(run: Run) -> dict[str, Any]:
    """Return what the arrays of a run are, as values that JSON can hold."""
    data, network = run.data, run.network
    return {
        "architecture": network.architecture,
        "layer_names": [layer.name for layer in network.layers],
        "name": network.name,
        "weights": list(weight_entries(network)),
        "inputs": data_entry(run)[0],
        "lengths": list(data.lengths),
        "labels": list(data.labels),
        "vocabulary": list(data.vocabulary),
        "feature_names": list(data.feature_names),
        "inputs_name": data.name,
        "targets": data.targets is not None,
    }


def weight_entries(network: Network) -> dict[str, np.ndarray]:
    """Return the weights by their names in a file, in the order of `Network.weights`."""
    names: list[str] = [] if network.embedding is None else ["embeddings"]
    for index, layer in enumerate(network.layers):
        names += _part_names(layer.before, f"layer_{index}_before")
        for direction in ("", "backward_")[: 1 + layer.bidirectional]:
            cell = layer.forward if not direction else layer.backward
            names += [f"layer_{index}_{direction}{weight}" for weight in _arrays_of(cell)]
    names += _part_names(network.head, "dense")
    return dict(zip(names, network.weights.values(), strict=True))


def _part_names(parts: Iterable[Any], stem: str) -> list[str]:
    names = []
    for number, part in enumerate(parts):
        numbered = f"{stem}_{number}" if number else stem
        names += [f"{numbered}_{weight}" for weight in _arrays_of(part)]
    return names


def _arrays_of(part: Any) -> list[str]:
    return [name for name, value in vars(part).items() if isinstance(value, np.ndarray)]


def data_entry(run: Run) -> tuple[str, np.ndarray]:
    """Return under which name a file keeps what the network was given, and the array."""
    if run.network.reads_tokens:
        return "token_numbers", run.data.values
    same = run.data.values.dtype == run.inputs.dtype
    return ("inputs", run.inputs) if same else ("data", run.data.values)


def read_npz(archive: zipfile.ZipFile) -> tuple[Network, Inputs]:
    """Return network and inputs of an open NPZ.

    Raises
    ------
    NoRunError
        If it does not hold a whole run, or is damaged.
    """
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}

    def content(name: str, limit: int) -> bytes:
        entry = entries.get(name)
        if entry is None or entry.file_size > limit:
            raise NoRunError
        with archive.open(entry) as stream:
            return stream.read(limit + 1)

    def array(name: str) -> np.ndarray:
        try:
            found = array_of(content(name, entries[name].file_size), name)
        except (Refused, KeyError) as error:
            raise NoRunError from error
        if found.dtype.kind not in "fiub":
            raise NoRunError
        return found

    return _assembled(_object(text_of(content(DESCRIPTION, 4 * _TEXT_LIMIT))), array)


def to_json(run: Run) -> dict[str, Any]:
    """Return description and arrays of a run as values that JSON can hold."""
    name, values = data_entry(run)
    arrays = {**weight_entries(run.network), name: values}
    if run.data.targets is not None:
        arrays["targets"] = run.data.targets
    return {
        DESCRIPTION: description(run),
        "arrays": {name: _written(array) for name, array in arrays.items()},
    }


def read_json(values: Mapping[str, Any]) -> tuple[Network, Inputs]:
    """Return network and inputs of `to_json`; NoRunError if it holds none."""
    arrays = values.get("arrays")
    if not isinstance(arrays, dict):
        raise NoRunError

    def array(name: str) -> np.ndarray:
        return _read(arrays.get(name))

    return _assembled(values.get(DESCRIPTION), array)


def _assembled(told: Any, array: Any) -> tuple[Network, Inputs]:
    if not isinstance(told, dict):
        raise NoRunError
    try:
        names = told["weights"]
        if not isinstance(names, list) or len(names) > _ARRAYS_LIMIT:
            raise NoRunError
        weights = {str(name): array(str(name)) for name in names}
        network = from_architecture(told["architecture"], weights, str(told["name"])[:200])
        inputs = Inputs(
            array(str(told["inputs"])),
            tuple(int(length) for length in told["lengths"]),
            tuple(map(str, told["labels"])),
            tuple(map(str, told["vocabulary"])),
            array("targets") if told["targets"] else None,
            tuple(map(str, told["feature_names"])),
            str(told["inputs_name"])[:200],
        )
        inputs.check(network.reads_tokens)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, OverflowError) as error:
        raise NoRunError from error
    return network, inputs


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoRunError from error


def text_of(content: bytes) -> str:
    """Return the text of an NPY file that holds one text and nothing else; else NoRunError.

    Read by hand: NumPy evaluates the header as Python's literals, and sets as much memory aside
    as it claims.
    """
    header = _TEXT_HEADER.match(content)
    if header is None:
        raise NoRunError
    letters = content[header.end() :]
    if len(letters) != 4 * int(header[2]):
        raise NoRunError
    try:
        return letters.decode("utf-32-le" if header[1] == b"<" else "utf-32-be").rstrip("\0")
    except UnicodeDecodeError as error:
        raise NoRunError from error


def _written(array: np.ndarray) -> dict[str, Any]:
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.str, "shape": list(array.shape), "base64": data}


def _read(value: Any) -> np.ndarray:
    try:
        dtype, shape = np.dtype(value["dtype"]), tuple(value["shape"])
        content = base64.b64decode(value["base64"], validate=True)
        if dtype.kind not in "fiub" or not all(isinstance(n, int) and n >= 0 for n in shape):
            raise NoRunError
        if math.prod(shape) * dtype.itemsize != len(content):
            raise NoRunError
        return np.frombuffer(content, dtype).reshape(shape)
    except (ValueError, KeyError, TypeError) as error:
        raise NoRunError from error

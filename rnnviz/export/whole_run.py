"""A whole run in an NPZ or JSON file: network and inputs, so that both can be read back.

A file may come from anybody: only the entries that the description names are read, each is
measured before memory is taken, nothing is unpickled.
"""

from __future__ import annotations

import ast
import base64
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from rnnviz.engine import Inputs, Network, Run, from_architecture

DESCRIPTION = "description"
"""Name of the entry that says what the other entries are."""
_TEXT_LIMIT = 2**20
_ARRAYS_LIMIT = 2_000


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

    def array(name: str) -> np.ndarray:
        entry = entries.get(name)
        if entry is None:
            raise NoRunError
        with archive.open(entry) as stream:
            return npy(stream.read(entry.file_size + 1), entry.file_size)

    text = array(DESCRIPTION)
    if text.shape or text.dtype.kind != "U" or text.nbytes > 4 * _TEXT_LIMIT:
        raise NoRunError
    return _assembled(_object(str(text)), array)


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


def npy(content: bytes, size: int) -> np.ndarray:
    """Return the array of an NPY file, read-only; NoRunError if it is none or lies about its size.

    Read by hand: NumPy sets as much memory aside as the header claims.
    """
    if len(content) != size or content[:6] != b"\x93NUMPY" or content[6:7] not in (b"\1", b"\2"):
        raise NoRunError
    width = 2 if content[6] == 1 else 4
    length = int.from_bytes(content[8 : 8 + width], "little")
    if length > 10_000:
        raise NoRunError
    begin = 8 + width + length
    try:
        header = ast.literal_eval(content[8 + width : begin].decode("latin-1").strip())
        dtype, shape = np.dtype(header["descr"]), tuple(header["shape"])
        order = "F" if header["fortran_order"] else "C"
        count = math.prod(shape)
        fits = all(isinstance(n, int) and n >= 0 for n in shape)
        if dtype.kind not in "fiubU" or not fits or count * dtype.itemsize != size - begin:
            raise NoRunError
        return np.frombuffer(content, dtype, count, begin).reshape(shape, order=order)
    except (ValueError, KeyError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
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

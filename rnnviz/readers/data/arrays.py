"""``.npy`` and ``.npz``: arrays (timesteps, features), (trials, timesteps, features), or tokens."""

from __future__ import annotations

import numpy as np

from rnnviz.engine import Inputs
from rnnviz.readers.answers import Answers
from rnnviz.readers.archive import Archive
from rnnviz.readers.data.table import Choices, Data, inputs_of_trials
from rnnviz.readers.messages import Note, Refused, note
from rnnviz.readers.npy import array_of, header_of

_INPUTS = ("inputs", "x", "X", "data", "values")
_TARGETS = ("targets", "y", "Y")


def read_npy(content: bytes, name: str, choices: Choices) -> Data:
    """Read one array."""
    return _data(array_of(content, name), None, (), (), name, choices)


def read_npz(content: bytes, name: str, choices: Choices) -> Data:
    """Read inputs, and what stands beside them by its name: targets, labels, lengths."""
    archive = Archive(content)
    arrays = [one.removesuffix(".npy") for one in archive.names if one.endswith(".npy")]
    if not arrays:
        raise Refused("no_numbers")
    chosen = choices.array
    if chosen is None:
        known = [one for one in _INPUTS if one in arrays]
        numbers = [one for one in arrays if header_of(archive.read(f"{one}.npy"), one).shape]
        if known or len(numbers) == 1:
            chosen = (known or numbers)[0]
        else:
            chosen = Answers({}).ask("array", tuple(arrays))
    if chosen not in arrays:
        raise Refused("no_column", name=chosen, names=", ".join(arrays))

    def found(names: tuple[str, ...]) -> np.ndarray | None:
        name = next((one for one in names if one in arrays and one != chosen), None)
        return None if name is None else array_of(archive.read(f"{name}.npy"), name)

    labels, lengths = found(("labels",)), found(("lengths",))
    texts = () if labels is None else tuple(map(str, labels.ravel().tolist()))
    counts = () if lengths is None else tuple(int(n) for n in lengths.ravel().tolist())
    values = array_of(archive.read(f"{chosen}.npy"), chosen)
    return _data(values, found(_TARGETS), texts, counts, name, choices)


def _data(
    values: np.ndarray,
    targets: np.ndarray | None,
    labels: tuple[str, ...],
    lengths: tuple[int, ...],
    name: str,
    choices: Choices,
) -> Data:
    if values.dtype.kind not in "fiub":
        raise Refused("not_numbers", dtype=values.dtype.name)
    if values.ndim not in (1, 2, 3) or not values.size:
        raise Refused("data_shape", shape=values.shape)
    notes: list[Note] = []
    if values.dtype.kind == "b":
        values = values.astype(np.float32)
    if values.dtype.kind in "iu":
        # Whole numbers may be tokens: they stay as they are, and the network decides.
        notes.append(note("whole_numbers"))
        return Data(_whole(values, targets, labels, lengths, name), tuple(notes))
    if values.ndim == 1:
        notes.append(note("one_feature"))
        values = values[:, np.newaxis]
    if values.dtype.itemsize == 2:
        values = values.astype(np.float32)
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    trials = list(values) if values.ndim == 3 else [values]
    if lengths and values.ndim == 3:
        if len(lengths) != len(trials) or not all(1 <= n <= values.shape[1] for n in lengths):
            raise Refused("data_lengths", lengths=len(lengths), trials=len(trials))
        trials = [one[:length] for one, length in zip(trials, lengths, strict=True)]
    if labels and len(labels) != len(trials):
        notes.append(note("labels_left_out", found=len(labels), trials=len(trials)))
        labels = ()
    inputs = inputs_of_trials(trials, None, labels, (), name, choices.standardise, notes)
    if targets is not None:
        inputs = _with_targets(inputs, targets, notes)
    if values.ndim == 3 and inputs.values.ndim == 2:
        inputs = Inputs(inputs.values[np.newaxis], labels=labels, targets=inputs.targets, name=name)
    return Data(inputs, tuple(notes))


def _whole(values, targets, labels, lengths, name: str) -> Inputs:
    inputs = Inputs(values, lengths, labels, targets=targets, name=name)
    try:
        inputs.check(values.ndim < 3)
    except ValueError as error:
        raise Refused("data_lengths", lengths=len(lengths), trials=len(values)) from error
    return inputs


def _with_targets(inputs: Inputs, targets: np.ndarray, notes: list[Note]) -> Inputs:
    if targets.dtype.kind not in "fiub" or not targets.ndim:
        notes.append(note("targets_left_out", shape=targets.shape))
        return inputs
    return Inputs(
        inputs.values,
        inputs.lengths,
        inputs.labels,
        targets=targets,
        feature_names=inputs.feature_names,
        name=inputs.name,
    )

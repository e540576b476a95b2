"""What every reader of data gives: numbers by rows and named columns, or whole trials."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rnnviz.engine import Inputs
from rnnviz.readers.messages import Note, Refused, note

MOST_NUMBERS = 50_000_000
"""Numbers that are read from one file: 400 MB as float64."""


@dataclass(frozen=True)
class Choices:
    """What may be chosen of a file of data.

    Parameters
    ----------
    features : sequence of str or None
        Columns that are read, in this order; None for every column of numbers.
    trial : str or None
        Column that tells trials apart: rows with one value of it are one trial.
    label : str or None
        Column with what each trial is called; its first row of a trial counts.
    target : sequence of str
        Columns that a task asks for; they are no inputs.
    array : str or None
        Which array of an ``.npz`` is read.
    standardise : bool
        Whether each feature is shifted and scaled to mean 0 and deviation 1 over all trials.
    tokens : {"characters", "words"}
        What one token of a text is.
    vocabulary : sequence of str, or None
        Token k at place k; None for the tokens of the text itself, the most frequent first.
    frame : int
        Samples of a sound that make one timestep, whose features they are.
    """

    features: Sequence[str] | None = None
    trial: str | None = None
    label: str | None = None
    target: Sequence[str] = ()
    array: str | None = None
    standardise: bool = False
    tokens: str = "characters"
    vocabulary: Sequence[str] | None = None
    frame: int = 1


@dataclass(frozen=True, eq=False)
class Data:
    """A file of data that was read.

    Parameters
    ----------
    inputs : Inputs
        What a network reads.
    notes : tuple of Note
        What was done to the numbers, or left out.
    columns : tuple of str
        Names of all columns of numbers, and of all others; empty for what has no columns.
    texts : tuple of str
    """

    inputs: Inputs
    notes: tuple[Note, ...] = ()
    columns: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass
class Table:
    """Columns of one length: numbers as arrays, all others as lists of text."""

    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def values_of(self, name: str) -> list[str]:
        """Return a column as text: whole numbers without their point."""
        if name in self.texts:
            return self.texts[name]
        if name not in self.numbers:
            raise Refused("no_column", name=name, names=", ".join([*self.numbers, *self.texts]))
        return [_plain(one) for one in self.numbers[name].tolist()]


def _plain(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def data_of_table(table: Table, name: str, choices: Choices) -> Data:
    """Make inputs of a table: one sequence, or one trial for each value of a column."""
    notes: list[Note] = []
    chosen = list(choices.features) if choices.features is not None else None
    settled = {choices.trial, choices.label, *choices.target}
    if chosen is None:
        chosen = [one for one in table.numbers if one not in settled]
        left = [one for one in table.texts if one not in settled]
        notes += [note("column_left_out", name=one) for one in left[:8]]
    for one in (*chosen, *choices.target):
        if one not in table.numbers:
            raise Refused("no_column", name=one, names=", ".join(table.numbers))
    if not chosen:
        raise Refused("no_numbers")
    values = np.stack([table.numbers[one] for one in chosen], axis=1)
    starts, labels = _trials(table, choices, len(values))
    targets = None
    if choices.target:
        targets = np.stack([table.numbers[one] for one in choices.target], axis=1)
    trials = [values[a:b] for a, b in starts]
    asked = None if targets is None else [targets[a:b] for a, b in starts]
    inputs = inputs_of_trials(
        trials, asked, tuple(labels), tuple(chosen), name, choices.standardise, notes
    )
    return Data(inputs, tuple(notes), tuple(table.numbers), tuple(table.texts))


def _trials(table: Table, choices: Choices, rows: int) -> tuple[list[tuple[int, int]], list[str]]:
    """Return (first, end) of each trial and its label; a value that comes back is a new trial."""
    if choices.trial is None:
        label = table.values_of(choices.label)[:1] if choices.label else []
        return [(0, rows)], label
    keys = table.values_of(choices.trial)
    places = [0, *(i for i in range(1, rows) if keys[i] != keys[i - 1]), rows]
    starts = list(itertools.pairwise(places))
    names = table.values_of(choices.label) if choices.label else keys
    return starts, [names[first] for first, _ in starts]


def inputs_of_trials(
    trials: list[np.ndarray],
    targets: list[np.ndarray] | None,
    labels: tuple[str, ...],
    names: tuple[str, ...],
    file_name: str,
    standardise: bool,
    notes: list[Note],
) -> Inputs:
    """Fill what is missing, standardise, pad; what was done is noted."""
    missing = sum(int((~np.isfinite(one)).sum()) for one in trials)
    if missing:
        trials = [filled(one) for one in trials]
        notes.append(note("missing", count=f"{missing:,}"))
    if standardise:
        trials = standardised(trials, names, notes)
    lengths = tuple(len(one) for one in trials)
    if len(trials) == 1:
        only = None if targets is None else targets[0]
        return Inputs(
            trials[0], labels=labels[:1], targets=only, feature_names=names, name=file_name
        )
    if len(set(lengths)) > 1:
        notes.append(note("padded", shortest=min(lengths), longest=max(lengths)))
    return Inputs(
        padded(trials),
        lengths if len(set(lengths)) > 1 else (),
        labels,
        targets=None if targets is None else padded(targets),
        feature_names=names,
        name=file_name,
    )


def padded(trials: list[np.ndarray]) -> np.ndarray:
    """Trials (timesteps, features) of several lengths as one array, zeros at their ends."""
    longest = max(map(len, trials))
    if longest * len(trials) * trials[0].shape[1] > MOST_NUMBERS:
        raise Refused("too_many_numbers", limit=f"{MOST_NUMBERS:,}")
    whole = np.zeros((len(trials), longest, trials[0].shape[1]), trials[0].dtype)
    for row, trial in zip(whole, trials, strict=True):
        row[: len(trial)] = trial
    return whole


def filled(values: np.ndarray) -> np.ndarray:
    """Fill what is missing in (timesteps, features) on a straight line between its neighbours.

    Before the first and after the last known value, that value stands; a feature of which nothing
    is known is 0.
    """
    values, steps = values.copy(), np.arange(len(values))
    for column in values.T:
        known = np.isfinite(column)
        if known.all():
            continue
        column[~known] = np.interp(steps[~known], steps[known], column[known]) if known.any() else 0
    return values


def standardised(
    trials: list[np.ndarray], names: tuple[str, ...], notes: list[Note]
) -> list[np.ndarray]:
    """Shift and scale each feature to mean 0 and deviation 1 over all trials."""
    whole = np.concatenate(trials).astype(np.float64)
    mean, deviation = whole.mean(axis=0), whole.std(axis=0)
    still = [names[i] if names else str(i) for i in np.flatnonzero(deviation == 0)]
    if still:
        notes.append(note("constant", names=", ".join(still[:8])))
    notes.append(note("standardised"))
    scale = np.where(deviation == 0, 1, deviation)
    return [
        ((one - mean) / scale).astype(one.dtype if one.dtype.kind == "f" else float)
        for one in trials
    ]

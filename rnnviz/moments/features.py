"""What a unit could follow: a number or a yes and no for every timestep of a run.

A feature belongs to the timestep whose input the network has just read: "space" is true where the
token that was read is a space, "quotes" where that token stands inside quotation marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine.run import Run

MOST_INPUTS = 32
"""Input features that are looked at, from the first on."""
MOST_CLASSES = 10
"""Values of a column of labels that are looked at, the most frequent ones."""
_WRITTEN = {"␣": " ", "↵": "\n", "\\n": "\n", "\\t": "\t", "\\r": "\r"}
"""How a token that cannot be seen is shown, and what it is."""
_OPEN, _CLOSE = "([{<", ")]}>"
_QUOTES, _OPEN_QUOTES, _CLOSE_QUOTES = '"', "“«「『", "”»」』"


@dataclass(frozen=True, eq=False)
class Feature:
    """One thing that a unit could follow.

    Parameters
    ----------
    kind : str
        "token", "label", "input", "position" or "since": whose sentence it is told with.
    name : str
        Which one: "quotes", the name of a column and its value, the name of an input feature.
    values : ndarray (steps,)
        bool, or float; nan where it is not known.
    """

    kind: str
    name: str
    values: np.ndarray

    @property
    def binary(self) -> bool:
        """Whether it is a yes or a no: scored by AUC, and by R² otherwise."""
        return self.values.dtype == bool

    @property
    def key(self) -> str:
        """What tables call it, e.g. ``token.quotes`` or ``since.space``."""
        return f"{self.kind}.{self.name}" if self.name else self.kind


def features_of(run: Run, labels: Any = None) -> list[Feature]:
    """Return all that the units of a run could follow, over its trials one after the other.

    Parameters
    ----------
    run : Run
        Tokens, inputs, labels and targets are its own.
    labels : mapping of str to array_like, DataFrame, or array_like, optional
        Columns with one value for each timestep: ``(steps,)`` of all trials together, ``(trials,
        timesteps)``, or one for each trial, ``(trials,)``. Text and whole numbers of few values
        are classes, yes and no an event, other numbers a size.

    Raises
    ------
    ValueError
        Where a column does not have as many values as there are timesteps.
    """
    run = run.whole
    lengths = np.array(run.lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    found = _of_tokens(run, lengths) if run.network.reads_tokens else _of_inputs(run, lengths)
    for name, column in _columns(run, labels):
        found += _of_column(name, _joined(name, column, lengths))
    found += [
        Feature("since", one.name, _since(one.values, starts)) for one in found if _event(one)
    ]
    if len(lengths) > 1:
        position = np.arange(lengths.sum()) - np.repeat(starts, lengths)
        found.append(Feature("position", "", position.astype(np.float64)))
    return [one for one in found if _varies(one.values)]


_EVENTS = ("space", "newline", "punctuation")
"""Token classes after which time is counted."""


def _event(one: Feature) -> bool:
    return one.binary and (one.kind in ("label", "input") or one.name in _EVENTS)


def _varies(values: np.ndarray) -> bool:
    known = values[~np.isnan(values)] if values.dtype != bool else values
    return bool(known.size) and known.min() != known.max()


def _of_tokens(run: Run, lengths: np.ndarray) -> list[Feature]:
    numbers = run.token_numbers
    assert numbers is not None
    if run.has_trials:
        numbers = np.concatenate([row[:n] for row, n in zip(numbers, lengths, strict=True)])
    names = run.data.vocabulary
    tokens = [_WRITTEN.get(one, one) for one in names]
    tokens += [""] * (int(numbers.max(initial=0)) + 1 - len(tokens))
    classes = {
        "space": [one == " " for one in tokens],
        "newline": [one == "\n" for one in tokens],
        "digit": [one.isdigit() for one in tokens],
        "capital": [one[:1].isupper() for one in tokens],
        "punctuation": [len(one) == 1 and one in ".,;:!?…。、" for one in tokens],
        "vowel": [len(one) == 1 and one.lower() in "aeiouy" for one in tokens],
    }
    found = [Feature("token", name, np.array(table)[numbers]) for name, table in classes.items()]
    ends = np.cumsum(lengths)
    quotes, depth = np.empty(len(numbers), bool), np.empty(len(numbers))
    for begin, end in zip(ends - lengths, ends, strict=True):
        part = numbers[begin:end]
        quotes[begin:end] = _inside_quotes(part, tokens)
        depth[begin:end] = _depth(part, tokens)
    return [*found, Feature("token", "quotes", quotes), Feature("token", "depth", depth)]


def _table(tokens: list[str], letters: str) -> np.ndarray:
    return np.array([len(one) == 1 and one in letters for one in tokens])


def _inside_quotes(numbers: np.ndarray, tokens: list[str]) -> np.ndarray:
    """Whether a token stands inside quotation marks: the opening one does, the closing one not."""
    straight = np.cumsum(_table(tokens, _QUOTES)[numbers]) % 2 == 1
    opened = np.cumsum(_table(tokens, _OPEN_QUOTES)[numbers])
    closed = np.cumsum(_table(tokens, _CLOSE_QUOTES)[numbers])
    return straight | (opened > closed)


def _depth(numbers: np.ndarray, tokens: list[str]) -> np.ndarray:
    """How many brackets are open after each token; a closing one without its like counts none."""
    change = _table(tokens, _OPEN)[numbers].astype(int) - _table(tokens, _CLOSE)[numbers]
    level = np.cumsum(change)
    # A walk that is kept at 0 or above: take off the lowest level below 0 that it has reached.
    return (level - np.minimum(np.minimum.accumulate(level), 0)).astype(np.float64)


def _of_inputs(run: Run, lengths: np.ndarray) -> list[Feature]:
    values = run.data.values
    if run.has_trials:
        values = np.concatenate([row[:n] for row, n in zip(values, lengths, strict=True)])
    values = values.reshape(len(values), -1)[:, :MOST_INPUTS]
    names = run.data.feature_names or tuple(map(str, range(values.shape[1])))
    found = []
    for name, column in zip(names, values.T, strict=False):
        known = np.unique(column[:10_000])
        if len(known) == 2 and np.isin(column, known).all():
            found.append(Feature("input", name, column == known[1]))
        else:
            found.append(Feature("input", name, column.astype(np.float64)))
    return found


def _columns(run: Run, labels: Any) -> list[tuple[str, np.ndarray]]:
    """Return the columns that are given, and those that came with the data."""
    columns: list[tuple[str, np.ndarray]] = []
    if hasattr(labels, "columns"):
        columns += [(str(name), labels[name].to_numpy()) for name in labels.columns]
    elif isinstance(labels, Mapping):
        columns += [(str(name), np.asarray(values)) for name, values in labels.items()]
    elif labels is not None:
        columns.append(("label", np.asarray(labels)))
    if run.data.labels and run.trials > 1:
        columns.append(("class", np.array(run.data.labels)))
    targets = run.data.targets
    steps = run.states.shape[:-1]
    if (
        targets is not None
        and not run.network.reads_tokens
        and targets.shape[: len(steps)] == steps
    ):
        flat = targets.reshape(*steps, -1)
        names = (
            ["target"] if flat.shape[-1] == 1 else [f"target {k}" for k in range(flat.shape[-1])]
        )
        columns += [(name, flat[..., k]) for k, name in enumerate(names[:MOST_CLASSES])]
    return columns


def _joined(name: str, column: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return a column with one value for each step of all trials."""
    steps, trials = int(lengths.sum()), len(lengths)
    if column.shape == (steps,):
        return column
    if column.shape == (trials,):
        return np.repeat(column, lengths)
    if column.shape == (trials, int(lengths.max())):
        return np.concatenate([row[:n] for row, n in zip(column, lengths, strict=True)])
    raise ValueError(
        f"The labels {name!r} have shape {column.shape}, but {steps} timesteps or {trials} trials "
        f"need ({steps},), ({trials}, {int(lengths.max())}) or ({trials},)."
    )


def _of_column(name: str, column: np.ndarray) -> list[Feature]:
    if column.dtype == bool:
        return [Feature("label", name, column)]
    kinds, counts = np.unique(
        column.astype(str) if column.dtype == object else column, return_counts=True
    )
    if column.dtype.kind in "fiu":
        if len(kinds) == 2:
            return [Feature("label", name, column == kinds[1])]
        if column.dtype.kind == "f" or len(kinds) > MOST_CLASSES:
            return [Feature("label", name, column.astype(np.float64))]
    text = column.astype(str)
    common = kinds[np.argsort(-counts, kind="stable")][:MOST_CLASSES]
    return [Feature("label", f"{name} = {one}", text == str(one)) for one in common]


def _since(event: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the timesteps since the last event of the trial, or since its beginning."""
    steps = np.arange(len(event))
    anew = event.copy()
    anew[starts] = True
    return (steps - np.maximum.accumulate(np.where(anew, steps, 0))).astype(np.float64)

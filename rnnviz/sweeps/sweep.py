"""A frozen description of many networks: an experiment, the knobs that vary, what is measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from rnnviz.knobs import Knob, Problem, check
from rnnviz.knobs.kinds import Choice, Real, Refusal, Whole
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.sweeps.measures import measures as all_measures

MOST_NETWORKS = 10_000_000
"""Most networks of one sweep."""
_AXIS = "axis."
_MEASURES = "measures"
_NO_AXES = (
    "text",
    "split",
    "maxlen",
    "padding",
    "mask_zero",
    "sequences",
    "stateful",
    "return_state",
)


@dataclass(frozen=True, init=False)
class Sweep:
    """Networks on a grid of one or more knobs, and what is measured of each.

    Parameters
    ----------
    experiment : Experiment
        Everything that does not vary.
    axes : mapping of str to sequence
        Knobs by their names in `Experiment`, and the values of each; ``"seed"`` gives repetitions.
    measures : sequence of str
        Names in :func:`rnnviz.sweeps.measures`.

    Raises
    ------
    ExperimentError
        Where an axis is no knob, a value is not allowed for it, a measure is unknown, or there are
        too many networks.
    """

    experiment: Experiment
    axes: tuple[tuple[str, tuple[Any, ...]], ...]
    measures: tuple[str, ...]

    def __init__(
        self,
        experiment: Experiment,
        axes: Mapping[str, Sequence[Any]],
        measures: Sequence[str] = ("saturated",),
    ) -> None:
        problems = [*_axis_problems(axes), *_measure_problems(measures)]
        if experiment.sequences > 1 or experiment.mask_zero:
            problems.append(Problem("sweep_of_one_sequence"))
        if problems:
            raise ExperimentError(problems)
        values = tuple((name, _values(TABLE[name], given)) for name, given in dict(axes).items())
        object.__setattr__(self, "experiment", experiment)
        object.__setattr__(self, "axes", values)
        object.__setattr__(self, "measures", tuple(dict.fromkeys(measures)))

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each axis."""
        return tuple(len(values) for _, values in self.axes)

    @property
    def networks(self) -> int:
        """How many networks there are."""
        return math.prod(self.shape)

    @cached_property
    def layer_count(self) -> int:
        """How many layers a network of it has; the last one is measured."""
        try:
            # Widths that vary are those of every layer, and may leave one of a stack.
            return len(self.experiment_at((0,) * len(self.axes)).layers)
        except ExperimentError:
            return len(self.experiment.layers)

    @property
    def names(self) -> tuple[str, ...]:
        """The knobs that vary."""
        return tuple(name for name, _ in self.axes)

    def values(self, name: str) -> tuple[Any, ...]:
        """The values along an axis; KeyError where there is no such axis."""
        return dict(self.axes)[name]

    def changes(self, index: Sequence[int]) -> dict[str, Any]:
        """The knobs of one network by its place on the grid."""
        pairs = zip(self.axes, index, strict=True)
        return {name: values[place] for (name, values), place in pairs}

    def experiment_at(self, index: Sequence[int]) -> Experiment:
        """The experiment of one network; ExperimentError where it cannot be."""
        return self.experiment.replace(**self.changes(index))

    def pairs(self) -> list[tuple[str, str]]:
        """The (name, text) pairs of its link."""
        axes = [
            (_AXIS + name, ",".join(TABLE[name].kind.write(one) for one in values))
            for name, values in self.axes
        ]
        return [*self.experiment.pairs(), *axes, (_MEASURES, ",".join(self.measures))]

    def to_query(self) -> str:
        """The text of its link, which gives the same sweep back; see `from_query`."""
        return urlencode(self.pairs(), safe=",")

    @classmethod
    def from_query(cls, text: str) -> Sweep:
        """The sweep of a link's text; ExperimentError where it cannot be read."""
        pairs = parse_qsl(text.lstrip("?"), keep_blank_values=True)
        axes = {
            name[len(_AXIS) :]: read_axis(name[len(_AXIS) :], value)
            for name, value in pairs
            if name.startswith(_AXIS)
        }
        chosen = dict(pairs).get(_MEASURES, "saturated").split(",")
        others = [pair for pair in pairs if not pair[0].startswith(_AXIS) and pair[0] != _MEASURES]
        experiment, problems = Experiment.from_pairs(others)
        if problems:
            raise ExperimentError(problems)
        return cls(experiment, axes, chosen)


def read_axis(name: str, text: str) -> tuple[Any, ...]:
    """The values of an axis that a text names.

    ``0.1,0.3,1`` are values; ``0.001:10:100`` are 100 of them from 0.001 to 10, whose ratios are
    equal (differences, where an end is not above zero, or with ``:linear``); ``1:8`` are the whole
    numbers from 1 to 8.

    Raises
    ------
    ExperimentError
        Where there is no such knob or the text is not understood.
    """
    row = TABLE.get(name)
    if row is None:
        raise ExperimentError([Problem("no_axis", (("name", name),))])
    try:
        if ":" in text:
            return _range(row, text.split(":"))
        return tuple(row.kind.parse(part) for part in text.split(","))
    except (Refusal, ValueError) as error:
        values = (("name", name), ("value", text[:60]))
        raise ExperimentError([Problem("bad_axis", values)]) from error


def _range(row: Knob, parts: list[str]) -> tuple[Any, ...]:
    if isinstance(row.kind, Whole) and len(parts) == 2:
        first, last = (row.kind.parse(part) for part in parts)
        if first is None or last is None or last - first >= MOST_NETWORKS:
            raise ValueError(parts)
        return tuple(range(first, last + 1))
    linear = parts[3:] == ["linear"]
    if len(parts) - linear != 3:
        raise ValueError(parts)
    low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    if not (1 <= count <= 10_000 and math.isfinite(low) and math.isfinite(high)):
        raise ValueError(parts)
    return tuple(_rounded(row, one) for one in spaced(low, high, count, linear))


def spaced(low: float, high: float, count: int, linear: bool = False) -> Iterator[float]:
    """Values from one end to the other, six digits each: equal ratios, or equal differences."""
    for place in range(count):
        share = place / max(1, count - 1)
        if linear or low <= 0 or high <= 0:
            yield float(f"{low + (high - low) * share:.6g}")
        else:
            yield float(f"{low * (high / low) ** share:.6g}")


def _rounded(row: Knob, value: float) -> Any:
    return row.kind.check(round(value) if isinstance(row.kind, Whole) else value)


def _values(row: Knob, given: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(check(row, one)[0] for one in given)


def _axis_problems(axes: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    if not axes:
        yield Problem("no_axes")
    elif math.prod(len(given) for given in dict(axes).values()) > MOST_NETWORKS:
        # Before any value is looked at: a range may be endless.
        yield Problem("too_many_networks", (("limit", f"{MOST_NETWORKS:,}"),))
    else:
        for name, given in dict(axes).items():
            yield from _problems_of(name, given)


def _problems_of(name: str, given: Sequence[Any]) -> Iterator[Problem]:
    row = TABLE.get(name)
    if row is None or name in _NO_AXES or not isinstance(row.kind, (Choice, Real, Whole)):
        yield Problem("no_axis", (("name", name),))
    elif isinstance(given, str) or not len(given):
        yield Problem("bad_axis", (("name", name), ("value", str(given)[:60])))
    else:
        for one in given:
            yield from check(row, one)[1]


def _measure_problems(measures: Sequence[str]) -> Iterator[Problem]:
    known = all_measures()
    for name in measures:
        if name not in known:
            values = (("name", str(name)[:60]), ("options", ", ".join(known)))
            yield Problem("no_measure", values)

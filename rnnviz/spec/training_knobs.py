"""The knobs of a training besides those of its network: one table drives link, page and flags."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.knobs import Choice, Flag, Knob, Note, Real, Whole, knob, table
from rnnviz.learn import FRAMEWORKS, OPTIMIZERS, SCHEDULES, SERIES, TASKS, TEXTS
from rnnviz.spec.beside import BESIDE
from rnnviz.spec.training_kinds import Changes, Series

STEPS_LIMIT = 100_000
OWN_TEXT_LIMIT = 1200
OWN_SERIES_LIMIT = 400
CHANGES_LIMIT = 20

_RATES = tuple(float(f"{10 ** (k / 6):.2g}") for k in range(-30, 1))


@dataclass(frozen=True, kw_only=True)
class TrainingKnobs:
    """What a training is besides the recipe of its network: rows of a table, all of them quiet.

    ``changes`` are what was moved while it ran, so that the same link still gives the same bits.
    ``checkpoint`` is the step whose network is meant, None for the last one, and
    ``compared_with`` what stands beside it; neither changes its numbers.
    """

    task: str = knob("flip_flop", Choice(tuple(TASKS)), group="task", control="select", quiet=True)
    delay: int = knob(
        10,
        Whole(1, 1000),
        group="task",
        control="number",
        when=(("task", ("echo",)),),
        quiet=True,
    )
    series: str = knob(
        "sunspots",
        Choice(SERIES),
        group="task",
        control="select",
        when=(("task", ("next_value",)),),
        quiet=True,
    )
    own_series: tuple[float, ...] = knob(
        (), Series(OWN_SERIES_LIMIT), group="task", control="", quiet=True
    )
    learnt_text: str = knob(
        "sonnets",
        Choice((*TEXTS, "own")),
        group="task",
        control="select",
        when=(("task", ("next_character",)),),
        quiet=True,
    )
    own_text: str = knob("", Note(OWN_TEXT_LIMIT), group="task", control="", quiet=True)
    optimizer: str = knob(
        "adam", Choice(tuple(OPTIMIZERS)), group="optimizer", control="select", quiet=True
    )
    learning_rate: float = knob(
        1e-3,
        Real(1e-7, 100),
        group="optimizer",
        control="scale",
        options=_RATES,
        quiet=True,
    )
    schedule: str = knob(
        "constant", Choice(tuple(SCHEDULES)), group="optimizer", control="select", quiet=True
    )
    clip_norm: float | None = knob(
        1.0, Real(1e-6, 1e6, optional=True), group="optimizer", control="number", quiet=True
    )
    momentum: float = knob(
        0.0,
        Real(0, 0.999),
        group="optimizer",
        control="number",
        when=(("optimizer", ("sgd", "rmsprop")),),
        quiet=True,
    )
    nesterov: bool = knob(
        False,
        Flag(),
        group="optimizer",
        control="toggle",
        when=(("optimizer", ("sgd",)),),
        quiet=True,
    )
    weight_decay: float = knob(
        0.004,
        Real(0, 10),
        group="optimizer",
        control="number",
        when=(("optimizer", ("adamw",)),),
        quiet=True,
    )
    defined_by: str = knob(
        "keras", Choice(FRAMEWORKS), group="optimizer", control="select", quiet=True
    )
    batch_size: int = knob(64, Whole(1, 1024), group="optimizer", control="number", quiet=True)
    steps: int = knob(500, Whole(1, STEPS_LIMIT), group="optimizer", control="number", quiet=True)
    truncate: int = knob(0, Whole(0, 10_000), group="optimizer", control="number", quiet=True)
    dropout: float = knob(0.0, Real(0, 0.9), group="optimizer", control="number", quiet=True)
    recurrent_dropout: float = knob(
        0.0, Real(0, 0.9), group="optimizer", control="number", quiet=True
    )
    patience: int = knob(0, Whole(0, 1000), group="optimizer", control="number", quiet=True)
    seed: int = knob(
        0,
        Whole(0, 2**32 - 1),
        link="training_seed",
        group="optimizer",
        control="number",
        quiet=True,
    )
    changes: tuple = knob((), Changes(CHANGES_LIMIT), quiet=True)
    checkpoint: int | None = knob(None, Whole(0, STEPS_LIMIT, optional=True), quiet=True)
    compared_with: str = knob("alone", Choice(BESIDE), quiet=True)


TABLE: dict[str, Knob] = table(TrainingKnobs)
"""The rows of a training besides its experiment's, by field name."""

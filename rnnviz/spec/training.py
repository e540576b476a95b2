"""The frozen specification of a training: a network's recipe, a task, an optimiser, a seed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from rnnviz.knobs import LINK_LIMIT, Problem, check, read, write
from rnnviz.learn import TASKS, OptimizerSettings, Task, TaskSettings, TrainerSettings, loss_named
from rnnviz.spec.codec import ExperimentError
from rnnviz.spec.experiment import TABLE as EXPERIMENT
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.training_knobs import TABLE, TrainingKnobs

WORK_LIMIT = 4e12
"""Most multiplications of a whole training: minutes, not days."""
KEPT_LIMIT = 400_000_000
"""Most bytes that one batch may keep on its way forward."""


@dataclass(frozen=True, kw_only=True)
class Training(TrainingKnobs):
    """A training as a value: the same one gives the same bits on one machine.

    ``experiment`` says what the network is and how its first weights are drawn; the task says
    what it reads (``input_features``, tokens), whether every state is read, and what head it has,
    and overrules the experiment there. Its ``timesteps`` are the length of a trial.

    Raises
    ------
    ExperimentError
        If any value is out of its range, or the training would be too long for the page.

    Examples
    --------
    >>> Training.of("adding").experiment.cell
    'LSTM'
    """

    experiment: Experiment = field(default_factory=Experiment)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for row in TABLE.values():
            value, wrong = check(row, getattr(self, row.name))
            problems += wrong
            object.__setattr__(self, row.name, value)
        if not problems:
            try:
                _ = self.network_experiment
            except ValueError as error:
                if isinstance(error, ExperimentError):
                    raise
                problems.append(Problem("not_a_task", (("reason", str(error)),)))
        problems = problems or self._cost_problems()
        if problems:
            raise ExperimentError(problems)

    @classmethod
    def of(cls, task: str, **changes: Any) -> Training:
        """The training with which a task is learnt, with some of its knobs changed.

        ``changes`` may be knobs of the training or of its experiment; a whole ``experiment`` stands
        as it is, but for the knobs that are given beside it.
        """
        if task not in TASKS:
            return cls(task=task)  # which says what there is
        defaults = dict(TASKS[task].defaults)
        if "cell" in changes:
            defaults.pop("activation", None)  # which was chosen for the task's own cell
        settings = {**defaults, **changes}
        training = {name: value for name, value in settings.items() if name in TABLE}
        if "experiment" in changes:
            named = {name: value for name, value in changes.items() if name not in TABLE}
            experiment = named.pop("experiment").replace(**named)
        else:
            experiment = learning(
                **{name: value for name, value in settings.items() if name not in TABLE}
            )
        return cls(task=task, experiment=experiment, **training)

    @cached_property
    def learnt_task(self) -> Task:
        """The task, with its data."""
        return TASKS[self.task](
            TaskSettings(
                timesteps=self.experiment.timesteps,
                delay=self.delay,
                series=self.series,
                own_series=self.own_series,
                text=self.learnt_text,
                own_text=self.own_text,
            )
        )

    @cached_property
    def network_experiment(self) -> Experiment:
        """The experiment with what the task decides: input, head, what the top layer returns."""
        task = self.learnt_task
        layers = len(self.experiment.layers)
        returned = (True,) * (layers - 1) + (task.return_sequences,)
        activation = loss_named(task.loss).activation or "linear"
        return self.experiment.replace(
            timesteps=task.timesteps,
            input_features=task.features,
            return_sequences=returned,
            dense_units=task.outputs,
            dense_activation=activation,
            signal="tokens" if task.vocabulary else "uniform",
            vocabulary_size=max(2, len(task.vocabulary)),
            embeddings_initializer="random_uniform",
            mask_zero=False,
            sequences=1,
            stateful=False,
            return_state=False,
        )

    @property
    def trainer_settings(self) -> TrainerSettings:
        """What the training loop is told."""
        return TrainerSettings(
            optimizer=self.optimizer,
            schedule=self.schedule,
            definition=OptimizerSettings(
                self.defined_by, self.momentum, self.nesterov, self.weight_decay
            ),
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            steps=self.steps,
            clip_norm=self.clip_norm,
            truncate=self.truncate or None,
            dropout=self.dropout,
            recurrent_dropout=self.recurrent_dropout,
            patience=self.patience,
            seed=self.seed,
            changes=self.changes,
        )

    def replace(self, **changes: Any) -> Training:
        """Return a copy with some knobs changed."""
        return dataclasses.replace(self, **changes)

    def with_knobs(self, **changes: Any) -> Training:
        """Return a copy with knobs changed, the training's own or those of its experiment."""
        own = {name: value for name, value in changes.items() if name in TABLE}
        drawn = {name: value for name, value in changes.items() if name not in TABLE}
        experiment = self.experiment.replace(**drawn) if drawn else self.experiment
        return self.replace(experiment=experiment, **own)

    def at(self, step: int) -> Training:
        """The training as the source of its network after a step."""
        return self.replace(checkpoint=None if step == self.steps else step)

    def own_pairs(self) -> list[tuple[str, str]]:
        """Return the (link name, text) pairs besides the experiment's; the task always."""
        pairs = [pair for pair in write(TABLE, self) if pair[0] != "task"]
        return [("task", self.task), *pairs]

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (link name, text) pairs of the link."""
        return [*self.experiment.pairs(), *self.own_pairs()]

    def to_query(self) -> str:
        """Return the link's query text."""
        return urlencode(self.pairs(), safe=",:")

    @classmethod
    def from_query(cls, text: str) -> Training:
        """Return the training of a link's query; ExperimentError says what cannot be read.

        A link that holds nothing of a network gets the one with which its task is learnt.
        """
        training, problems = cls.read_pairs(
            parse_qsl(text.lstrip("?")[:LINK_LIMIT], keep_blank_values=True)
        )
        if problems:
            raise ExperimentError(problems)
        return training

    @classmethod
    def read_pairs(cls, pairs: list[tuple[str, str]]) -> tuple[Training, list[Problem]]:
        """Return the training of (link name, text) pairs, and what was wrong; never raises."""
        own = {row.link for row in TABLE.values()}
        settings, problems = read(TABLE, [pair for pair in pairs if pair[0] in own])
        rest = [pair for pair in pairs if pair[0] not in own]
        task = settings.pop("task", TABLE["task"].default)
        experiment, wrong = Experiment.from_pairs(rest)
        problems += wrong
        if not any(name in _EXPERIMENT_LINKS for name, _ in rest):
            # Typed by hand: what is not named is as the task is learnt best.
            usual = cls.of(task)
            experiment = usual.experiment
            named = {row.name: getattr(usual, row.name) for row in TABLE.values()} | settings
            settings = {name: value for name, value in named.items() if name != "task"}
        try:
            return cls(experiment=experiment, task=task, **settings), problems
        except ExperimentError as error:
            return cls.of("flip_flop"), problems + list(error.problems)

    def _cost_problems(self) -> list[Problem]:
        """What is wrong with a training that would take too long or too much memory."""
        cost, trials = self.network_experiment.cost, self.batch_size * self.learnt_task.timesteps
        # Forward once and back twice; what is kept is gates, states, errors and deltas.
        work = 3.0 * self.steps * trials * cost.products
        kept = 8.0 * trials * (4 * cost.states + cost.inputs)
        if work > WORK_LIMIT:
            shorter = max(1, int(self.steps * WORK_LIMIT / work))
            return [Problem("training_too_long", (("steps", f"{shorter:,}"),))]
        if kept > KEPT_LIMIT:
            smaller = max(1, int(self.batch_size * KEPT_LIMIT / kept))
            return [Problem("training_too_large", (("batch_size", f"{smaller:,}"),))]
        return []


def learning(**changes: Any) -> Experiment:
    """An experiment whose first weights are Keras's own, which can learn, in single precision."""
    return Experiment(
        **{
            "kernel_initializer": "glorot_uniform",
            "recurrent_initializer": "orthogonal",
            "bias_initializer": "zeros",
            "dtype": "float32",
            "timesteps": 50,
            **changes,
        }
    )


_EXPERIMENT_LINKS = frozenset(row.link for row in EXPERIMENT.values())

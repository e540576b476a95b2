"""What lessons measure on a training as far as it has gone, by name."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.learn import Trainer
from rnnviz.lessons.named_measure import NamedMeasure
from rnnviz.lessons.step_measures import whole_percent
from rnnviz.sentences.numbers import number, percent, power

_RECENT = 20
"""Batches whose mean is the loss on what is learnt from: one alone is too noisy."""


def _last(trainer: Trainer) -> float:
    return trainer.checkpoints[-1].loss


def _best(trainer: Trainer) -> float:
    return min(one.loss for one in trainer.checkpoints)


def _batch_loss(trainer: Trainer) -> float:
    return float(np.mean(trainer.losses[-_RECENT:])) if trainer.losses else math.nan


def _beside_nothing(trainer: Trainer) -> float:
    """Held-out loss over that of the answer of doing nothing, such as the naive forecast."""
    nothing = {one.name: one.loss for one in trainer.task.references()}["nothing"]
    return _last(trainer) / nothing


def _first_gradient(trainer: Trainer) -> float:
    """‖∂L/∂h_0‖ over the largest ‖∂L/∂h_t‖ of the first layer, at the last step that kept them."""
    kept = [one.delta_norms[0] for one in trainer.checkpoints if one.delta_norms]
    return float(kept[-1][0] / kept[-1].max()) if kept else math.nan


def _largest_gradient(trainer: Trainer) -> float:
    return max(trainer.gradient_norms, default=math.nan)


def _three(value: float) -> str:
    return number(value, 3)


def _as_power(value: float) -> str:
    if not value > 0:
        return "0"
    return power(math.log10(value)) if math.isfinite(value) else "∞"


TRAINING_MEASURES: dict[str, NamedMeasure] = {
    "steps_done": NamedMeasure(lambda trainer: trainer.step, lambda value: f"{value:,.0f}"),
    "held_out_loss": NamedMeasure(_last, _three, log=True),
    "best_loss": NamedMeasure(_best, _three, log=True),
    "batch_loss": NamedMeasure(_batch_loss, _three, log=True),
    "beside_best": NamedMeasure(lambda trainer: _last(trainer) / _best(trainer), _three),
    "beside_nothing": NamedMeasure(_beside_nothing, whole_percent, log=True),
    "right": NamedMeasure(lambda trainer: trainer.checkpoints[-1].measure, percent),
    "error": NamedMeasure(lambda trainer: trainer.checkpoints[-1].measure, _three),
    "first_gradient": NamedMeasure(_first_gradient, _as_power, log=True),
    "largest_gradient": NamedMeasure(_largest_gradient, _as_power, log=True),
}
"""Measures by name; ``measured.<name>`` in the words says what each is."""

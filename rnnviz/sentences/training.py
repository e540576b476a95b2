"""Two trainings side by side in words: where each stands, and what the gradient has to do with it.

The condition that chooses each sentence stands beside it in words/training.toml;
tests/sentences/test_truth_of_training.py holds both against the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnnviz.i18n import Words
from rnnviz.sentences.numbers import number, percent, power, whole

FADED = 1e-3
"""A gradient of which less is left at the first timestep has faded."""
FAR_MORE = 10.0
"""It has faded far more than another of which so many times as much is left."""
MOSTLY = 0.5


@dataclass(frozen=True)
class Standing:
    """What is known of a training that is compared.

    Parameters
    ----------
    name : str
        What tells it from the other.
    step : int
    loss : float
        On held-out trials.
    left : float or None
        ‖∂L/∂h‖ of the first timestep as a share of the largest; None before the first step.
    pinned : float
        Share of the states that are exactly ±1 in a tanh SimpleRNN, 0 in any other network.
    """

    name: str
    step: int
    loss: float
    left: float | None
    pinned: float


def compared(one: Standing, other: Standing, say: Words) -> str:
    """Return where two trainings stand and what their gradients say about the difference."""
    said = [_stands(one, say), _stands(other, say)]
    for each in (one, other):
        if each.pinned > MOSTLY:
            share = percent(each.pinned)
            return " ".join([*said, say("training.why_saturated", name=each.name, share=share)])
    if one.left is None or other.left is None:
        return " ".join(said)
    less, more = (one, other) if one.left <= other.left else (other, one)
    kind = _kind(min(one.left, other.left), max(one.left, other.left))
    if kind is not None:
        said.append(say(f"training.why_{kind}", name=less.name, other=more.name))
    return " ".join(said)


def _kind(less: float, more: float) -> str | None:
    if less >= FADED:
        return "alike"
    if more < FADED:
        return "both_vanish"
    return "vanishes" if more >= FAR_MORE * less else None


def _stands(one: Standing, say: Words) -> str:
    loss = number(one.loss, 3)
    said = say("training.stands", name=one.name, step=whole(one.step), loss=loss)
    if one.left is None:
        return said
    left = power(math.log10(one.left)) if one.left > 0 else say("training.exactly_zero")
    return f"{said} {say('training.gradient_left', left=left)}"

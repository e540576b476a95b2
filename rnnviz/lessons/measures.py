"""What the tasks of lessons measure on a run, and how it is written."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.saturation import SATURATED_FROM, saturation
from rnnviz.engine.run import Run
from rnnviz.lessons.lesson import Progress, toward
from rnnviz.sentences.numbers import percent
from rnnviz.sentences.numbers import power as written_power

_FAR_SUM = 50.0
"""The lecture's sums are about 40: no way at all."""
_LOST = -1000.0
"""Where a gradient that is exactly zero stands on the way to a goal."""


def saturated_below(run: Run, goal: float) -> Progress:
    """Measure the share of saturated tanh states against a goal that it must stay under.

    The share falls from all to nothing within a few steps of the slider. So the way is
    measured on the sums: the share is under the goal exactly when all but that part of |z| is
    below the sum from which on tanh saturates.
    """
    layer = run.layers[-1]
    share = saturation(layer.trace).share
    sum_at_goal = float(np.quantile(np.abs(layer.preactivations), 1 - goal))
    way = toward(
        math.log(max(sum_at_goal, 1e-9)),
        math.log(_FAR_SUM),
        math.log(math.atanh(SATURATED_FROM)),
        met=share < goal,
    )
    return Progress(way, {"share": percent(share)})


def exact_below(run: Run, goal: float) -> Progress:
    """Measure the share of states that are exactly at an end, to be brought under a goal."""
    share = saturation(run.layers[-1].trace).share_exact
    return Progress(toward(share, 1.0, goal, met=share < goal), {"share": percent(share)})


def gradient_power(run: Run) -> float:
    """Return log10 of ‖∂h_T/∂h_0‖₂, −inf where it is exactly zero."""
    return float(gradients(run.layers[-1].trace).norm[0])


def gradient_above(run: Run, goal: float, start: float) -> Progress:
    """Measure log10 of the gradient through time against a goal that it must pass."""
    power = gradient_power(run)
    way = toward(max(power, _LOST), start, goal, met=power > goal)
    return Progress(way, {"gradient": shown_power(power)})


def shown_power(power: float) -> str:
    """Return 10 to a power as every sentence writes it; exactly zero as 0."""
    return written_power(power)

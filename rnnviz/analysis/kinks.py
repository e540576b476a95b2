"""Where a derivative has two values: kinks, such as that of relu at exactly 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell

_PROBES = 4
_NEAR = 1e-7
_JUMP = 1e-3
_STEPS = 80
_DIRECTIONS = 64


@dataclass(frozen=True, eq=False)
class Sides:
    """What a map does on the sides of a fixed point that is a kink of it.

    Parameters
    ----------
    low, high : float
        Least and greatest factor a step that small differences settle to, over the directions
        that were tried.
    kept : ndarray (directions, state_size)
        Unit directions that come back with their length unchanged.
    """

    low: float
    high: float
    kept: np.ndarray


def on_a_kink(layer: RecurrentCell, projected: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Whether one step has no derivative at each of the states, (states,) bool.

    A tiny change and its opposite move the next state by opposite amounts, but for what curvature
    does; at a kink they do not, however tiny they are. Any cell can be asked so. What is tiny is
    asked of each number by itself: beside a cell state of 10⁴ a change that is tiny for it would
    be large for a hidden state, and curvature would pass for a kink.
    """
    random = np.random.default_rng(0)
    apart = np.zeros(len(states), bool)
    with np.errstate(all="ignore"):
        here = layer.step(projected, states)
        rounding = 1e3 * np.finfo(np.float64).eps * (1 + np.abs(here))
        size = _NEAR * (1 + np.abs(states))
        for _ in range(_PROBES):
            change = size * random.uniform(-1, 1, states.shape)
            ahead = layer.step(projected, states + change) - here
            behind = layer.step(projected, states - change) - here
            jump, moved = np.abs(ahead + behind), np.maximum(np.abs(ahead), np.abs(behind))
            apart |= ((jump > _JUMP * moved) & (jump > rounding)).any(axis=1)
    return apart


def sides_of(layer: RecurrentCell, projected: np.ndarray, point: np.ndarray) -> Sides:
    """Follow small differences from a fixed point, each as far as its own side says.

    Next to a kink the map is still linear along every ray: a difference keeps its direction's
    factor however small it is, so its length is put back at each step.
    """
    random, size = np.random.default_rng(0), len(point)
    axes = np.eye(size)[: _DIRECTIONS // 4]
    drawn = random.standard_normal((_DIRECTIONS - 2 * len(axes), size))
    drawn[: len(drawn) // 4] = np.abs(drawn[: len(drawn) // 4])
    drawn[len(drawn) // 4 : len(drawn) // 2] = -np.abs(drawn[len(drawn) // 4 : len(drawn) // 2])
    rows = _unit(np.concatenate([axes, -axes, drawn]))
    near = _NEAR * (1 + np.abs(point).max())
    logs = np.zeros((_STEPS, len(rows)))
    with np.errstate(all="ignore"):
        here = layer.step(projected, point[None])
        for step in range(_STEPS):
            moved = (layer.step(projected, point + near * rows) - here) / near
            moved[np.abs(moved) < 1e-8] = 0.0  # what rounding makes of nothing
            lengths = np.sqrt((moved * moved).sum(axis=1))
            logs[step] = np.log(lengths)
            before, rows = rows, np.where(lengths[:, None] > 0, _unit(moved), 0.0)
        factors = np.exp(logs[_STEPS // 2 :].mean(axis=0))
    same = np.abs(rows - before).max(axis=1) < 1e-6
    kept = rows[same & (np.abs(factors - 1) < 1e-6)]
    return Sides(float(factors.min()), float(factors.max()), kept)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.sqrt((rows * rows).sum(axis=1))
    return rows / np.where(lengths > 0, lengths, 1.0)[:, None]

"""The Streamlit side of a training's view: what goes in; the step that is looked at comes back."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnviz.app.components.viewer.component import component
from rnnviz.app.runtime.training import Frame, TrainingSession
from rnnviz.i18n import Words
from rnnviz.learn import loss_named
from rnnviz.views._plot.style import Style

MOST_POINTS = 400
"""So many points of the loss are sent; the curve is no wider than that."""
_WORDS = (
    "loss",
    "target",
    "output",
    "states",
    "eigenvalues",
    "gradient",
    "no_gradient",
    "checkpoint",
    "good",
    "bad",
)
_VIEW = component("training", "training.js", ("training.css",))


def training_view(
    session: TrainingSession,
    frames: Sequence[Frame],
    active: int,
    style: Style,
    say: Words,
    *,
    key: str,
) -> None:
    """Draw a training in the page.

    Parameters
    ----------
    session : TrainingSession
        What is shown.
    frames : sequence of Frame
        Those that the page does not have yet.
    active : int
        How many trainings share the server just now.
    style : Style
        The theme is read in the browser; the rest holds.
    say : Words
        The words of the page.
    key : str
        Identity of the element.
    """
    head = _head(session, active, style, say)
    told = json.dumps(head).encode()
    told += b" " * (-len(told) % 4)
    parts = [len(told).to_bytes(4, "little"), told, *(one.to_bytes() for one in frames)]
    _VIEW(data=b"".join(parts), key=key, on_at_change=_nothing, on_lacking_change=_nothing)


def _head(session: TrainingSession, active: int, style: Style, say: Words) -> dict[str, Any]:
    task, trainer = session.training.learnt_task, session.trainer
    frame = session.frames[-1]
    units, timesteps = frame.states.shape
    rows = task.timesteps if session.says_each_step else 1
    eigenvalues = (len(frame.numbers) - 3 - rows * task.outputs - timesteps) // 2
    return {
        "id": f"{id(session)}.{session.shown}",
        "frames": len(session.frames),
        "busy": session.busy,
        "step": trainer.step,
        "steps": session.training.steps,
        "playing": session.playing,
        "status": _status(session, active, say),
        "losses": _thinned(trainer.losses),
        "references": [
            {"label": say(f"reference.{one.name}"), "loss": one.loss} for one in task.references()
        ],
        "shape": {
            "rows": rows,
            "outputs": task.outputs,
            "eigenvalues": eigenvalues,
            "timesteps": timesteps,
            "units": units,
        },
        "target": _target(session),
        "ends_in": loss_named(task.loss).activation,
        "text": _text(session, say),
        "verdict": not task.return_sequences,
        "measure": say(f"measure.{task.measure_name}", value="{}"),
        "percent": task.measure_name.endswith("_right"),
        "unit": {"ppm": " ppm"}.get(task.unit, ""),
        "words": {name: say(f"training.{name}") for name in _WORDS},
        "large": style.presentation,
    }


def _status(session: TrainingSession, active: int, say: Words) -> str:
    trainer = session.trainer
    step = say("training.at_step", step=f"{trainer.step:,}", steps=f"{session.training.steps:,}")
    if trainer.diverged:
        return f"{step} · {say('training.diverged')}"
    if trainer.done:
        return f"{step} · {say('training.done')}"
    if not session.playing:
        return step
    rate = say("training.rate", rate=f"{session.rate:,.0f}")
    shared = say("training.shared", count=active) if active > 1 else ""
    return " · ".join(part for part in (step, rate, shared) if part)


def _thinned(losses: Sequence[float]) -> list[list[float]]:
    """(step, loss) of at most `MOST_POINTS` steps, each the mean of its neighbours."""
    count = len(losses)
    if not count:
        return []
    values = np.asarray(losses)
    width = math.ceil(count / MOST_POINTS)
    whole = count // width * width
    means = values[:whole].reshape(-1, width).mean(axis=1)
    steps = np.arange(len(means)) * width + (width - 1) / 2
    if whole < count:
        means = np.append(means, values[whole:].mean())
        steps = np.append(steps, (whole + count - 1) / 2)
    return [
        [round(float(step), 1), float(f"{mean:.4g}")]
        for step, mean in zip(steps, means, strict=True)
        if np.isfinite(mean)
    ]


def _target(session: TrainingSession) -> list:
    """Targets of the trial that is shown, (rows, outputs), or classes (rows,)."""
    target = np.asarray(session.trainer.held_out.targets[session.shown])
    if target.ndim == 1 and session.training.learnt_task.return_sequences:
        return target.tolist()
    return np.atleast_2d(target).round(4).tolist()


def _text(session: TrainingSession, say: Words) -> list[str]:
    """The tokens of the trial that is shown; empty where it is numbers."""
    if not session.inputs.vocabulary:
        return []
    return tokens_of(session, session.shown, say)


def tokens_of(session: TrainingSession, trial: int, say: Words) -> list[str]:
    """The tokens of a held-out trial as this language shows them: Korean words in English too."""
    task = session.training.learnt_task
    words = [session.inputs.vocabulary[token] for token in session.inputs.values[trial]]
    return words if say.language == "ko" else [task.glosses.get(word, word) for word in words]


def _nothing() -> None:
    """Stand in for a callback; Streamlit returns only those values that have one."""

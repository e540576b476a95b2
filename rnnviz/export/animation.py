"""A training as a moving picture: WebP or GIF through Pillow, MP4 where ffmpeg is installed.

Each frame is one checkpoint: the loss so far, the states of the top layer on one held-out trial,
and the eigenvalues of U. Pillow is not needed for anything else and is loaded when it is asked for.
"""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rnnviz.engine import Inputs, run
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.export.failures import ExportFailure
from rnnviz.i18n import Words
from rnnviz.learn import Checkpoint
from rnnviz.learn.eigenvalues import recurrent_eigenvalues
from rnnviz.spec.train import Trained

MOVING = ("webp", "gif", "mp4")
SIZE = (800, 480)
MOST_FRAMES = 80
SECONDS = 12.0
"""Length of the picture at most; the last frame stands still for a while longer."""
_FACE = Path(__file__).with_name("faces") / "Pretendard-Regular.subset.woff2"
_INK, _SOFT, _LINE = (34, 34, 34), (107, 114, 128), (217, 220, 226)
_FIRST, _SECOND = (31, 95, 191), (184, 86, 0)
_LOW, _MIDDLE, _HIGH = (33, 102, 172), (247, 247, 247), (178, 24, 43)
_LOSS, _EIGENVALUES, _STATES = (60, 40, 500, 220), (530, 40, 780, 220), (60, 270, 780, 450)


def write_moving(trained: Trained, file: BinaryIO, format: str, say: Words) -> None:
    """Write a training as a moving picture.

    Parameters
    ----------
    trained : Trained
        Whose checkpoints are the frames, at most `MOST_FRAMES` of them.
    file : binary file
        Open for writing.
    format : {"webp", "gif", "mp4"}
        Which.
    say : Words
        The language of what stands in it.

    Raises
    ------
    ExportFailure
        Where Pillow or ffmpeg is missing.
    """
    frames = [_frame(trained, one, say) for one in _picked(trained)]
    duration = int(min(100.0, 1000 * SECONDS / len(frames)))
    if format == "mp4":
        file.write(_mp4(frames, 1000 / duration))
        return
    durations = [duration] * (len(frames) - 1) + [2000]
    more: dict[str, Any] = {"webp": {"quality": 85, "method": 0}}.get(format, {})
    frames[0].save(
        file,
        format,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        **more,
    )


def _picked(trained: Trained) -> list[Checkpoint]:
    kept = trained.kept
    places = np.linspace(0, len(kept) - 1, min(len(kept), MOST_FRAMES)).round().astype(int)
    return [kept[place] for place in places]


def _frame(trained: Trained, checkpoint: Checkpoint, say: Words) -> Any:
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise ExportFailure("no_pillow") from error
    image = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(_FACE), 15)
    network = trained.network_at(checkpoint)
    trial = trained.held_out.trial(0, network.reads_tokens)
    states = run(network, Inputs(trial.values)).states
    step = f"{checkpoint.step:,}"
    title = say("training.at_step", step=step, steps=f"{trained.training.steps:,}")
    task = say(f"choice.{trained.training.task}")
    pen.text((60, 10), f"{task} · {title}", _INK, font)
    _draw_loss(pen, font, trained, checkpoint, say)
    _draw_eigenvalues(pen, font, network.layers[-1].forward, say)
    _draw_states(image, pen, font, states, say)
    return image


def _draw_loss(pen: Any, font: Any, trained: Trained, checkpoint: Checkpoint, say: Words) -> None:
    left, top, right, bottom = _LOSS
    kept = [(one.step, one.loss) for one in trained.kept if 0 < one.loss < math.inf]
    known = [one.loss for one in trained.training.learnt_task.references() if one.loss > 0]
    if not kept:
        return
    logs = [math.log10(loss) for _, loss in kept] + [math.log10(loss) for loss in known]
    low, high = math.floor(min(logs)), max(logs) + 0.1
    last = max(1, trained.kept[-1].step)

    def at(step: float, loss: float) -> tuple[float, float]:
        share = (math.log10(loss) - low) / (high - low)
        return left + (right - left) * step / last, bottom - (bottom - top) * share

    for power in range(low, math.floor(high) + 1):
        y = at(0, 10.0**power)[1]
        pen.line([(left, y), (right, y)], _LINE)
        pen.text((left - 8, y), f"1e{power}", _SOFT, font, anchor="rm")
    for loss in known:
        pen.line([at(0, loss), at(last, loss)], _SECOND)
    points = [at(*one) for one in kept if one[0] <= checkpoint.step]
    if len(points) > 1:
        pen.line(points, _FIRST, 2)
    if points:
        x, y = points[-1]
        pen.ellipse([x - 4, y - 4, x + 4, y + 4], _FIRST)
    pen.text((left, bottom + 6), f"{say('training.loss')}: {checkpoint.loss:.3g}", _INK, font)


def _draw_eigenvalues(pen: Any, font: Any, cell: RecurrentCell, say: Words) -> None:
    left, top, right, bottom = _EIGENVALUES
    values = recurrent_eigenvalues(cell)
    if not values.size:
        return
    reach = max(1.25, 1.1 * float(np.abs(values).max()))
    scale = min(right - left, bottom - top) / 2 / reach
    x, y = (left + right) / 2, (top + bottom) / 2
    pen.ellipse([x - scale, y - scale, x + scale, y + scale], outline=_SOFT)
    for one in values:
        u, v = x + one.real * scale, y - one.imag * scale
        colour = _SECOND if abs(one) > 1 else _FIRST
        pen.ellipse([u - 2, v - 2, u + 2, v + 2], colour)
    said = f"{say('training.eigenvalues')} · ρ = {np.abs(values).max():.2f}"
    pen.text((left, bottom + 6), said, _INK, font)


def _draw_states(image: Any, pen: Any, font: Any, states: np.ndarray, say: Words) -> None:
    from PIL import Image

    left, top, right, bottom = _STATES
    value = np.clip(np.nan_to_num(states.T), -1, 1)[..., None]
    end = np.where(value < 0, np.array(_LOW), np.array(_HIGH))
    colours = np.array(_MIDDLE) + (end - np.array(_MIDDLE)) * np.abs(value)
    small = Image.fromarray(colours.round().astype(np.uint8), "RGB")
    image.paste(small.resize((right - left, bottom - top), Image.Resampling.NEAREST), (left, top))
    pen.text((left, bottom + 6), say("training.states"), _INK, font)


def _mp4(frames: list[Any], rate: float) -> bytes:
    """Frames through ffmpeg, which reads raw pictures and writes a file that may be streamed."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise ExportFailure("no_ffmpeg")
    size = "x".join(map(str, SIZE))
    command = [program, "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size]
    command += ["-r", f"{rate:g}", "-i", "-", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-"]
    pictures = b"".join(frame.tobytes() for frame in frames)
    try:
        return subprocess.run(command, input=pictures, check=True, capture_output=True).stdout
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip()[:300]
        raise ExportFailure("ffmpeg_failed", reason=reason) from error

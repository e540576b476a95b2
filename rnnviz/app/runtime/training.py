"""Trainings in the page: each goes on for a slice while its visitor looks, and only then.

A page that shows a training that plays asks for it twelve times a second, less often where many
train. Each time the training goes on for a slice, so it stops with the page that asks; whose slice
it is, and how long, is in `training_turns`.
"""

from __future__ import annotations

import bisect
import threading
import time
from dataclasses import dataclass, field
from typing import BinaryIO

from rnnviz.app.runtime.training_frames import Frame, frame_of, spread
from rnnviz.app.runtime.training_turns import TURNS
from rnnviz.engine import Inputs, Network
from rnnviz.learn import Checkpoint, Trainer
from rnnviz.spec.train import Trained, held_out_inputs, named, trained_of, trainer_of
from rnnviz.spec.trained_file import write_training
from rnnviz.spec.training import Training

MOST_FRAMES = 4
"""So many checkpoints of a slice are shown at most."""
FRAMES_LIMIT = 1000
FRAMES_BYTES = 4_000_000
"""Most frames of one training that are kept to be scrubbed over, and most bytes of them."""
SHOWN_TRIALS = 16
PACES = (1, 4, 16, 0)
"""Steps in one look, slowest first; 0 is as many as its time allows."""
EXTRA_CHECKPOINTS = 1000
"""Up to so many checkpoints, each step of a slow training is kept."""


@dataclass(eq=False)
class TrainingSession:
    """One visitor's training.

    Attributes
    ----------
    training : Training
        The recipe, with what was changed while it ran.
    playing : bool
        Whether it goes on by itself.
    pace : int
        One of `PACES`.
    pause_at : int or None
        It pauses once it has come to this step: the checkpoint that a link names, or the one from
        which it was started again.
    rewinds : int
        How often it went back to a checkpoint.
    looked_at : int or None
        Step of the checkpoint that the page showed last; None for the last one.
    samples : int
        How many texts were asked for; the seed of the next.
    asked_for_all : int
        How often the page has said that it lacks frames.
    shown : int
        Which held-out trial is shown.
    """

    training: Training
    playing: bool = False
    frames: list[Frame] = field(default_factory=list)
    rate: float = 0.0
    pace: int = PACES[-1]
    pause_at: int | None = None
    rewinds: int = 0
    looked_at: int | None = None
    samples: int = 0
    asked_for_all: int = 0
    shown: int = 0

    def __post_init__(self) -> None:
        self._base = _recipe(self.training)
        self.pause_at = self.training.checkpoint
        self.trainer: Trainer = trainer_of(self.training)
        self.inputs: Inputs = held_out_inputs(self.training, self.trainer)
        self._shown_checkpoints = 0
        self._unsent: list[Frame] = []
        self._lock = threading.Lock()
        self.trainer.keep_checkpoint(())
        self._show_new()

    def is_of(self, training: Training) -> bool:
        """Whether it is the session of a training, whatever was changed on the way."""
        return _recipe(training) == self._base

    def train_for(self, seconds: float) -> None:
        """Take steps for so long, at least one; a slow pace takes a few and shows each."""
        with self._lock:
            begun, trainer = time.monotonic(), self.trainer
            first = trainer.step
            while not trainer.done and trainer.step != self.pause_at:
                each = bool(self.pace) and len(trainer.checkpoints) < EXTRA_CHECKPOINTS
                trainer.advance(keep=each)
                if time.monotonic() - begun > seconds or trainer.step - first == self.pace:
                    break
            if trainer.step == self.pause_at:
                trainer.keep_checkpoint(())
                self.playing, self.pause_at = False, None
            if trainer.done:
                self.playing = False
            self._count(trainer.step - first)
            self._show_new()

    def start_again_from(self, step: int | None) -> None:
        """Go back to a checkpoint, the last at or before a step; from there it may go on.

        The weights of every checkpoint are kept, but the optimiser's memory of few: it trains
        once more from the one before, to the same bits, and pauses where it was sent.
        """
        at = self._checkpoint_of(step).step
        self.trainer.rewind(at)
        self.training = self.training.replace(changes=self.trainer.settings.changes)
        self.frames = [one for one in self.frames if one.step <= self.trainer.step]
        self._unsent = list(self.frames)
        self.rewinds += 1
        self._shown_checkpoints = len(self.trainer.checkpoints)
        self.pause_at = at if at > self.trainer.step else None
        self.playing = self.pause_at is not None

    def fill_for(self, seconds: float) -> None:
        """Make frames of checkpoints that have none for so long."""
        begun = time.monotonic()
        for checkpoint in self._left_out():
            frame = self._frame(checkpoint)
            bisect.insort(self.frames, frame, key=lambda one: one.step)
            self._unsent.append(frame)
            if time.monotonic() - begun > seconds:
                break

    @property
    def complete(self) -> bool:
        """Whether every checkpoint has its frame, as far as their budget goes."""
        return not self._left_out()

    @property
    def busy(self) -> bool:
        """Whether there is something to do: to train, or to make the frames that are left out."""
        return self.playing or not self.complete

    @property
    def most_frames(self) -> int:
        """How many frames are kept at most."""
        return min(FRAMES_LIMIT, max(2, FRAMES_BYTES // self.frames[-1].nbytes))

    def _left_out(self) -> list[Checkpoint]:
        shown = {one.step for one in self.frames}
        wanted = spread(self.trainer.checkpoints, self.most_frames)
        return [one for one in wanted if one.step not in shown]

    @property
    def says_each_step(self) -> bool:
        """Whether what the network would say after each token is shown, and not the end alone."""
        task = self.training.learnt_task
        return task.return_sequences or bool(task.vocabulary)

    def show_trial(self, trial: int) -> None:
        """Show another held-out trial; what each checkpoint makes of it is computed anew."""
        trial = min(trial, SHOWN_TRIALS - 1, len(self.inputs.values) - 1)
        if trial == self.shown:
            return
        self.shown = trial
        kept = spread(self.trainer.checkpoints, MOST_FRAMES)  # the others are filled in later
        self.frames = [self._frame(one) for one in kept]
        self._unsent = list(self.frames)

    def turn(self) -> None:
        """Go on for a slice if it is its turn: train, or make the frames that were left out."""
        if self.playing:
            TURNS.take(self)
        elif not self.complete:
            TURNS.take(self, fill=True)

    def one_step(self) -> None:
        """Take one step and keep what it gave."""
        with self._lock:
            if not self.trainer.done:
                self.trainer.advance()
                self.trainer.keep_checkpoint(())
                self._show_new()

    def change(self, name: str, value: float | None) -> None:
        """Change the learning rate or the clip from the next step on."""
        self.trainer.change(name, value)
        self.training = self.training.replace(changes=self.trainer.settings.changes)

    def network_of(self, step: int | None) -> tuple[Network, Inputs]:
        """The network of the last checkpoint at or before a step, and some held-out trials."""
        checkpoint = self._checkpoint_of(step)
        network = named(self.trainer.network_at(checkpoint), self.training, checkpoint.step)
        inputs = Inputs(
            self.inputs.values[:SHOWN_TRIALS],
            vocabulary=self.inputs.vocabulary,
            name=self.inputs.name,
        )
        return network, inputs

    def trained(self, step: int | None = None) -> Trained:
        """What it has given so far, up to the last checkpoint at or before a step.

        It may be asked for while the page trains, in a thread of its own.
        """
        with self._lock:
            whole = trained_of(self.training, self.trainer)
        return whole if step is None else whole.until(step)

    def write(self, file: BinaryIO) -> None:
        """Write the training as it is now; see `write_training`."""
        with self._lock:
            write_training(file, self.training, self.trainer)

    def in_force(self, name: str) -> float | None:
        """The learning rate or the clip of the next step."""
        value = getattr(self.training, name)
        for _, changed, number in self.training.changes:
            if changed == name:
                value = number
        return value

    @property
    def gradient_left(self) -> float | None:
        """‖∂L/∂h‖ of the first timestep, as a share of the largest; None before the first step.

        Of the last checkpoint that has it, in the top layer.
        """
        known = [one.delta_norms[-1] for one in self.trainer.checkpoints if one.delta_norms]
        if not known:
            return None
        largest = float(known[-1].max())
        return float(known[-1][0]) / largest if largest else 0.0

    def _checkpoint_of(self, step: int | None) -> Checkpoint:
        """The last checkpoint at or before a step; the very last for None."""
        kept = [one for one in self.trainer.checkpoints if step is None or one.step <= step]
        return (kept or self.trainer.checkpoints)[-1]

    def new_frames(self, everything: bool = False) -> list[Frame]:
        """The frames that were not sent yet, or the last one; all of them where it is asked for."""
        frames = self.frames if everything else self._unsent
        self._unsent = []
        return list(frames or self.frames[-1:])

    def _count(self, steps: int) -> None:
        now = time.monotonic()
        last, self._last_count = getattr(self, "_last_count", now), now
        if now > last:
            rate = steps / (now - last)
            self.rate = rate if not self.rate else 0.8 * self.rate + 0.2 * rate

    def _show_new(self) -> None:
        new = self.trainer.checkpoints[self._shown_checkpoints :]
        self._shown_checkpoints = len(self.trainer.checkpoints)
        frames = [self._frame(one) for one in spread(new, MOST_FRAMES)]
        self._unsent += frames
        self.frames += frames
        if len(self.frames) > 1.2 * self.most_frames:
            self.frames = spread(self.frames, self.most_frames)

    def _frame(self, checkpoint: Checkpoint) -> Frame:
        network = self.trainer.network_at(checkpoint)
        trial = self.inputs.trial(self.shown, network.reads_tokens)
        return frame_of(checkpoint, network, trial, self.says_each_step)


def _recipe(training: Training) -> Training:
    """A training without what was changed on the way and how it is looked at."""
    return training.replace(changes=(), checkpoint=None, compared_with="alone")

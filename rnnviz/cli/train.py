"""The command ``rnnviz train``: a training into a file, and on again where it stopped."""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import parse_qsl

from rnnviz.cli.progress import Bar
from rnnviz.cli.sources import Misunderstood
from rnnviz.cli.terminal import visible
from rnnviz.cli.training_files import ALSO, ending_of, write_also
from rnnviz.export.failures import ExportFailure
from rnnviz.export.files import check_free, writing
from rnnviz.i18n import Words
from rnnviz.learn import Trainer
from rnnviz.link import Link, query_of
from rnnviz.spec.train import carry_on, trained_of, trainer_of
from rnnviz.spec.trained_file import NotATrainingError, read_training, write_training
from rnnviz.spec.training import ExperimentError, Training

_INTERRUPTED = 130


def train(request: argparse.Namespace, say: Words) -> int:
    """Train, and write what there is; interrupted, what there is until then."""
    if request.out.suffix != ".npz":
        raise Misunderstood(say("cli.no_format", path=request.out, options=".npz"))
    for path in request.also:
        _check_also(path, request, say)
    training, trainer = _begun(request, say)
    print(visible(say(f"task.{training.task}", delay=training.delay)), flush=True)
    with Bar(1) as bar:
        carry_on(training, trainer, lambda one: bar.part(one.step / training.steps))
    with writing(request.out, force=request.force or request.resume) as file:
        write_training(file, training, trainer)
    for path in request.also:
        with writing(path, force=request.force) as file:
            write_also(path, trained_of(training, trainer), file, say)
    print(visible(_result(training, trainer, say)))
    for path in (request.out, *request.also):
        print(visible(str(path)))
    return 0 if trainer.done else _INTERRUPTED


def _check_also(path: Path, request: argparse.Namespace, say: Words) -> None:
    """Refuse, before anything is trained, a file that could not be written in the end."""
    if ending_of(path) is None:
        raise Misunderstood(say("cli.no_format", path=path, options=" ".join(ALSO)))
    check_free(path, force=request.force)


def _begun(request: argparse.Namespace, say: Words) -> tuple[Training, Trainer]:
    """The training and its loop: at its first step, or where the file stopped."""
    if request.resume:
        try:
            return read_training(request.out)
        except FileNotFoundError as error:
            raise ExportFailure("no_folder", path=request.out) from error
        except (NotATrainingError, ExperimentError) as error:
            raise Misunderstood(
                say("cli.train.no_training", path=request.out, reason=str(error))
            ) from error
    check_free(request.out, force=request.force)
    pairs = parse_qsl(query_of(request.link), keep_blank_values=True)
    if request.task:
        pairs = [pair for pair in pairs if pair[0] != "task"] + [("task", request.task)]
    link = Link.parse(pairs or [("task", "flip_flop")])
    if link.problems or link.training is None:
        problems = " ".join(one.sentence(say.language) for one in link.problems)
        raise Misunderstood(problems or say("cli.train.no_task"))
    return link.training, trainer_of(link.training)


def _result(training: Training, trainer: Trainer, say: Words) -> str:
    task, last = training.learnt_task, trainer.checkpoints[-1]
    percent = task.measure_name.endswith("_right")
    value = f"{last.measure:.1%}" if percent else f"{last.measure:.4g}"
    known = ", ".join(f"{say(f'reference.{one.name}')} {one.loss:.4g}" for one in task.references())
    return say(
        "cli.train.result",
        step=f"{trainer.step:,}",
        loss=f"{last.loss:.4g}",
        known=known,
        measure=say(f"measure.{task.measure_name}", value=value),
    )

"""Does each task's default training learn it: five seeds, CPU seconds of one thread.

    python -m tests.benchmarks.learns [task …] [--seeds 0 1 2 3 4]

A seed draws the weights and the batches. Seconds are those of this process (`process_time`), so a
machine that does other things besides does not change them. "learnt" is the issue's own measure:
every bit right, mean squared error below 0.01, better than the naive forecast, and so on; of the
flip-flop also 2³ stable fixed points, one at each corner, as many as are found.
"""

# ruff: noqa: E402 - the environment is set before the imports that read it

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import argparse
import time
from typing import Any

import numpy as np

from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.learn import Checkpoint, Task
from rnnviz.spec.train import Trained, trained_of, trainer_of
from rnnviz.spec.training import Training

LIMIT = 120.0
"""Seconds in which a default training has to be done."""
CASES: dict[str, dict[str, Any]] = {
    "echo": {},
    "adding": {},
    "flip_flop": {},
    "parity": {},
    "copy_memory": {},
    "next_value": {},
    "next_character": {},
    "next_character, Korean": {"learnt_text": "constitution"},
    "token_classification": {},
    "reviews": {},
    "adding, SimpleRNN": {"cell": "SimpleRNN"},
}
"""The last one does not learn, which a lesson shows."""


def learnt(task: Task, last: Checkpoint) -> bool:
    """Whether the held-out trials are solved, or better than what the task is compared with."""
    known = {one.name: one.loss for one in task.references()}
    if task.name == "adding":
        return last.loss < 0.01
    if task.name == "next_character":
        return last.loss < known["bigram"]
    if task.solved_at is None:
        return last.loss < known["nothing"]
    return last.measure >= task.solved_at


def stable_points(trained: Trained) -> tuple[int, int]:
    """How many stable fixed points are found, and how many different corners they stand for."""
    run = trained.run()
    visited = np.concatenate([run.trial(i).states for i in range(16)]).astype(float)
    found = fixed_points(run.layers[0].trace.layer, np.zeros(3), visited)
    moduli = np.abs(found.eigenvalues).max(axis=1)
    stable = found.points[(moduli < 1) & (found.speeds < 1e-6)]
    corners = {tuple(np.sign(run.network.head[0].apply(point)).tolist()) for point in stable}
    return len(stable), len(corners)


def main() -> None:
    """Print a line for each task and seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    asked = parser.parse_args()
    print("task                     seed  steps  CPU s  held-out loss  measure  learnt in time")
    for case in asked.cases:
        for seed in asked.seeds:
            training = Training.of(case.partition(",")[0], seed=seed, **CASES[case])
            training = training.replace(experiment=training.experiment.replace(seed=seed))
            trainer, began = trainer_of(training), time.process_time()
            while not trainer.done:
                trainer.advance()
            seconds, last = time.process_time() - began, trainer.checkpoints[-1]
            good = learnt(trainer.task, last) and seconds < LIMIT
            also = ""
            if case == "flip_flop":
                stable, corners = stable_points(trained_of(training, trainer))
                also = f", {stable} stable fixed points at {corners} corners"
                good = good and stable == corners == 8
            print(
                f"{case:24} {seed:4} {trainer.step:6} {seconds:6.1f} {last.loss:14.5f} "
                f"{last.measure:8.4f}  {'yes' if good else 'NO'}{also}",
                flush=True,
            )


if __name__ == "__main__":
    main()

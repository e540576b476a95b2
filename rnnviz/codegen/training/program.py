"""From a Training to a program that trains the same."""

from __future__ import annotations

import dataclasses
import io
from dataclasses import dataclass

import numpy as np

from rnnviz.codegen.architecture import architecture
from rnnviz.codegen.programs.loading import weight_variables
from rnnviz.codegen.programs.origin import Origin
from rnnviz.codegen.programs.program import Program
from rnnviz.codegen.training import keras_training, torch_training
from rnnviz.codegen.training.task_text import task_lines
from rnnviz.codegen.unwritable import Unwritable
from rnnviz.engine import Dense, Network
from rnnviz.learn import loss_named
from rnnviz.spec.train import start_network
from rnnviz.spec.training import Training

_WRITERS = {"keras": keras_training.lines, "torch": torch_training.lines}
TRAINING_FRAMEWORKS = tuple(_WRITERS)


@dataclass(frozen=True, eq=False)
class Told:
    """What a writer is told.

    Parameters
    ----------
    training : Training
    origin : Origin
        Of the network before the first step, its head without the activation that the loss
        brings: losses are taken from logits.
    loop : tuple of str
        Lines that make the batches and the learning rate of each step.
    """

    training: Training
    origin: Origin
    loop: tuple[str, ...]


def training_program(training: Training, framework: str) -> Program:
    """Return a program that trains as a Training does.

    Run, it has the loss of each step on its batch in ``losses``, and prints the last one.

    Raises
    ------
    KeyError
        For an unknown framework.
    Unwritable
        Where the framework has no such training; the sentence says why.
    """
    if training.truncate:
        raise Unwritable("truncated_no_program")
    dropped = [
        f"{name}={getattr(training, name)!r}"
        for name in ("dropout", "recurrent_dropout")
        if getattr(training, name)
    ]
    network = _with_logits(start_network(training), training)
    made, key = architecture(network), f"{network.sha256[:12]}"
    task, arrays = task_lines(training.learnt_task)
    names = [name for group in weight_variables(made) for name in group]
    weights = dict(network.weights)
    if network.embedding is not None:
        arrays["E"] = weights.pop("embedding/embeddings")
    arrays |= dict(zip(names, weights.values(), strict=True))
    file_name = f"rnnviz_training_{framework}_{key}.npz"
    origin = Origin(
        architecture=made,
        comment=(
            "A training in {framework}: the losses that rnnviz shows for",
            "?" + training.to_query().replace("{", "{{").replace("}", "}}"),
        ),
        settings=(),
        functions=tuple(task),
        inputs=(
            f'with np.load("{file_name}") as packed:  # lies beside this program',
            "    arrays = dict(packed)",
        ),
        weights=(*_weight_lines(made), ""),
        features=str(made.input_features),
        vocabulary="" if made.embedding is None else f"{made.embedding[0]}",
        layer_arguments=tuple(dropped),
    )
    text = "\n".join(_WRITERS[framework](Told(training, origin, tuple(_loop_lines(training)))))
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    files = ((file_name, packed.getvalue()),)
    return Program(framework, text + "\n", files, f"rnnviz_training_{framework}_{key}.py")


def _with_logits(network: Network, training: Training) -> Network:
    """The network whose head ends before the activation that its loss is taken without."""
    top = network.head[-1]
    assert isinstance(top, Dense)
    if top.activation != loss_named(training.learnt_task.loss).activation:
        return network
    head = (*network.head[:-1], dataclasses.replace(top, activation="linear"))
    return Network(network.layers, network.embedding, head, network.name)


def _weight_lines(made) -> list[str]:
    lines = ["# In Keras's layout: W (features, units), U (units, units), by gate."]
    for names in weight_variables(made):
        listed = ", ".join(f'"{name}"' for name in names)
        lines.append(f"{', '.join(names)} = (arrays[name] for name in ({listed}))")
    return lines if made.embedding is None else [*lines, 'E = arrays["E"]']


def _loop_lines(training: Training) -> list[str]:
    """Lines that make ``batches()``, ``rates`` and, where it changes on the way, ``clips``."""
    first = training.clip_norm
    clips = any(name == "clip_norm" for _, name, _ in training.changes)
    lines = [
        f"STEPS, BATCH, SEED = {training.steps}, {training.batch_size}, {training.seed}",
        f"rates = np.full(STEPS, {training.learning_rate!r})",
    ]
    if clips:
        lines.append(f"clips = [{first!r}] * STEPS")
    for step, name, value in training.changes:
        if name == "learning_rate":
            lines.append(f"rates[{step}:] = {value!r}")
        else:
            lines.append(f"clips[{step}:] = [{value!r}] * max(0, STEPS - {step})")
    decay = {
        "exponential": "rates *= 0.01 ** (np.arange(STEPS) / STEPS)",
        "cosine": "rates *= 0.5 * (1 + np.cos(np.pi * np.arange(STEPS) / STEPS))",
    }
    lines += [decay[training.schedule]] if training.schedule in decay else []
    return [
        *lines,
        "",
        "",
        "def batches():",
        "    for step in range(STEPS):",
        "        key = np.random.SeedSequence(SEED, spawn_key=(0, step))",
        "        yield Task().draw(np.random.default_rng(key), BATCH)",
        "",
        "",
    ]

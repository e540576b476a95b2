"""A training in Keras 3: the model, compiled and fitted, one batch an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnviz.codegen.programs import keras_program
from rnnviz.codegen.programs.cells import KERAS, activation_lines
from rnnviz.codegen.programs.keras_cells import class_lines
from rnnviz.codegen.unwritable import Unwritable
from rnnviz.engine import CELLS

if TYPE_CHECKING:
    from rnnviz.codegen.training.program import Told
    from rnnviz.spec.training import Training

_LOSSES = {
    "mean_squared_error": "MeanSquaredError()",
    "binary_crossentropy": "BinaryCrossentropy(from_logits=True)",
    "categorical_crossentropy": "SparseCategoricalCrossentropy(from_logits=True)",
}
_DROPPED = (
    "# Its losses are not the page's: Keras draws the masks of its dropout itself, and those of",
    "# recurrent_dropout for each gate of its own. All else is the same.",
)


def lines(told: Told) -> list[str]:
    """Return the program, line by line."""
    training, origin = told.training, told.origin
    if training.defined_by != "keras":
        raise Unwritable("defined_as_pytorch")
    made, dropped = origin.architecture, bool(origin.layer_arguments)
    if dropped and any(CELLS[spec.cell].keras_class is None for spec in made.layers):
        raise Unwritable("keras_no_dropout")
    double = ['keras.config.set_floatx("float64")', ""] if made.dtype == "float64" else []
    return [
        *origin.heading("Keras 3"),
        "# It needs a backend that differentiates: TensorFlow, JAX or PyTorch.",
        *(_DROPPED if dropped else ()),
        "from collections import namedtuple",
        "from types import SimpleNamespace",
        "",
        "import keras",
        "import numpy as np",
        "",
        *double,
        *origin.inputs,
        *origin.functions,
        *activation_lines(keras_program.activations(made), KERAS),
        *class_lines(made.layers),
        *origin.weights,
        *keras_program.model_lines(origin),
        "",
        *told.loop,
        *_feed(made.dtype, _is_classes(training)),
        *_fit(training),
        "",
        'losses = history.history["loss"]',
        'print(f"loss of step {len(losses)}: {losses[-1]}")',
    ]


def _is_classes(training: Training) -> bool:
    return training.learnt_task.loss == "categorical_crossentropy"


def _feed(dtype: str, classes: bool) -> list[str]:
    targets = "batch.targets" if classes else f'batch.targets.astype("{dtype}")'
    return [
        "def fed():",
        "    for batch in batches():",
        "        values = batch.values",
        '        if values.dtype.kind == "f":',
        f'            values = values.astype("{dtype}")',
        f"        pair = values, {targets}",
        "        if batch.mask is not None:  # the mean over what counts",
        f'            pair += ((batch.mask / batch.mask.mean()).astype("{dtype}"),)',
        "        yield pair",
        "",
        "",
    ]


def _fit(training: Training) -> list[str]:
    kinds = {"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
    arguments = ["learning_rate=rates[0]", f"global_clipnorm={training.clip_norm!r}"]
    if training.optimizer in ("sgd", "rmsprop") and training.momentum:
        arguments.append(f"momentum={training.momentum!r}")
    if training.optimizer == "sgd" and training.nesterov:
        arguments.append("nesterov=True")
    if training.optimizer == "adamw":
        arguments.append(f"weight_decay={training.weight_decay!r}")
    clipped = any(name == "clip_norm" for _, name, _ in training.changes)
    extra = [
        "def set_clip(epoch, logs):",
        "    optimizer.global_clipnorm = clips[epoch]",
        "",
        "",
    ]
    callbacks = ["keras.callbacks.LearningRateScheduler(lambda epoch: float(rates[epoch]))"]
    if clipped:
        callbacks.append("keras.callbacks.LambdaCallback(on_epoch_begin=set_clip)")
    return [
        *(extra if clipped else []),
        f"optimizer = keras.optimizers.{kinds[training.optimizer]}({', '.join(arguments)})",
        f"loss = keras.losses.{_LOSSES[training.learnt_task.loss]}",
        f"model.compile(optimizer, loss{', run_eagerly=True' if clipped else ''})",
        "history = model.fit(  # one step is an epoch, so that History has each step's loss",
        "    fed(),",
        "    epochs=STEPS,",
        "    steps_per_epoch=1,",
        "    verbose=0,",
        "    callbacks=[",
        *(f"        {one}," for one in callbacks),
        "    ],",
        ")",
    ]

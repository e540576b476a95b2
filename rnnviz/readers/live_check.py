"""How far a run is from what the live model's own framework computes for the same input."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnviz.engine import Run


def largest_difference(model: Any, run: Run, is_keras: bool) -> float:
    """Return the largest difference between the states of a run and the framework's own.

    Keras's layers are called one after the other, each on what the one below returned, so every
    layer is compared. PyTorch shows only the states of the last layer of a module.

    Parameters
    ----------
    model : keras.Model or torch.nn.Module
        The live model.
    run : Run
        Of the network that was taken out of it, from an initial state of zeros.
    is_keras : bool
        Which of the two it is.
    """
    fed = run.inputs if run.has_trials else run.inputs[np.newaxis]
    return _of_keras(model, run, fed) if is_keras else _of_torch(model, run, fed)


def _of_keras(model: Any, run: Run, fed: np.ndarray) -> float:
    layers = _by_name(model) if getattr(model, "layers", None) else {}
    layers[getattr(model, "name", "")] = model
    largest, values = 0.0, fed
    for name, layer, ours in zip(
        run.network.layer_names, run.network.layers, run.layers, strict=True
    ):
        for part in layer.before:
            values = part.apply(values)
        values = _plain(layers[name](values, training=False))
        if isinstance(values, list):
            values = values[0]
        wanted = ours.states if values.ndim == 3 else ours.output
        largest = max(largest, _largest(values, wanted, run))
    return largest


def _by_name(model: Any) -> dict[str, Any]:
    """Return the layers by the names that `keras_graph.flattened` gives them."""
    found = {layer.name: layer for layer in model.layers}
    for layer in model.layers:
        # Bidirectional layers have a list of layers as well, but are one.
        if type(layer).__name__ in ("Sequential", "Functional", "Model"):
            for name, one in _by_name(layer).items():
                found[f"{layer.name}/{name}" if name in found else name] = one
    return found


def _of_torch(module: Any, run: Run, fed: np.ndarray) -> float:
    name = run.network.layers[-1].name.rpartition("_l")[0]
    parts = dict(module.named_modules())
    part = parts.get(name, module)
    values = next(part.parameters()).new_tensor(fed)
    trained, was = [one for one in parts.values() if one.training], None
    module.eval()
    try:
        if hasattr(part, "batch_first"):
            values = values if part.batch_first else values.transpose(0, 1)
            states = part(values)[0]
            states = states if part.batch_first else states.transpose(0, 1)
            found = _plain(states)
        else:
            steps = []
            for now in values.unbind(1):
                was = part(now) if was is None else part(now, was)
                steps.append(_plain(was[0] if isinstance(was, tuple) else was))
            found = np.stack(steps, axis=1)
    finally:
        for one in trained:
            one.training = True
    return _largest(found, run.layers[-1].states, run)


def _largest(theirs: np.ndarray, ours: np.ndarray, run: Run) -> float:
    """Return the largest difference over the timesteps that count."""
    ours = ours if run.has_trials else ours[np.newaxis]
    if theirs.shape != ours.shape:
        raise ValueError(f"The framework returns {theirs.shape}, but the run has {ours.shape}.")
    differences = np.abs(theirs - ours)
    if differences.ndim == 3:
        differences = np.concatenate(
            [one[:length] for one, length in zip(differences, run.lengths, strict=True)]
        )
    return float(differences.max())


def _plain(values: Any) -> Any:
    """A NumPy array of a tensor of whichever framework."""
    if isinstance(values, (list, tuple)):
        return [_plain(one) for one in values]
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)

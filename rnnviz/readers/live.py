"""Live models: a Keras model or a PyTorch module of the caller becomes a `Network`.

By what they can do, not by what they are: nothing is imported, the framework is the caller's.
"""

from __future__ import annotations

import itertools
import json
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from rnnviz.engine import Inputs, Network, Run, Source
from rnnviz.engine import run as run_network
from rnnviz.readers.answers import Answers
from rnnviz.readers.keras_archive import major_version
from rnnviz.readers.keras_graph import flattened, network_of_nodes, nodes_of
from rnnviz.readers.keras_layers import Context, Node
from rnnviz.readers.live_check import largest_difference
from rnnviz.readers.messages import note
from rnnviz.readers.opening import ReadingWarning
from rnnviz.readers.reading import Reading, not_finite
from rnnviz.readers.state_dict import Entry, Facts, network_of_state


def from_keras(model: Any, name: str | None = None) -> Network:
    """Take the recurrent network out of a Keras model, or out of one built recurrent layer.

    Parameters
    ----------
    model : keras.Model or keras.Layer
        Of Keras 3 with any backend, or of Keras 2.
    name : str, optional
        Which of several recurrent stacks is meant.

    Returns
    -------
    Network
        A copy of the weights as they are now: training the model on does not change it.

    Raises
    ------
    Unanswered, Refused
        As in `open_network`.
    """
    return _told(_read_keras(model, name))


def from_torch(module: Any, name: str | None = None) -> Network:
    """Take the recurrent network out of a PyTorch module; see `from_keras`.

    Parameters
    ----------
    module : torch.nn.Module
        With an nn.RNN, nn.LSTM, nn.GRU or their cells somewhere in it.
    name : str, optional
        Which of several recurrent modules is meant.
    """
    return _told(_read_torch(module, name))


def run(
    network: Any,
    inputs: Inputs | np.ndarray | Sequence,
    initial_state: Any = None,
    *,
    name: str | None = None,
    check: bool = False,
    source: Source | None = None,
    progress: Callable[[float], None] | None = None,
) -> Run:
    """Run a network, a live Keras model or a live PyTorch module on one sequence or several.

    Parameters
    ----------
    network : Network, keras.Model or torch.nn.Module
        What is run, in NumPy.
    inputs : Inputs or array_like
        ``(timesteps, features)`` or ``(trials, timesteps, features)``; with an Embedding whole
        numbers ``(timesteps,)`` or ``(trials, timesteps)``.
    initial_state : optional
        See `rnnviz.engine.running.run`.
    name : str, optional
        Which of several recurrent stacks of a live model is meant.
    check : bool
        Whether the live model's own framework computes the same, and the largest difference
        between its states and these is printed.
    source, progress : optional
        See `rnnviz.engine.running.run`.

    Raises
    ------
    ValueError
        Where inputs and network do not fit together.
    TypeError
        Where it is no network at all.
    """
    if isinstance(network, Network):
        if check:
            raise ValueError("check=True needs a live model: a Network has no other framework.")
        return run_network(network, inputs, initial_state, source=source, progress=progress)
    is_keras = hasattr(network, "get_weights") and hasattr(network, "get_config")
    if not is_keras and not (hasattr(network, "state_dict") and hasattr(network, "named_modules")):
        raise TypeError(
            f"{type(network).__name__} is no network: give a Network, a Keras model or a PyTorch "
            "module."
        )
    taken = (from_keras if is_keras else from_torch)(network, name)
    result = run_network(taken, inputs, initial_state, source=source, progress=progress)
    if check:
        if initial_state is not None:
            raise ValueError("check=True begins at zero: leave initial_state out.")
        difference = largest_difference(network, result, is_keras)
        print(f"largest difference to the framework's own states: {difference:.3g}")
    return result


def _told(reading: Reading) -> Network:
    notes = (*dict.fromkeys(reading.notes), *not_finite(reading.network))
    if notes:
        text = " ".join(one.sentence() for one in notes)
        warnings.warn(text, ReadingWarning, stacklevel=3)
    return reading.network


def _read_keras(model: Any, name: str | None) -> Reading:
    answers = Answers({} if name is None else {"name": name})
    package = sys.modules.get(type(model).__module__.partition(".")[0])
    context = Context(answers, major_version(getattr(package, "__version__", None)) or 3)
    if not hasattr(model, "layers") or type(model).__name__ in ("Bidirectional", "TimeDistributed"):
        nodes = [_node_of(model)]
    elif type(model).__name__ in ("Sequential", "Functional", "Model"):
        nodes = nodes_of(json.loads(model.to_json()))
        _add_weights(nodes, model)
        nodes = flattened(nodes)
    else:
        # A class of its own: its layers are there, and how they are called is code.
        nodes = [_node_of(layer) for layer in model.layers]
        for below, node in itertools.pairwise(nodes):
            node.sources = [below.name]
        context.notes.append(note("order_of_file"))
    network = network_of_nodes(nodes, context, str(getattr(model, "name", "")))
    return Reading(network, "live_keras", tuple(context.notes))


def _add_weights(nodes: list[Node], model: Any) -> None:
    """Give each layer its weights, also those of a model inside of the model."""
    layers = {layer.name: layer for layer in model.layers}
    for node in nodes:
        layer = layers.get(node.name)
        if layer is not None and node.inner:
            _add_weights(node.inner, layer)
        elif layer is not None:
            node.arrays = _weights_of(layer)


def _node_of(layer: Any) -> Node:
    config = json.loads(json.dumps(layer.get_config(), default=_name_of))
    return Node(layer.name, type(layer).__name__, config, _weights_of(layer))


def _name_of(value: Any) -> str:
    return getattr(value, "__name__", str(value))


def _weights_of(layer: Any) -> list[Callable[[], np.ndarray]]:
    return [partial(np.asarray, array) for array in layer.get_weights()]


def _read_torch(module: Any, name: str | None) -> Reading:
    nonlinearities: dict[str, str] = {}
    tables: set[str] = set()
    heads: set[str] = set()
    for path, part in module.named_modules():
        if isinstance(getattr(part, "nonlinearity", None), str):
            nonlinearities[path] = part.nonlinearity
        kind = type(part).__name__
        if kind in ("Embedding", "Linear"):
            (tables if kind == "Embedding" else heads).add(path)
    arrays = {
        key: Entry(tuple(tensor.shape), str(tensor.dtype), _reader_of(tensor))
        for key, tensor in module.state_dict().items()
    }
    answers = Answers({} if name is None else {"name": name})
    facts = Facts(nonlinearities, frozenset(tables), frozenset(heads))
    return network_of_state(arrays, type(module).__name__, answers, "live_torch", facts)


def _reader_of(tensor: Any) -> Callable[[], np.ndarray]:
    def read() -> np.ndarray:
        given = tensor.detach().cpu()
        return np.asarray(given.float() if "bfloat16" in str(given.dtype) else given)

    return read

"""A network as a value: an embedding, recurrent layers and a head, with their weights."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell, snake_case
from rnnviz.engine.dense import Dense
from rnnviz.engine.embedding import Embedding
from rnnviz.engine.layer import Layer, Part, is_array
from rnnviz.engine.layer_normalization import LayerNormalization


@dataclass(frozen=True, eq=False)
class Network:
    """Layers with their weights, from the input up. Frozen; compared by identity or `sha256`.

    Parameters
    ----------
    layers : tuple of Layer
        The recurrent layers; every one below another returns its whole sequence.
    embedding : Embedding or None
        What turns tokens into vectors; None where the input is numbers.
    head : tuple of Dense or LayerNormalization
        What is applied to what the top layer returns.
    name : str
        What it is called where it comes from.
    mask_value : float or None
        Keras's Masking layer before the first layer: timesteps whose features all have this
        value are passed over. None without one; padding of tokens is `Embedding.mask_zero`.

    Raises
    ------
    ValueError
        Where two neighbours do not fit together.
    """

    layers: tuple[Layer, ...]
    embedding: Embedding | None = None
    head: tuple[Part, ...] = ()
    name: str = ""
    mask_value: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "head", tuple(self.head))
        if not self.layers:
            raise ValueError("A network needs at least one recurrent layer.")
        self._check_chain()
        for layer in self.layers[:-1]:
            if not layer.return_sequences:
                raise ValueError(
                    "A layer below another recurrent layer must return its whole sequence."
                )

    def _check_chain(self) -> None:
        length = None if self.embedding is None else self.embedding.output_dim
        parts: list[tuple[str, int, int]] = []
        for name, layer in zip(self.layer_names, self.layers, strict=True):
            parts += [
                (f"{_class(one)} before {name}", one.features, one.units) for one in layer.before
            ]
            parts.append((name, layer.forward.features, layer.output_features))
        parts += [("head", one.features, one.units) for one in self.head]
        for name, reads, gives in parts:
            if length is not None and reads != length:
                raise ValueError(f"{name} reads {reads} features, but it is given {length}.")
            length = gives

    @property
    def input_features(self) -> int:
        """Length of the vector that the first layer is given at one timestep."""
        return self.layers[0].features

    def is_turned(self, layer: int) -> bool:
        """Whether the states of a layer stand in the reverse of time's order.

        A layer with ``go_backwards`` turns the order round, for itself and for all above it, until
        another one turns it back.
        """
        return sum(one.go_backwards for one in self.layers[: layer + 1]) % 2 == 1

    @property
    def reads_tokens(self) -> bool:
        """Whether its input is tokens, which an Embedding turns into vectors."""
        return self.embedding is not None

    @property
    def masks(self) -> bool:
        """Whether it may pass over timesteps."""
        return self.mask_value is not None or (
            self.embedding is not None and self.embedding.mask_zero
        )

    def mask_of(self, values: np.ndarray) -> np.ndarray | None:
        """Which timesteps of an input are computed, (..., timesteps); None where all are.

        Parameters
        ----------
        values : ndarray
            (..., timesteps, features), or tokens (..., timesteps).
        """
        if self.embedding is not None:
            return values != 0 if self.embedding.mask_zero else None
        if self.mask_value is None:
            return None
        return (values != self.mask_value).any(axis=-1)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of its first recurrent layer."""
        return self.layers[0].dtype

    @cached_property
    def layer_names(self) -> tuple[str, ...]:
        """A name for each recurrent layer: its own, or the one that Keras would give it."""
        counts: Counter[str] = Counter()
        return tuple(layer.name or _numbered(_class_name(layer), counts) for layer in self.layers)

    @cached_property
    def weights(self) -> Mapping[str, np.ndarray]:
        """Every array by its name, e.g. ``simple_rnn/kernel``, in the order of Keras."""
        return dict(self._named_weights())

    def _named_weights(self) -> Iterator[tuple[str, np.ndarray]]:
        counts: Counter[str] = Counter()
        if self.embedding is not None:
            yield "embedding/embeddings", self.embedding.embeddings
        for name, layer in zip(self.layer_names, self.layers, strict=True):
            for one in layer.before:
                yield from _of_part(one, _numbered(_class(one), counts))
            if layer.backward is None:
                yield from _of_cell(layer.forward, name)
            else:
                yield from _of_cell(layer.forward, f"{name}/forward")
                yield from _of_cell(layer.backward, f"{name}/backward")
        for one in self.head:
            yield from _of_part(one, _numbered(_class(one), counts))

    def with_weights(self, weights: Mapping[str, np.ndarray]) -> Network:
        """The same architecture with other arrays; names that are left out keep theirs.

        Raises
        ------
        ValueError
            Where a name is unknown or a shape differs.
        """
        for name, array in weights.items():
            if name not in self.weights:
                known = ", ".join(self.weights)
                raise ValueError(f"There is no weight {name!r}; there are {known}.")
            if np.shape(array) != self.weights[name].shape:
                wanted = self.weights[name].shape
                raise ValueError(f"{name} has shape {np.shape(array)}, but {wanted} is needed.")
        return _rebuild(self, {**self.weights, **weights})

    @property
    def parameter_count(self) -> int:
        """Trainable parameters."""
        return sum(array.size for array in self.weights.values())

    @property
    def nbytes(self) -> int:
        """Memory of all arrays, in bytes."""
        return sum(array.nbytes for array in self.weights.values())

    @property
    def architecture(self) -> dict[str, Any]:
        """All but the arrays, as values that JSON can hold; see `from_architecture`."""
        described: dict[str, Any] = {
            "embedding": None if self.embedding is None else list(self.embedding.embeddings.shape),
            "layers": [_layer_architecture(layer) for layer in self.layers],
            "head": [_part_architecture(one) for one in self.head],
        }
        if self.masks:  # left out otherwise, so that the hash of such a network stays
            described["masking"] = 0.0 if self.mask_value is None else self.mask_value
        return described

    @cached_property
    def sha256(self) -> str:
        """Hash of architecture and weights; names of layers and of the network do not count."""
        digest = hashlib.sha256(json.dumps(self.architecture, sort_keys=True).encode())
        for array in self.weights.values():
            digest.update(f"{array.dtype.str} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        layers = " → ".join(f"{_class_name(layer)}({layer.units})" for layer in self.layers)
        return f"<Network {layers}, {self.parameter_count:,} parameters, {self.sha256[:12]}>"


def from_architecture(
    architecture: Mapping[str, Any], weights: Mapping[str, np.ndarray], name: str = ""
) -> Network:
    """The network of `Network.architecture` and `Network.weights`.

    Raises
    ------
    ValueError, KeyError, TypeError
        Where they do not describe a network.
    """
    from rnnviz.engine.cells import CELLS

    arrays = iter(weights.values())

    def part(spec: Mapping[str, Any]) -> Part:
        if "layer_normalization" in spec:
            return LayerNormalization(next(arrays), next(arrays), spec["layer_normalization"])
        return Dense(next(arrays), next(arrays), spec["activation"])

    def cell(spec: Mapping[str, Any]) -> RecurrentCell:
        kind = CELLS[spec["cell"]]
        names = [field.name for field in dataclasses.fields(kind) if is_array(field)]
        return kind(**{one: next(arrays) for one in names}, **spec["settings"])

    masking = architecture.get("masking")
    embedding = None
    if architecture["embedding"] is not None:
        embedding = Embedding(next(arrays), mask_zero=masking is not None)
    mask_value = None if masking is None or embedding is not None else float(masking)
    layers = []
    for spec in architecture["layers"]:
        before = tuple(part(one) for one in spec["before"])
        forward = cell(spec)
        layers.append(
            Layer(
                forward,
                cell(spec) if spec["bidirectional"] else None,
                bool(spec["return_sequences"]),
                bool(spec["go_backwards"]),
                spec["merge_mode"],
                before,
            )
        )
    head = tuple(map(part, architecture["head"]))
    return Network(tuple(layers), embedding, head, name, mask_value)


def _rebuild(network: Network, weights: Mapping[str, np.ndarray]) -> Network:
    rebuilt = from_architecture(network.architecture, weights, network.name)
    layers = tuple(
        dataclasses.replace(layer, name=old.name)
        for layer, old in zip(rebuilt.layers, network.layers, strict=True)
    )
    return dataclasses.replace(rebuilt, layers=layers)


def _of_cell(cell: RecurrentCell, name: str) -> Iterator[tuple[str, np.ndarray]]:
    for field in dataclasses.fields(cell):
        if is_array(field):
            yield f"{name}/{field.name}", getattr(cell, field.name)


def _of_part(part: Part, name: str) -> Iterator[tuple[str, np.ndarray]]:
    for field in dataclasses.fields(part):
        if is_array(field):
            yield f"{name}/{field.name}", getattr(part, field.name)


def _class(part: Part) -> str:
    return type(part).__name__


def _layer_architecture(layer: Layer) -> dict[str, Any]:
    return {
        "cell": layer.cell,
        "settings": layer.settings,
        "bidirectional": layer.bidirectional,
        "return_sequences": layer.return_sequences,
        "go_backwards": layer.go_backwards,
        "merge_mode": layer.merge_mode,
        "before": [_part_architecture(one) for one in layer.before],
    }


def _part_architecture(part: Part) -> dict[str, Any]:
    if isinstance(part, LayerNormalization):
        return {"layer_normalization": part.epsilon, "units": part.units}
    return {"activation": part.activation, "units": part.units}


def _class_name(layer: Layer) -> str:
    return "Bidirectional" if layer.bidirectional else layer.cell


def _numbered(class_name: str, counts: Counter[str]) -> str:
    """``simple_rnn``, ``simple_rnn_1``, …, as Keras numbers the layers of one model."""
    name = snake_case(class_name)
    number = counts[name]
    counts[name] += 1
    return f"{name}_{number}" if number else name

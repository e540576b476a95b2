"""Backpropagation through time for a whole network: embedding, stack, head."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.learn.dropout import LayerMasks
from rnnviz.learn.layer_pass import LayerPass
from rnnviz.learn.parameters import Parameters
from rnnviz.learn.part_pass import PartPass, part_pass


class Backpropagation:
    """Forward and back over batches of one size; the buffers are kept between batches.

    Parameters
    ----------
    parameters : Parameters
        Read at each way forward; their gradient is written by the way back.
    timesteps, batch : int
        Of the data.
    logits_of : str or None
        Leave this activation out where the head ends in it; see `Loss.activation`.
    truncate : int or None
        Timesteps after which the gradient through time is cut; None goes back to the first.
    masked : bool
        Whether recurrent kernels can read states through masks (recurrent dropout).
    """

    def __init__(
        self,
        parameters: Parameters,
        timesteps: int,
        batch: int,
        logits_of: str | None = None,
        truncate: int | None = None,
        masked: bool = False,
    ) -> None:
        network = parameters.network
        self.parameters, self.truncate = parameters, truncate
        self.timesteps, self.batch = timesteps, batch
        self.embedding = network.embedding is not None
        names = iter(dict.fromkeys(name.rpartition("/")[0] for name in parameters.weights))
        if self.embedding:
            next(names)
        self.before: list[list[PartPass]] = []
        self.layers: list[LayerPass] = []
        for name, layer in zip(network.layer_names, network.layers, strict=True):
            self.before.append([part_pass(one, parameters, next(names)) for one in layer.before])
            below = bool(self.layers or self.embedding or self.before[0])
            self.layers.append(LayerPass(layer, parameters, name, timesteps, batch, masked, below))
            for _ in self.layers[-1].directions:
                next(names)
        top = len(network.head) - 1
        self.head = [
            part_pass(one, parameters, next(names), logits_of if index == top else None)
            for index, one in enumerate(network.head)
        ]
        self._order: np.ndarray | None = None
        self._tokens: np.ndarray | None = None

    def forward(
        self,
        values: np.ndarray,
        lengths: np.ndarray | None = None,
        initial_states: list | None = None,
        masks: Sequence[LayerMasks] | None = None,
    ) -> np.ndarray:
        """Return the network's outputs, (timesteps or 1, outputs, batch).

        Parameters
        ----------
        values : ndarray
            Numbers (batch, timesteps, features) or tokens (batch, timesteps).
        lengths : ndarray (batch,) of int or None
            Timesteps of each sequence, the rest is padding; None where none is padded.
        initial_states : list or None
            One for each layer: (batch, state_size), a pair of them for two directions, or None.
        masks : sequence of LayerMasks or None
            One for each layer, for this way forward and the way back from it; see `draw_masks`.
        """
        for index, layer in enumerate(self.layers):
            given = None if initial_states is None else initial_states[index]
            pair = given if isinstance(given, tuple) else (given,) * len(layer.directions)
            for direction, state in zip(layer.directions, pair, strict=True):
                direction.begin(state)
            layer.drop(None if masks is None else masks[index])
        last = None if lengths is None else np.asarray(lengths) - 1
        self._order = None if last is None else _turned(last, self.timesteps)
        if self.parameters.network.masks:
            kept = self.parameters.network.mask_of(values)
            for layer in self.layers:
                layer.pass_over(None if kept is None else kept.T, self._order)
        fed = self._fed(values)
        with np.errstate(all="ignore"):
            for before, layer in zip(self.before, self.layers, strict=True):
                for one in before:
                    fed = one.forward(fed)
                fed = layer.forward(fed, self._order, last)
            for one in self.head:
                fed = one.forward(fed)
        return fed

    def backward(self, deltas: np.ndarray) -> None:
        """Write the gradient of all parameters; ``deltas`` is ∂L/∂outputs."""
        self.parameters.gradient.fill(0)
        with np.errstate(all="ignore"):
            for one in reversed(self.head):
                deltas = one.backward(deltas)
            for index in reversed(range(len(self.layers))):
                through = self.layers[index].backward(deltas, self._order, self.truncate)
                if through is None:  # nothing below the first layer asks for it
                    return
                deltas = through
                for one in reversed(self.before[index]):
                    deltas = one.backward(deltas)
            if self.embedding:
                self._add_to_embeddings(deltas)

    def delta_norms(self) -> list[np.ndarray]:
        """‖∂L/∂h_t‖ over units and batch, (timesteps,), of each layer's forward direction.

        Of the last `backward`; in the order of time.
        """
        norms = []
        for layer in self.layers:
            one = layer.directions[0]
            size = np.sqrt(np.square(one.tape.deltas[1:]).sum(axis=(1, 2)))
            norms.append(size[::-1] if one.from_the_end else size)
        return norms

    def _fed(self, values: np.ndarray) -> np.ndarray:
        """What the first layer reads, (timesteps, features, batch)."""
        if not self.embedding:
            return np.asarray(values).transpose(1, 2, 0)
        self._tokens = np.asarray(values).T
        return self.parameters.weights["embedding/embeddings"][self._tokens].swapaxes(1, 2)

    def _add_to_embeddings(self, deltas: np.ndarray) -> None:
        assert self._tokens is not None
        gradient = self.parameters.gradients["embedding/embeddings"]
        flat = deltas.transpose(0, 2, 1).reshape(-1, deltas.shape[1])
        tokens, rows = self._tokens.ravel(), len(gradient)
        for feature in range(flat.shape[1]):
            gradient[:, feature] += np.bincount(tokens, flat[:, feature], rows)


def _turned(last: np.ndarray, timesteps: int) -> np.ndarray:
    """Where each timestep goes if every sequence is read from its own end, (timesteps, batch)."""
    steps = np.arange(timesteps)[:, None]
    return np.where(steps <= last, last - steps, steps)

"""All weights of a network in one vector, so that an optimiser's step is a few operations."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.engine.network import Network


class Parameters:
    """The weights of a network, one after the other in Keras's order, and their gradient.

    Attributes
    ----------
    values, gradient : ndarray (parameters,)
        Written in place by an optimiser and by backpropagation.
    weights, gradients : dict of ndarray
        Views by the names of `Network.weights`.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        arrays = network.weights
        self.dtype = np.result_type(*arrays.values())
        self.values = np.concatenate([array.ravel() for array in arrays.values()], dtype=self.dtype)
        self.gradient = np.zeros_like(self.values)
        self.weights = _views(self.values, arrays)
        self.gradients = _views(self.gradient, arrays)

    def to_network(self) -> Network:
        """The network with the weights as they are now: a copy, frozen."""
        return self.network.with_weights(self.weights)

    def joined(self, vector: np.ndarray, names: list[str]) -> np.ndarray:
        """Neighbouring arrays of equal width, one below the other, as one view.

        Parameters
        ----------
        vector : ndarray (parameters,)
            `values` or `gradient`.
        names : list of str
            Matrices (rows, columns) and vectors (columns,), neighbours in Keras's order.
        """
        columns = self.weights[names[0]].shape[-1]
        first = self._start(names[0])
        size = sum(self.weights[name].size for name in names)
        return vector[first : first + size].reshape(-1, columns)

    def _start(self, wanted: str) -> int:
        start = 0
        for name, array in self.weights.items():
            if name == wanted:
                return start
            start += array.size
        raise KeyError(wanted)


def _views(vector: np.ndarray, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    views, start = {}, 0
    for name, array in arrays.items():
        views[name] = vector[start : start + array.size].reshape(array.shape)
        start += array.size
    return views

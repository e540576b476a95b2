"""Embedding: a table with one vector for each token."""

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.cells.weights import frozen_arrays


@dataclass(frozen=True, eq=False)
class Embedding:
    """Keras's Embedding layer: row k of a table stands for token k.

    Attributes
    ----------
    embeddings : ndarray (input_dim, output_dim)
        Copied, read-only; input_dim is the number of different tokens.
    mask_zero : bool
        Whether token 0 is padding, which the recurrent layers above pass over.

    Raises
    ------
    ValueError
        Where it is not a matrix.
    """

    embeddings: np.ndarray
    mask_zero: bool = False

    def __post_init__(self):
        arrays = frozen_arrays(embeddings=self.embeddings)
        object.__setattr__(self, "embeddings", arrays["embeddings"])
        if self.embeddings.ndim != 2 or 0 in self.embeddings.shape:
            raise ValueError(
                f"embeddings have shape {self.embeddings.shape}, but (input_dim, output_dim), "
                "one row for each token, is needed."
            )

    @property
    def input_dim(self) -> int:
        """Number of different tokens."""
        return self.embeddings.shape[0]

    @property
    def output_dim(self) -> int:
        """Length of a token's vector: the features of the layer above."""
        return self.embeddings.shape[1]

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the table and of what is taken from it."""
        return self.embeddings.dtype

    @property
    def parameter_count(self) -> int:
        """Trainable parameters, input_dim · output_dim."""
        return self.embeddings.size

    def embed(self, tokens: np.ndarray) -> np.ndarray:
        """Replace each token by its vector.

        Parameters
        ----------
        tokens : array_like of int (timesteps,) or (batch, timesteps)
            From 0 to input_dim − 1.

        Returns
        -------
        ndarray (..., timesteps, output_dim)
            New.

        Raises
        ------
        ValueError
            Where a token is no integer or not in the table.
        """
        tokens = np.asarray(tokens)
        if tokens.dtype.kind not in "iu":
            raise ValueError(f"tokens must be integers, but their dtype is {tokens.dtype}.")
        outside = tokens[(tokens < 0) | (tokens >= self.input_dim)]
        if outside.size:
            raise ValueError(
                f"There is a token {outside.flat[0]}, but the embedding has {self.input_dim} "
                f"rows: tokens go from 0 to {self.input_dim - 1}."
            )
        return self.embeddings[tokens]

"""Tokens that a network continues with: each is drawn from what it says, then read as the next."""

from __future__ import annotations

import numpy as np

from rnnviz.engine import Inputs, Network, run


def generate(
    network: Network,
    start: np.ndarray,
    length: int,
    temperature: float,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return ``length`` tokens (length,) that follow ``start``.

    Parameters
    ----------
    network : Network
        Reads tokens and gives a probability for each of them at every timestep.
    start : ndarray (timesteps,) of int
        What is read first; at least one token.
    length : int
        How many follow.
    temperature : float
        The probabilities are raised to its inverse and made to sum to 1 again: 1 draws as the
        network says, less draws what is likely more often, 0 always takes the likeliest.
    generator : Generator
        Draws.

    Raises
    ------
    ValueError
        Where the network does not read tokens from the first to the last, or does not end in one
        probability for each token.
    """
    top = network.head[-1] if network.head else None
    if network.embedding is None or getattr(top, "activation", "") != "softmax":
        raise ValueError("Only a network with an Embedding and a softmax head continues a text.")
    if any(one.bidirectional or one.go_backwards for one in network.layers):
        raise ValueError("A network that reads from the end cannot continue a text.")
    if temperature < 0:
        raise ValueError("temperature must be at least 0.")
    read, states, tokens = np.asarray(start), None, np.empty(length, int)
    for place in range(length):
        seen = run(network, Inputs(read), states)
        states = [layer.trace.full_states[-1] for layer in seen.layers]
        tokens[place] = _drawn(np.atleast_2d(seen.output)[-1], temperature, generator)
        read = tokens[place : place + 1]
    return tokens


def _drawn(said: np.ndarray, temperature: float, generator: np.random.Generator) -> int:
    if temperature == 0:
        return int(said.argmax())
    with np.errstate(divide="ignore"):
        logs = np.log(said.astype(float)) / temperature
    p = np.exp(logs - logs.max())
    return int(generator.choice(len(p), p=p / p.sum()))

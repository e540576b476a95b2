"""What a network with a softmax head expects next, and how far the text surprises it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.run import Run


@dataclass(frozen=True, eq=False)
class NextToken:
    """Of every timestep but the last that is read of each trial, in time's order. Read-only.

    The next token is the one that the top layer reads next: where it reads from the end, the one
    before.

    Parameters
    ----------
    probability : ndarray (steps,)
        What the network gave to the token that came next; nan where a trial's last one was read,
        and where the next token is beyond the head.
    surprise : ndarray (steps,)
        −log₂ of it, in bits; infinite where it was 0.
    likeliest : ndarray (steps,) of int
        The token that it held for the most likely.
    """

    probability: np.ndarray
    surprise: np.ndarray
    likeliest: np.ndarray


def has_next_token(run: Run) -> bool:
    """Whether a run reads tokens and says at each timestep how likely each next one is."""
    dense = run.dense
    return (
        run.network.reads_tokens
        and dense is not None
        and dense is run.network.head[-1]
        and dense.activation == "softmax"
        and run.layers[-1].return_sequences
        and dense.units > 1
        and dense.units >= len(run.data.vocabulary)
    )


def next_token(run: Run) -> NextToken:
    """Return how likely the network found each next token of its text, the trials joined.

    Raises
    ------
    ValueError
        Where the network does not read tokens and end in a softmax over them.
    """
    run = run.whole
    if not has_next_token(run):
        raise ValueError(
            "The network must read tokens and end in a Dense layer with softmax that has one unit "
            "for each token, at every timestep."
        )
    found = [_of_trial(one) for one in run.each_trial()]
    probability = np.concatenate([one for one, _ in found])
    likeliest = np.concatenate([one for _, one in found])
    with np.errstate(divide="ignore"):
        surprise = -np.log2(probability)
    surprise += 0.0  # −0 bits, of a probability of 1, is 0
    for array in (probability, surprise, likeliest):
        array.setflags(write=False)
    return NextToken(probability, surprise, likeliest)


def _of_trial(run: Run) -> tuple[np.ndarray, np.ndarray]:
    readings, tokens = run.readings, run.token_numbers
    assert readings is not None
    assert tokens is not None
    turned = run.network.is_turned(len(run.layers) - 1)
    order = slice(None, None, -1 if turned else 1)
    following = tokens[order][1:]
    inside = (following >= 0) & (following < readings.shape[1])
    picked = readings[np.arange(len(following)), np.where(inside, following, 0)]
    probability = np.full(len(tokens), np.nan)
    probability[:-1] = np.where(inside, picked, np.nan)
    return probability[order], readings.argmax(axis=1)[order]

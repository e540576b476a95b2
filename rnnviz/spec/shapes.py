"""What a stack of layers is made of, in shapes and numbers, before anything is drawn or run.

Takes an experiment and its layers as values with the fields of their tables; knows no defaults.
"""

from __future__ import annotations

import math

from rnnviz.engine import CELLS
from rnnviz.knobs import Problem
from rnnviz.spec.text import tokenize, vocabulary

STATE_CELLS_LIMIT = 20_000_000
"""Most values that one run may hold: timesteps x units x gates, over all layers and the head."""
WEIGHTS_LIMIT = 20_000_000
"""Most weights that one experiment may have, the embedding's included."""

TOKEN_SIGNALS = ("tokens", "text")
"""Signals that are tokens: an Embedding turns them into vectors. The others are vectors already."""


def gate_count(cell: str) -> int:
    """Return how many blocks of ``units`` columns the kernels of a cell have."""
    return CELLS[cell].gate_count()


def output_features(layer) -> int:
    """Return the length of what a layer hands on at one timestep: of both directions if merged."""
    beside = layer.bidirectional and getattr(layer, "merge_mode", "concat") == "concat"
    return layer.units * (2 if beside else 1)


def weight_shapes(layer, features: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of one direction's weights by their Keras names.

    Parameters
    ----------
    layer : LayerSpec
        Its cell, units and the settings of the cell.
    features : int
        Length of what the layer reads at one timestep.
    """
    cell = CELLS[layer.cell]
    return cell.weight_shapes(layer.units, features, cell.settings_of(layer))


def weight_count(layer, features: int) -> int:
    """Return the number of weights of a layer, both directions counted."""
    shapes = weight_shapes(layer, features).values()
    return sum(math.prod(shape) for shape in shapes) * (2 if layer.bidirectional else 1)


def embedding_size(experiment) -> int:
    """Return the number of weights of the Embedding, 0 when the input is no tokens."""
    if experiment.signal not in TOKEN_SIGNALS:
        return 0
    return experiment.vocabulary_size * experiment.input_features


def dense_shapes(experiment, layers) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of the Dense head by their Keras names; none without one."""
    if not experiment.dense_units:
        return {}
    shape = (output_features(layers[-1]), experiment.dense_units)
    return {"kernel": shape, "bias": shape[1:]}


def dense_size(experiment, layers) -> int:
    """Return the number of weights of the Dense head, 0 when there is none."""
    return sum(math.prod(shape) for shape in dense_shapes(experiment, layers).values())


def stack_problems(experiment, layers) -> list[Problem]:
    """Return why a stack cannot be run, each with the change that would mend it if there is one."""
    return (
        _shape_problems(layers)
        or _vocabulary_problems(experiment)
        or _sequence_problems(experiment, layers)
        or _weight_problems(experiment, layers)
        or _state_problems(experiment, layers)
    )


def _shape_problems(layers) -> list[Problem]:
    """A layer below another must return its whole sequence; Bidirectional has both directions."""
    cut = [index for index, layer in enumerate(layers[:-1]) if not layer.return_sequences]
    if cut:
        width = output_features(layers[cut[0]])
        fields = {"layer": cut[0] + 1, "above": cut[0] + 2, "width": width}
        mended = (*(True for _ in layers[:-1]), layers[-1].return_sequences)
        mend = (("return_sequences", mended),)
        return [Problem("not_a_sequence", tuple(fields.items()), mend)]
    both = [index for index, layer in enumerate(layers) if layer.bidirectional]
    both = [index for index in both if layers[index].go_backwards]
    if both:
        mended = tuple(layer.go_backwards and not layer.bidirectional for layer in layers)
        mend = (("go_backwards", mended),)
        return [Problem("both_directions", (("layer", both[0] + 1),), mend)]
    return []


def _sequence_problems(experiment, layers) -> list[Problem]:
    """What cannot be cut into sequences, carried on between them, or passed over."""
    if experiment.sequences > 1 and experiment.signal == "text":
        return [Problem("text_is_one_sequence", (), (("sequences", 1),))]
    if experiment.stateful and experiment.sequences > 1:
        back = [n for n, one in enumerate(layers, 1) if one.bidirectional or one.go_backwards]
        if back:
            return [Problem("stateful_backwards", (("layer", back[0]),), (("stateful", False),))]
        if experiment.mask_zero:
            return [Problem("stateful_masked", (), (("stateful", False),))]
    if experiment.return_state and experiment.mask_zero:
        return [Problem("return_state_masked", (), (("return_state", False),))]
    silent = experiment.signal == "zeros" or not experiment.signal_amplitude
    if experiment.mask_zero and experiment.signal not in TOKEN_SIGNALS and silent:
        return [Problem("all_masked", (), (("mask_zero", False),))]
    return []


def _vocabulary_problems(experiment) -> list[Problem]:
    if experiment.signal != "text":
        return []
    known = len(vocabulary(tokenize(experiment.text, experiment.split)))
    if known < experiment.vocabulary_size:
        return []
    fields = {"known": known, "size": experiment.vocabulary_size, "needed": known + 1}
    mend = (("vocabulary_size", known + 1),)
    return [Problem("vocabulary_too_small", tuple(fields.items()), mend)]


def _weight_problems(experiment, layers) -> list[Problem]:
    embedding, features = embedding_size(experiment), experiment.input_features
    others = dense_size(experiment, layers)
    for layer in layers:
        others += weight_count(layer, features)
        features = output_features(layer)
    if embedding + others <= WEIGHTS_LIMIT:
        return []
    fields = {"weights": f"{embedding + others:,}", "limit": f"{WEIGHTS_LIMIT:,}"}
    room = (WEIGHTS_LIMIT - others) // experiment.input_features
    if embedding and room > 1000:
        fields["vocabulary_size"] = f"{room:,}"
        mend = (("vocabulary_size", room),)
        return [Problem("too_many_embeddings", tuple(fields.items()), mend)]
    return [Problem("too_many_weights", tuple(fields.items()))]


def _state_problems(experiment, layers) -> list[Problem]:
    """Name the number to lower, and to what, if the states would not fit."""
    units = sum(layer.units for layer in layers)
    width = sum(output_features(layer) * gate_count(layer.cell) for layer in layers)
    width += experiment.dense_units
    steps = experiment.timesteps * experiment.sequences
    cells = steps * width
    if cells <= STATE_CELLS_LIMIT:
        return []
    timesteps = STATE_CELLS_LIMIT // width // experiment.sequences
    fields = {
        "cells": f"{cells:,}",
        "limit": f"{STATE_CELLS_LIMIT:,}",
        "timesteps": f"{timesteps:,}",
        "units": f"{max(1, STATE_CELLS_LIMIT * units // (steps * width)):,}",
    }
    return [Problem("too_many_cells", tuple(fields.items()), (("timesteps", timesteps),))]

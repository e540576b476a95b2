"""What was found in a file: the network, and what should be known about how it was read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.engine import Dense, Embedding, Layer, LayerNormalization, Network
from rnnviz.engine.layer import Part
from rnnviz.readers.messages import Note, Question, Refused, note


@dataclass(frozen=True, eq=False)
class Reading:
    """A file that was read.

    Parameters
    ----------
    network : Network
        What can be shown.
    format : str
        Key of the format's name, under ``reader.format.``.
    notes : tuple of Note
        What was left out, taken for granted, or told by shapes.
    answered : tuple of (Question, str) pairs
        What the file left open, and the answers.
    """

    network: Network
    format: str
    notes: tuple[Note, ...] = ()
    answered: tuple[tuple[Question, str], ...] = ()


@dataclass(frozen=True)
class Unknown:
    """A layer of a file that is not understood: it is named and left out."""

    name: str
    kind: str


@dataclass(frozen=True)
class Masking:
    """Keras's Masking layer: timesteps whose features all have ``mask_value`` are passed over."""

    name: str
    mask_value: float


Element = Embedding | Layer | Dense | LayerNormalization | Masking | Unknown


def network_of(elements: list[Element], name: str) -> tuple[Network, list[Note]]:
    """Make a network of layers in their order, from the input up.

    What is not understood cuts: all that stands before the last cut below the last recurrent
    layer is left out, and so is what stands behind the first cut above it.

    Raises
    ------
    Refused
        Where no recurrent layer is left, or neighbours do not fit.
    """
    notes = [note("left_out", name=e.name, kind=e.kind) for e in elements if isinstance(e, Unknown)]
    mask_value = elements[0].mask_value if elements and isinstance(elements[0], Masking) else None
    # What another Masking layer reads has been changed on the way, and is no longer that value.
    others = [e for e in elements[mask_value is not None :] if isinstance(e, Masking)]
    notes += [note("masking", name=one.name) for one in others]
    elements = [one for one in elements if not isinstance(one, Masking)]
    places = [place for place, one in enumerate(elements) if isinstance(one, Layer)]
    if not places:
        named = ", ".join(f"{e.name} ({e.kind})" for e in elements if isinstance(e, Unknown))
        raise Refused("nothing_understood", names=named) if named else Refused("no_recurrent")
    head = _above(elements[places[-1] + 1 :])
    below, embedding = _below(elements[: places[-1] + 1], notes)
    layers: list[Layer] = []
    before: list[Part] = []
    for one in below:
        if isinstance(one, Layer):
            layers.append(_with_before(one, before))
            before = []
        else:
            before.append(one)
    try:
        return Network(tuple(layers), embedding, tuple(head), name, mask_value), notes
    except ValueError as error:
        raise Refused("do_not_fit", reason=str(error)) from error


def _below(
    elements: list[Element], notes: list[Note]
) -> tuple[list[Layer | Part], Embedding | None]:
    """Return what stands behind the last cut, and the Embedding that it begins with."""
    embedding: Embedding | None = None
    behind: list[Layer | Part] = []
    cut: Unknown | None = None
    for one in elements:
        if isinstance(one, Layer | Dense | LayerNormalization):
            behind.append(one)
            continue
        behind.clear()
        if isinstance(one, Unknown):
            cut = one
        embedding = one if isinstance(one, Embedding) else None
    if cut is not None:
        notes.append(note("starts_late", name=cut.name))
    return behind, embedding


def _above(elements: list[Element]) -> list[Part]:
    parts: list[Part] = []
    for one in elements:
        if not isinstance(one, Dense | LayerNormalization):
            break
        parts.append(one)
    return parts


def _with_before(layer: Layer, before: list[Part]) -> Layer:
    return Layer(
        layer.forward,
        layer.backward,
        layer.return_sequences,
        layer.go_backwards,
        layer.merge_mode,
        tuple(before),
        layer.name,
    )


def as_weights(array: np.ndarray) -> np.ndarray:
    """Numbers of a file in the byte order and in a width that the engine computes with.

    float16 widens to float32; float32 and float64 stay. Views of the file stay views.

    Raises
    ------
    Refused
        Where they are no floating-point numbers.
    """
    if array.dtype.kind != "f":
        raise Refused("not_floating", dtype=array.dtype.name)
    wanted = np.float32 if array.dtype.itemsize <= 4 else np.float64
    return array.astype(wanted, copy=False)


def not_finite(network: Network) -> list[Note]:
    """Note the arrays that hold values that are no numbers."""
    notes = []
    for name, array in network.weights.items():
        # The sum is finite wherever all are, and needs no copy; an overflow is looked at closer.
        with np.errstate(all="ignore"):
            if not np.isfinite(array.sum()) and not np.isfinite(array).all():
                notes.append(note("not_finite", name=name))
    return notes

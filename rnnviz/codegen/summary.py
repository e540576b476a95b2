"""What ``model.summary()`` prints, to the letter, in the notes' Keras 2 style and in Keras 3's."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rnnviz.codegen.architecture import Model, architecture
from rnnviz.codegen.layers import KerasLayer, keras_layers

SUMMARY_STYLES = ("keras2", "keras3")
"""Keras 2 as TensorFlow 2.0 to 2.5 printed it (the style of the notes), and Keras 3."""

_TITLES = ("Layer (type)", "Output Shape", "Param #")
_KERAS2_ENDS = (29, 55, 65)
_KERAS3_WIDTHS = (31, 22, 13)
_BYTES = {"float32": 4, "float64": 8}


def summary(model: Model, style: str = "keras3", after: Sequence[Model] = ()) -> str:
    """Return the summary of a model, lines joined by newlines, one at the end.

    Parameters
    ----------
    model : Experiment or Network
        What is summed up.
    style : {"keras3", "keras2"}
        Keras 3 as on a terminal of 80 columns, which is also what a notebook shows.
    after : sequence of Experiment or Network
        What was built before it in the same session; names are numbered on from there, and each
        of these models counts as one ``Sequential``.

    Raises
    ------
    KeyError
        For another style.
    """
    layers = keras_layers(model, after)
    name = f"sequential{_number(len(after))}"
    total = sum(layer.parameter_count for layer in layers)
    size = total * _BYTES[architecture(model).dtype]
    if architecture(model).return_state:
        # A Sequential passes one tensor on, so this is a Model, which lists its input as well.
        name = {"keras2": "model", "keras3": "functional"}[style]
        layers = (_input_layer(layers[0], style, len(after)), *layers)
    lines = {"keras2": _keras2, "keras3": _keras3}[style](layers, total, size)
    return "\n".join([f'Model: "{name}"', *lines]) + "\n"


def _number(count: int) -> str:
    """What Keras puts behind a name that was given so often before."""
    return f"_{count}" if count else ""


def _input_layer(first: KerasLayer, style: str, before: int) -> KerasLayer:
    """The InputLayer of a functional model; each Sequential of before had one as well."""
    shape = first.input_shape
    if style == "keras2":
        # Keras 2 wrote the shape of an input in brackets.
        return KerasLayer(f"input_{before + 1}", "InputLayer", shape, shape, (), in_brackets=True)
    return KerasLayer(f"input_layer{_number(before)}", "InputLayer", shape, shape, ())


def _fields(layer: KerasLayer) -> tuple[str, str]:
    return f"{layer.name} ({layer.class_name})", layer.returned


def _keras2(layers: tuple[KerasLayer, ...], total: int, size: int) -> list[str]:
    width = _KERAS2_ENDS[-1]
    lines = ["_" * width, _keras2_row(_TITLES), "=" * width]
    for layer in layers:
        lines += [_keras2_row((*_fields(layer), str(layer.parameter_count))), "_" * width]
    lines[-1] = "=" * width
    lines += [f"Total params: {total:,}", f"Trainable params: {total:,}"]
    return [*lines, "Non-trainable params: 0", "_" * width]


def _keras2_row(fields: tuple[str, ...]) -> str:
    """Put each field in its column. One that fills its column is cut, as Keras 2 did."""
    line = ""
    for number, (field, end) in enumerate(zip(fields, _KERAS2_ENDS, strict=True)):
        if number:
            line = line[:-1] + " "
        line = (line + field)[:end].ljust(end)
    return line


def _keras3(layers: tuple[KerasLayer, ...], total: int, size: int) -> list[str]:
    rows = [(*_fields(layer), f"{layer.parameter_count:,}") for layer in layers]
    lines = [_rule("┏━┳┓"), *_keras3_row(_TITLES, "┃"), _rule("┡━╇┩")]
    for number, row in enumerate(rows):
        if number:
            lines.append(_rule("├─┼┤"))
        lines += _keras3_row(row, "│")
    memory = _readable(size)
    return [
        *lines,
        _rule("└─┴┘"),
        f" Total params: {total:,} ({memory})",
        f" Trainable params: {total:,} ({memory})",
        " Non-trainable params: 0 (0.00 B)",
    ]


def _rule(marks: str) -> str:
    left, line, joint, right = tuple(marks)
    return left + joint.join(line * (width + 2) for width in _KERAS3_WIDTHS) + right


def _keras3_row(fields: tuple[str, ...], edge: str) -> list[str]:
    """Return the lines of a row: a field too long for its column goes on below, at its space."""
    columns = [_wrapped(field, width) for field, width in zip(fields, _KERAS3_WIDTHS, strict=True)]
    lines = []
    for number in range(max(len(parts) for parts in columns)):
        parts = [column[number] if number < len(column) else "" for column in columns]
        name, shape, count = (
            part.rjust(width) if place == 2 else part.ljust(width)
            for place, (part, width) in enumerate(zip(parts, _KERAS3_WIDTHS, strict=True))
        )
        lines.append(f"{edge} {name} {edge} {shape} {edge} {count} {edge}")
    return lines


def _wrapped(field: str, width: int) -> list[str]:
    return textwrap.wrap(field, width, break_on_hyphens=False)


def _readable(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"

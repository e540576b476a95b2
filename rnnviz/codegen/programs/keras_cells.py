"""Cells that Keras does not have, as classes that ``keras.layers.RNN`` runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rnnviz.codegen.programs import cells
from rnnviz.engine import CELLS
from rnnviz.engine.cells.facts import Setting


def class_name(spec: Any) -> str:
    """Return the name of the class that a layer's cell is written as."""
    return f"{spec.cell}Cell"


def activation(name: str) -> str:
    """Return how an activation is given to a layer: Keras's name for it, or our function."""
    return name if name in cells.own_activations(cells.KERAS) else f'"{name}"'


def written(setting: Setting, value: Any) -> str:
    """Return the value of a cell's setting as an argument."""
    return activation(value) if setting.options else repr(value)


def class_lines(specs: Iterable[Any]) -> list[str]:
    """Return the classes of all cells among these layers that Keras does not have."""
    unknown = {spec.cell: spec for spec in specs if CELLS[spec.cell].keras_class is None}
    return [line for spec in unknown.values() for line in _class(spec)]


def _class(spec: Any) -> list[str]:
    """Return one class; the same for all settings, which are its arguments."""
    cell, text = CELLS[spec.cell], cells.step_text(spec)
    settings = cells.used_settings(spec)
    names = {setting.name: f"self.{setting.name}" for setting in settings}
    states = ["state_t", *text.states]
    size = "units" if len(states) == 1 else f"[{', '.join(['units'] * len(states))}]"
    arguments = "".join(
        f", {setting.name}={written(setting, setting.default)}" for setting in settings
    )
    weights = ", ".join(f"self.{name}" for name in cell.weight_names())
    return [
        "",
        "@keras.saving.register_keras_serializable()",
        f"class {class_name(spec)}(keras.layers.Layer):",
        f"    def __init__(self, units{arguments}, **kwargs):",
        "        super().__init__(**kwargs)",
        f"        self.units, self.state_size, self.output_size = units, {size}, units",
        *(f"        {line}" for line in _kept(settings)),
        "",
        "    def build(self, input_shape):",
        *(f"        {line}" for line in _weights(spec)),
        "",
        "    def call(self, inputs, states, training=False):",
        f"        weights = ({weights},)",
        f"        {', '.join(cells.letters(spec))} = map(keras.ops.convert_to_tensor, weights)",
        f"        {', '.join(states)}{',' if len(states) == 1 else ''} = states",
        *(f"        {line}" for line in cells.filled(text.before, spec, names, cells.KERAS)),
        "        projected_t = inputs @ W + b",
        *(f"        {line}" for line in cells.filled(text.step, spec, names, cells.KERAS)),
        f"        return output_t, [{', '.join(['output_t', *text.states])}]",
        "",
        "    def get_config(self):",
        f"        return super().get_config() | {{{', '.join(_config(settings))}}}",
        "",
    ]


def _kept(settings: list[Setting]) -> list[str]:
    return [
        f"self.{one.name} = keras.activations.get({one.name})"
        if one.options
        else f"self.{one.name} = {one.name}"
        for one in settings
    ]


def _config(settings: list[Setting]) -> list[str]:
    return ['"units": self.units'] + [
        f'"{one.name}": keras.activations.serialize(self.{one.name})'
        if one.options
        else f'"{one.name}": self.{one.name}'
        for one in settings
    ]


def _weights(spec: Any) -> list[str]:
    """Return the lines that make the weights, their shapes in units and features."""
    cell, lines = CELLS[spec.cell], []
    gates = cell.gate_count()
    width = f"{gates} * self.units" if gates > 1 else "self.units"
    rows = {"kernel": "input_shape[-1], ", "recurrent_kernel": "self.units, "}
    for name, shape in cell.weight_shapes(1, 1, cell.settings_of(spec)).items():
        before = rows.get(name, f"{shape[0]}, " if len(shape) > 1 else "")
        shown = f"({before}{width}{'' if before else ','})"
        lines.append(f'self.{name} = self.add_weight(shape={shown}, name="{name}")')
    return lines

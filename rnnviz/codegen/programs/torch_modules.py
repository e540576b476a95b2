"""Layers in PyTorch: Keras's weights in PyTorch's own, and cells that PyTorch does not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rnnviz.codegen.programs import cells
from rnnviz.engine import CELLS
from rnnviz.engine.cells.cell import snake_case
from rnnviz.engine.cells.facts import TorchLayer

_LOAD = """
def {name}(layer, W, U, b, direction=""):
    \"\"\"Put Keras's weights into a PyTorch {what}.\"\"\"
    arrays = {{"weight_ih": W.T, "weight_hh": U.T, "bias_ih": {bias}, "bias_hh": {other}}}
    for name, array in arrays.items():
"""


def has_layer(spec: Any) -> bool:
    """Whether PyTorch has this very layer."""
    cell = CELLS[spec.cell]
    return cell.torch is not None and cell.torch.has(cell.settings_of(spec))


def torch_layer(spec: Any) -> TorchLayer:
    """Return PyTorch's layer for a cell that it has; KeyError for others."""
    layer = CELLS[spec.cell].torch
    if layer is None:
        raise KeyError(spec.cell)
    return layer


def load_name(spec: Any) -> str:
    """Return the name of the function that puts weights into a layer."""
    cell = CELLS[spec.cell]
    layer = torch_layer(spec)
    plain = not layer.order and not layer.two_biases
    return "load" if plain else f"load_{snake_case(cell.__name__)}"


def load_lines(specs: Iterable[Any]) -> list[str]:
    """Return the functions that put Keras's weights into the layers that PyTorch has."""
    found = {load_name(spec): torch_layer(spec) for spec in specs if has_layer(spec)}
    names = sorted(found, key=lambda name: name != "load")
    return [line for name in names for line in _load(name, found[name])]


def _load(name: str, layer: TorchLayer) -> list[str]:
    what = "layer: transposed, and its second bias zero"
    biases = ("b[0]", "b[1]") if layer.two_biases else ("b", "np.zeros_like(b)")
    if layer.order:
        what = f"{layer.name}, whose gates stand in the order {', '.join(layer.gates)}"
    text = _LOAD.format(name=name, what=what, bias=biases[0], other=biases[1])
    lines = ["", *text.strip("\n").split("\n")]
    setting = 'getattr(layer, f"{name}_l0{direction}").data = torch.tensor('
    if not layer.order:
        return [*lines, f"        {setting}array)", ""]
    ours = [layer.gates[layer.order.index(place)] for place in range(len(layer.order))]
    return [
        *lines,
        f"        {', '.join(ours)} = np.split(array, {len(ours)})",
        f"        {setting}np.concatenate([{', '.join(layer.gates)}]))",
        "",
    ]


def call(spec: Any, specs: Iterable[Any], fed: str, names: tuple[str, ...]) -> str:
    """Return the expression that makes the module of a cell and runs it."""
    arguments = [*names, *cells.chosen(spec, specs, cells.TORCH)]
    return f"{spec.cell}({', '.join(arguments)})({fed})"


def module_lines(specs: list[Any], returning: Any = None) -> list[str]:
    """Return a module for each cell among these layers that PyTorch does not have.

    That of a layer like ``returning`` returns the last states as well.
    """
    lines = []
    for name in dict.fromkeys(spec.cell for spec in specs):
        alike = [spec for spec in specs if spec.cell == name]
        lines += _module(alike, cells.is_like(alike[0], returning))
    return lines


def _module(alike: list[Any], returns_state: bool) -> list[str]:
    spec = alike[0]
    letters, differing = cells.letters(spec), cells.parameters(spec, alike)
    names = {setting: f"self.{name}" for setting, name in differing.items()}
    weights = ", ".join(f"self.{letter}" for letter in letters)
    return [
        "",
        f"class {spec.cell}(torch.nn.Module):",
        f"    def __init__(self, {', '.join([*letters, *differing.values()])}):",
        "        super().__init__()",
        f"        arrays = map(torch.tensor, ({', '.join(letters)}))",
        f"        {weights} = map(torch.nn.Parameter, arrays)",
        *(f"        self.{name} = {name}" for name in differing.values()),
        "",
        "    def forward(self, inputs):",
        f"        {', '.join(letters)} = {weights}",
        *(f"        {line}" for line in cells.loop_body(spec, names, cells.TORCH, returns_state)),
        "",
    ]

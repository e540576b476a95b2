"""The program in PyTorch: its own layers where it has them, the lecture's loop where it has not."""

from __future__ import annotations

from typing import Any

from rnnviz.codegen.architecture import Architecture, Part
from rnnviz.codegen.programs import cells, torch_modules
from rnnviz.codegen.programs.numpy_program import merged, part_activations, print_lines
from rnnviz.codegen.programs.origin import Origin, part_names, weight_names
from rnnviz.engine import CELLS
from rnnviz.spec.shapes import output_features


def lines(origin: Origin) -> list[str]:
    """Return the program, line by line."""
    made = origin.architecture
    loops = [spec for spec in made.layers if not torch_modules.has_layer(spec)]
    own = [spec for spec in loops if CELLS[spec.cell].torch is None]
    functions = [spec for spec in loops if CELLS[spec.cell].torch is not None]
    return [
        *origin.heading("PyTorch"),
        "import numpy as np",
        "import torch",
        "",
        *origin.settings,
        *origin.functions,
        *torch_modules.load_lines(made.layers),
        *cells.loop_lines(
            functions, cells.TORCH, [*part_activations(made), *cells.activations_of(own)]
        ),
        *torch_modules.module_lines(own),
        "",
        *origin.inputs,
        *origin.weights,
        *_model_lines(made, loops),
        *print_lines(made),
    ]


def _model_lines(made: Architecture, loops: list[Any]) -> list[str]:
    lines = [
        "x = torch.tensor(inputs)" if made.embedding is None else "x = torch.tensor(E)[tokens]"
    ]
    for index, spec in enumerate(made.layers):
        features = output_features(made.layers[index - 1]) if index else made.input_features
        for place, part in enumerate(made.before[index]):
            lines += _part(part, part_names(made, index, place), features, "x", "x")
            features = part.units
        weights = weight_names(made, index)
        if torch_modules.has_layer(spec):
            lines += _own_layer(spec, features, weights)
        else:
            lines += _loop_layer(spec, loops, weights)
    return [*lines, *_output_lines(made, spec)]


def _part(
    part: Part, names: tuple[str, ...], features: int, fed: str, result: str, layer: str = "layer"
) -> list[str]:
    """Return the lines of a part: PyTorch's layer, its weights, and what it makes of ``fed``."""
    if part.epsilon is not None:
        made = f"torch.nn.LayerNorm({features}, eps={part.epsilon!r})"
        weights = ", ".join(f"torch.tensor({name})" for name in names)
    else:
        made = f"torch.nn.Linear({features}, {part.units})"
        weights = f"torch.tensor({names[0]}.T), torch.tensor({names[1]})"
    product = f"{layer}({fed})"
    if part.activation != "linear":
        product = f"{cells.activation(part.activation, cells.TORCH)}({product})"
    return [
        f"{layer} = {made}",
        f"{layer}.weight.data, {layer}.bias.data = {weights}",
        "with torch.no_grad():",
        f"    {result} = {product}",
    ]


def _output_lines(made: Architecture, top: Any) -> list[str]:
    """Return the lines from the top layer's states ``x`` to the outputs: last output, then head."""
    output = "x"
    if not top.return_sequences:
        output = "x[-1]"
        if top.bidirectional:
            output = f"torch.cat([x[-1, :{top.units}], x[0, {top.units}:]])"
            mode = getattr(top, "merge_mode", "concat")
            if mode != "concat":
                output = f"({merged(mode, 'forward[-1]', 'backward[-1]', '')})"
    if not made.head:
        return [f"outputs = {output}.numpy()"]
    lines, features = [], output_features(top)
    for place, part in enumerate(made.head):
        names, last = part_names(made, None, place), place == len(made.head) - 1
        written = _part(part, names, features, output, "outputs" if last else "x", "head")
        lines += written[:-1]
        lines.append(f"{written[-1]}.numpy()" if last else written[-1])
        output, features = "x", part.units
    return lines


def _own_layer(spec: Any, features: int, weights: tuple[tuple[str, ...], ...]) -> list[str]:
    """Return the lines of a layer that PyTorch has."""
    arguments = [str(features), str(spec.units)]
    if torch_modules.torch_layer(spec).name == "RNN" and spec.activation != "tanh":
        arguments.append(f'nonlinearity="{spec.activation}"')
    if spec.bidirectional:
        arguments.append("bidirectional=True")
    load = torch_modules.load_name(spec)
    lines = [f"layer = torch.nn.{torch_modules.torch_layer(spec).name}({', '.join(arguments)})"]
    for names, direction in zip(weights, ("", ', "_reverse"'), strict=False):
        lines.append(f"{load}(layer, {', '.join(names)}{direction})")
    mode = getattr(spec, "merge_mode", "concat")
    if spec.bidirectional and mode != "concat":
        whole = merged(mode, "forward", "backward.flip(0)", "")
        return [
            *lines,
            "with torch.no_grad():",
            "    x, _ = layer(x)",
            f"forward, backward = x[:, :{spec.units}], x[:, {spec.units}:].flip(0)",
            f"x = {whole}",
        ]
    fed = "x.flip(0)" if spec.go_backwards else "x"
    return [*lines, "with torch.no_grad():", f"    x, _ = layer({fed})"]


def _loop_layer(spec: Any, loops: list[Any], weights: tuple[tuple[str, ...], ...]) -> list[str]:
    """Return the lines of a layer that PyTorch lacks."""
    own = CELLS[spec.cell].torch is None

    def run(fed: str, names: tuple[str, ...]) -> str:
        if own:
            return torch_modules.call(spec, loops, fed, names)
        tensors = [f"torch.tensor({name})" for name in names]
        return cells.call(spec, loops, fed, tensors, cells.TORCH)

    if not spec.bidirectional:
        fed = "x.flip(0)" if spec.go_backwards else "x"
        lines = [f"x = {run(fed, weights[0])}"]
    else:
        mode = getattr(spec, "merge_mode", "concat")
        whole = merged(mode, "forward", "backward.flip(0)", "torch.cat([{}], dim=1)")
        lines = [
            f"forward = {run('x', weights[0])}",
            f"backward = {run('x.flip(0)', weights[1])}",
            f"x = {whole}",
        ]
    return ["with torch.no_grad():", *(f"    {line}" for line in lines)] if own else lines

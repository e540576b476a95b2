"""The program in PyTorch: its own layers where it has them, the lecture's loop where it has not."""

from __future__ import annotations

from typing import Any

from rnnviz.codegen.architecture import Architecture, Part
from rnnviz.codegen.programs import cells, sequences, torch_modules
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
    top = made.layers[-1] if made.return_state else None
    return [
        *origin.heading("PyTorch"),
        "import numpy as np",
        "import torch",
        "",
        *origin.settings,
        *origin.functions,
        *torch_modules.load_lines(made.layers),
        *sequences.repeat_lines(made, "torch"),
        *cells.loop_lines(
            functions, cells.TORCH, [*part_activations(made), *cells.activations_of(own)], top
        ),
        *torch_modules.module_lines(own, top),
        "",
        *origin.inputs,
        *origin.weights,
        *sequences.over_sequences(
            made, _model_lines(made, loops), "inputs" if made.embedding is None else "tokens"
        ),
        *print_lines(made),
    ]


def _model_lines(made: Architecture, loops: list[Any]) -> list[str]:
    lines = [
        "x = torch.tensor(inputs)" if made.embedding is None else "x = torch.tensor(E)[tokens]"
    ]
    if made.masks:
        (line,) = sequences.computed_line(made)
        lines += [line, "computed = torch.tensor(computed)"]
    for index, spec in enumerate(made.layers):
        features = output_features(made.layers[index - 1]) if index else made.input_features
        for place, part in enumerate(made.before[index]):
            lines += _part(part, part_names(made, index, place), features, "x", "x")
            features = part.units
        weights = weight_names(made, index)
        if torch_modules.has_layer(spec):
            lines += _own_layer(made, spec, features, weights)
        else:
            lines += _loop_layer(made, spec, loops, weights)
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
    output = sequences.states_by_sequence(made, "x")
    if not top.return_sequences:
        output += "[:, -1]" if made.stateful else "[-1]"
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


def _own_layer(
    made: Architecture, spec: Any, features: int, weights: tuple[tuple[str, ...], ...]
) -> list[str]:
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
    fed = sequences.read_by(made, "x", spec.go_backwards, "torch")
    returns_state = made.return_state and spec is made.layers[-1]
    last = "last" if returns_state else "_"
    lines += ["with torch.no_grad():", f"    x, {last} = layer({fed})"]
    if returns_state:
        several = len(CELLS[spec.cell].state_names) > 1
        each = "one for way in zip(*last) for one in way" if several else "one for one in last"
        lines.append(f"last_states = [{each.replace('one for', 'one.numpy() for', 1)}]")
    if spec.bidirectional and (made.masks or mode != "concat"):
        forward = sequences.at_all_timesteps(made, f"x[:, :{spec.units}]", False, "torch")
        back = sequences.at_all_timesteps(made, f"x[:, {spec.units}:].flip(0)", True, "torch")
        whole = merged(mode, "forward", "backward.flip(0)", "torch.cat([{}], dim=1)")
        whole = sequences.without_masked(made, whole, spec.return_sequences)
        return [*lines, f"forward, backward = {forward}, {back}", f"x = {whole}"]
    if made.masks:
        lines.append(f"x = {sequences.at_all_timesteps(made, 'x', spec.go_backwards, 'torch')}")
    return lines


def _loop_layer(
    made: Architecture, spec: Any, loops: list[Any], weights: tuple[tuple[str, ...], ...]
) -> list[str]:
    """Return the lines of a layer that PyTorch lacks."""
    own = CELLS[spec.cell].torch is None
    top = made.layers[-1] if made.return_state else None
    last = made.return_state and spec is top

    def run(names: tuple[str, ...], backwards: bool) -> str:
        fed = sequences.read_by(made, "x", backwards, "torch")
        if own:
            states = torch_modules.call(spec, loops, fed, names)
        else:
            tensors = [f"torch.tensor({name})" for name in names]
            states = cells.call(spec, loops, fed, tensors, cells.TORCH)
        if last:
            return states
        states = cells.states_alone(states, spec, top)
        return sequences.at_all_timesteps(made, states, backwards, "torch")

    if not spec.bidirectional:
        result = "x, *last" if last else "x"
        lines = [f"{result} = {run(weights[0], spec.go_backwards)}"]
    else:
        mode = getattr(spec, "merge_mode", "concat")
        whole = merged(mode, "forward", "backward.flip(0)", "torch.cat([{}], dim=1)")
        whole = sequences.without_masked(made, whole, spec.return_sequences)
        names = ("forward, *last_forward", "backward, *last_backward")
        forward, backward = names if last else ("forward", "backward")
        lines = [
            f"{forward} = {run(weights[0], False)}",
            f"{backward} = {run(weights[1], True)}",
            f"x = {whole}",
        ]
        lines += ["last = [*last_forward, *last_backward]"] if last else []
    lines += ["last_states = [one.numpy() for one in last]"] if last else []
    return ["with torch.no_grad():", *(f"    {line}" for line in lines)] if own else lines

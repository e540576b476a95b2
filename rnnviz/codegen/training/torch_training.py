"""A training in PyTorch: a module with the same weights, and the loop over batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rnnviz.codegen.architecture import Architecture, Part
from rnnviz.codegen.programs import cells, torch_modules
from rnnviz.codegen.programs.origin import part_names, weight_names
from rnnviz.codegen.unwritable import Unwritable
from rnnviz.engine import CELLS
from rnnviz.spec.shapes import output_features

if TYPE_CHECKING:
    from rnnviz.codegen.training.program import Told
    from rnnviz.spec.training import Training

_LOSSES = {
    "mean_squared_error": "torch.nn.functional.mse_loss(outputs, targets, reduction='none')",
    "binary_crossentropy": "torch.nn.functional.binary_cross_entropy_with_logits("
    "outputs, targets, reduction='none')",
    "categorical_crossentropy": "torch.nn.functional.cross_entropy("
    "outputs.movedim(-1, 1), targets, reduction='none')",
}


def lines(told: Told) -> list[str]:
    """Return the program, line by line."""
    training, origin = told.training, told.origin
    made = origin.architecture
    if origin.layer_arguments:
        raise Unwritable("torch_no_dropout")
    _check(made)
    loops = [spec for spec in made.layers if not torch_modules.has_layer(spec)]
    own = [spec for spec in loops if CELLS[spec.cell].torch is None]
    functions = [spec for spec in loops if CELLS[spec.cell].torch is not None]
    activations = [*(part.activation for part in made.head), *cells.activations_of(own)]
    return [
        *origin.heading("PyTorch"),
        "from collections import namedtuple",
        "from types import SimpleNamespace",
        "",
        "import numpy as np",
        "import torch",
        "",
        *origin.inputs,
        *origin.functions,
        *torch_modules.load_lines(made.layers),
        *cells.loop_lines(functions, cells.TORCH, activations),
        *torch_modules.module_lines(own),
        *origin.weights,
        *_module(made, loops),
        *told.loop,
        "model = Model()",
        "parameters = [one for one in model.parameters() if one.requires_grad]",
        *_optimizer(training),
        *_training_loop(training, made.dtype),
        'print(f"loss of step {len(losses)}: {losses[-1]}")',
    ]


def _check(made: Architecture) -> None:
    if any(made.before):
        raise Unwritable("torch_no_layers_between")
    for spec in made.layers:
        mode = getattr(spec, "merge_mode", "concat")
        if spec.bidirectional and not (torch_modules.has_layer(spec) and mode == "concat"):
            raise Unwritable("torch_no_bidirectional")


def _module(made: Architecture, loops: list[Any]) -> list[str]:
    """Return the class ``Model``."""
    begin, forward = [], []
    if made.embedding is not None:
        begin.append("self.embedding = torch.nn.Embedding.from_pretrained(")
        begin.append("    torch.tensor(E), freeze=False")
        begin.append(")")
        forward.append("x = self.embedding(x)")
    for index, spec in enumerate(made.layers):
        features = output_features(made.layers[index - 1]) if index else made.input_features
        more, through = _layer(
            spec, f"layer_{index + 1}", features, weight_names(made, index), loops
        )
        begin += more
        forward += through
    top = made.layers[-1]
    if not top.return_sequences:
        both = f"x = torch.cat([x[:, -1, : {top.units}], x[:, 0, {top.units} :]], dim=-1)"
        forward.append(both if top.bidirectional else "x = x[:, -1]")
    features = output_features(top)
    for place, part in enumerate(made.head):
        begin += _dense(part, f"head_{place + 1}", features, part_names(made, None, place))
        product = f"self.head_{place + 1}(x)"
        if part.activation != "linear":
            product = f"{cells.activation(part.activation, cells.TORCH)}({product})"
        forward.append(f"x = {product}")
        features = part.units
    return [
        "",
        "class Model(torch.nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *(f"        {line}" for line in begin),
        "",
        "    def forward(self, x):",
        *(f"        {line}" for line in forward),
        "        return x",
        "",
        "",
    ]


def _dense(part: Part, name: str, features: int, names: tuple[str, ...]) -> list[str]:
    return [
        f"self.{name} = torch.nn.Linear({features}, {part.units})",
        f"self.{name}.weight.data = torch.tensor({names[0]}.T)",
        f"self.{name}.bias.data = torch.tensor({names[1]})",
    ]


def _layer(
    spec: Any, name: str, features: int, weights: tuple[tuple[str, ...], ...], loops: list[Any]
) -> tuple[list[str], list[str]]:
    """Return the lines that make a recurrent layer, and those that run a batch through it."""
    fed = "x.flip(1)" if spec.go_backwards else "x"
    if torch_modules.has_layer(spec):
        return _own_layer(spec, name, features, weights), [f"x, _ = self.{name}({fed})"]
    arguments = ", ".join(weights[0])
    if CELLS[spec.cell].torch is None:
        chosen = [*weights[0], *cells.chosen(spec, loops, cells.TORCH)]
        made = [f"self.{name} = {spec.cell}({', '.join(chosen)})"]
        return made, [f"x = torch.vmap(self.{name})({fed})"]
    tensors = [f"self.{name}[{index}]" for index in range(len(weights[0]))]
    called = cells.call(spec, loops, "one", tensors, cells.TORCH)
    made = [
        f"arrays = map(torch.tensor, ({arguments}))",
        f"self.{name} = torch.nn.ParameterList(map(torch.nn.Parameter, arrays))",
    ]
    return made, [f"x = torch.vmap(lambda one: {called})({fed})"]


def _own_layer(
    spec: Any, name: str, features: int, weights: tuple[tuple[str, ...], ...]
) -> list[str]:
    layer = torch_modules.torch_layer(spec)
    arguments = [str(features), str(spec.units), "batch_first=True"]
    if layer.name == "RNN" and spec.activation != "tanh":
        arguments.append(f'nonlinearity="{spec.activation}"')
    if spec.bidirectional:
        arguments.append("bidirectional=True")
    lines = [f"self.{name} = torch.nn.{layer.name}({', '.join(arguments)})"]
    for names, direction in zip(weights, ("", "_reverse"), strict=False):
        told = f', "{direction}"' if direction else ""
        load = torch_modules.load_name(spec)
        lines.append(f"{load}(self.{name}, {', '.join(names)}{told})")
        if not layer.two_biases:  # Keras has one
            lines.append(f"self.{name}.bias_hh_l0{direction}.requires_grad_(False)")
    return lines


def _optimizer(training: Training) -> list[str]:
    """Return the lines of the optimiser; by hand where Keras's is none of PyTorch's."""
    if _by_hand(training):
        return [
            "velocity = [torch.zeros_like(one) for one in parameters]",
            "square = [torch.zeros_like(one) for one in parameters]",
        ]
    kinds = {"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
    arguments = ["parameters", "lr=rates[0]"]
    if training.optimizer in ("sgd", "rmsprop") and training.momentum:
        arguments.append(f"momentum={training.momentum!r}")
    if training.optimizer == "sgd" and training.nesterov and training.momentum:
        arguments.append("nesterov=True")
    if training.optimizer == "adamw":
        arguments.append(f"weight_decay={training.weight_decay!r}")
    return [f"optimizer = torch.optim.{kinds[training.optimizer]}({', '.join(arguments)})"]


def _by_hand(training: Training) -> bool:
    """Whether Keras's optimiser cannot be set up from PyTorch's."""
    if training.defined_by == "torch":
        return False
    return training.optimizer == "rmsprop" or (
        training.optimizer == "sgd" and bool(training.momentum)
    )


def _step(training: Training) -> list[str]:
    """Return the lines of one update, ``rate`` and ``step`` being at hand."""
    momentum = f"{training.momentum!r}"
    if not _by_hand(training):
        lines = ["for group in optimizer.param_groups:", '    group["lr"] = rate']
        if training.defined_by == "keras" and training.optimizer in ("adam", "adamw"):
            lines.append("    # Keras adds epsilon before the second mean is corrected.")
            lines.append('    group["eps"] = 1e-7 / (1 - 0.999 ** (step + 1)) ** 0.5')
        return [*lines, "optimizer.step()"]
    lines = ["with torch.no_grad():  # as Keras defines it"]
    if training.optimizer == "sgd":
        lines.append("    for one, v in zip(parameters, velocity):")
        lines.append(f"        v.mul_({momentum}).sub_(rate * one.grad)")
        change = f"{momentum} * v - rate * one.grad" if training.nesterov else "v"
        return [*lines, f"        one.add_({change})"]
    lines += [
        "    for one, v, s in zip(parameters, velocity, square):",
        "        s.mul_(0.9).add_(0.1 * one.grad**2)",
        f"        v.mul_({momentum}).add_(rate * one.grad / torch.sqrt(s + 1e-7))",
        "        one.sub_(v)",
    ]
    return lines


def _clip(training: Training) -> list[str]:
    """Return the lines that clip; none without clipping."""
    changed = any(name == "clip_norm" for _, name, _ in training.changes)
    if training.clip_norm is None and not changed:
        return []
    limit = "clips[step]" if changed else f"{training.clip_norm!r}"
    indent, lines = "", []
    if changed:
        indent, lines = "    ", [f"if {limit} is not None:"]
    if training.defined_by == "torch":
        return [*lines, f"{indent}torch.nn.utils.clip_grad_norm_(parameters, {limit})"]
    return [
        *lines,
        f"{indent}norm = torch.sqrt(sum((one.grad**2).sum() for one in parameters))",
        f"{indent}for one in parameters:",
        f"{indent}    one.grad *= {limit} / max(norm, {limit})",
    ]


def _training_loop(training: Training, dtype: str) -> list[str]:
    task = training.learnt_task
    classes = task.loss == "categorical_crossentropy"
    targets = "torch.tensor(batch.targets)"
    if not classes:
        targets += f".to(torch.{dtype})"
    return [
        "losses = []",
        "for step, batch in enumerate(batches()):",
        "    values = torch.tensor(batch.values)",
        f"    outputs = model(values.to(torch.{dtype}) if values.is_floating_point() else values)",
        f"    targets = {targets}",
        f"    found = {_LOSSES[task.loss]}",
        *(["    found = found.mean(dim=-1)"] if not classes else []),
        "    if batch.mask is not None:  # the mean over what counts",
        f"        found = found * torch.tensor(batch.mask / batch.mask.mean()).to(torch.{dtype})",
        "    loss = found.mean()",
        "    losses.append(loss.item())",
        "    model.zero_grad()",
        "    loss.backward()",
        *(f"    {line}" for line in _clip(training)),
        "    rate = float(rates[step])",
        *(f"    {line}" for line in _step(training)),
    ]

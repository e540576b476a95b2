"""The program in PyTorch: its own layers where it has them, the lecture's loop where it has not."""

from __future__ import annotations

from rnnviz.codegen.programs import cells, sampling
from rnnviz.codegen.programs.numpy_program import head_activations, print_lines
from rnnviz.spec.experiment import Experiment, LayerSpec
from rnnviz.spec.shapes import output_features

_CLASSES = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}

_LOAD = """
def load(layer, W, U, b, direction=""):
    \"\"\"Put Keras's weights into a PyTorch layer: transposed, and its second bias zero.\"\"\"
    arrays = {"weight_ih": W.T, "weight_hh": U.T, "bias_ih": b, "bias_hh": np.zeros_like(b)}
    for name, array in arrays.items():
        getattr(layer, f"{name}_l0{direction}").data = torch.tensor(array)
"""
_LOAD_GRU = """
def load_gru(layer, W, U, b, direction=""):
    \"\"\"Put Keras's weights into a PyTorch GRU, whose gates stand in the order r, z, n.\"\"\"
    arrays = {"weight_ih": W.T, "weight_hh": U.T, "bias_ih": b[0], "bias_hh": b[1]}
    for name, array in arrays.items():
        z, r, n = np.split(array, 3)
        getattr(layer, f"{name}_l0{direction}").data = torch.tensor(np.concatenate([r, z, n]))
"""


def lines(experiment: Experiment) -> list[str]:
    """Return the program, line by line."""
    specs = experiment.layers
    own = [spec for spec in specs if _has_layer(spec)]
    loops = [spec for spec in specs if not _has_layer(spec)]
    functions = []
    for text, cells_of in ((_LOAD, ("SimpleRNN", "LSTM")), (_LOAD_GRU, ("GRU",))):
        if any(spec.cell in cells_of for spec in own):
            functions += ["", *text.strip("\n").split("\n"), ""]
    return [
        *sampling.heading(experiment, "PyTorch"),
        "import numpy as np",
        "import torch",
        "",
        *sampling.setting_lines(experiment),
        *sampling.function_lines(experiment),
        *functions,
        *cells.loop_lines(loops, cells.TORCH, head_activations(experiment)),
        "",
        *sampling.input_lines(experiment),
        *sampling.weight_lines(experiment),
        *_model_lines(experiment, loops),
        *print_lines(experiment),
    ]


def _has_layer(spec: LayerSpec) -> bool:
    """Whether PyTorch has this very layer."""
    if spec.cell == "SimpleRNN":
        return spec.activation in ("tanh", "relu")
    if (spec.activation, spec.recurrent_activation) != ("tanh", "sigmoid"):
        return False
    return spec.cell == "LSTM" or spec.reset_after


def _model_lines(experiment: Experiment, loops: list[LayerSpec]) -> list[str]:
    lines = [
        "x = torch.tensor(E)[tokens]"
        if sampling.is_tokens(experiment)
        else "x = torch.tensor(inputs)"
    ]
    features = experiment.input_features
    for index, spec in enumerate(experiment.layers):
        weights = sampling.weight_names(experiment, index)
        if _has_layer(spec):
            lines += _own_layer(spec, features, weights)
        else:
            lines += _loop_layer(spec, loops, weights)
        features = output_features(spec)
    return [*lines, *_output_lines(experiment, spec)]


def _output_lines(experiment: Experiment, top: LayerSpec) -> list[str]:
    """Return the lines from the top layer's states ``x`` to the outputs: last output, then head."""
    output = "x"
    if not top.return_sequences:
        output = "x[-1]"
        if top.bidirectional:
            output = f"torch.cat([x[-1, :{top.units}], x[0, {top.units}:]])"
    if not experiment.dense_units:
        return [f"outputs = {output}.numpy()"]
    (W, b), product = sampling.DENSE, f"head({output})"
    for name in head_activations(experiment):
        product = f"{cells.activation(name, cells.TORCH)}({product})"
    return [
        f"head = torch.nn.Linear({output_features(top)}, {experiment.dense_units})",
        f"head.weight.data, head.bias.data = torch.tensor({W}.T), torch.tensor({b})",
        "with torch.no_grad():",
        f"    outputs = {product}.numpy()",
    ]


def _own_layer(spec: LayerSpec, features: int, weights: tuple[sampling.Weights, ...]) -> list[str]:
    arguments = [str(features), str(spec.units)]
    if spec.activation == "relu":
        arguments.append('nonlinearity="relu"')
    if spec.bidirectional:
        arguments.append("bidirectional=True")
    load = "load_gru" if spec.cell == "GRU" else "load"
    lines = [f"layer = torch.nn.{_CLASSES[spec.cell]}({', '.join(arguments)})"]
    for names, direction in zip(weights, ("", ', "_reverse"'), strict=False):
        lines.append(f"{load}(layer, {names}{direction})")
    fed = "x.flip(0)" if spec.go_backwards else "x"
    return [*lines, "with torch.no_grad():", f"    x, _ = layer({fed})"]


def _loop_layer(
    spec: LayerSpec, loops: list[LayerSpec], weights: tuple[sampling.Weights, ...]
) -> list[str]:
    """Return the lines of a layer that PyTorch lacks."""

    def run(fed: str, names: sampling.Weights) -> str:
        tensors = ", ".join(f"torch.tensor({name})" for name in (names.W, names.U, names.b))
        return cells.call(spec, loops, fed, tensors, cells.TORCH)

    if not spec.bidirectional:
        fed = "x.flip(0)" if spec.go_backwards else "x"
        return [f"x = {run(fed, weights[0])}"]
    return [
        f"forward = {run('x', weights[0])}",
        f"backward = {run('x.flip(0)', weights[1])}",
        "x = torch.cat([forward, backward.flip(0)], dim=1)",
    ]

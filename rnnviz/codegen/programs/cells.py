"""The loops over time, written out as the lecture writes its own, for NumPy and for PyTorch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rnnviz.spec.experiment import LayerSpec

_NAMES = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru"}


@dataclass(frozen=True)
class Dialect:
    """How a library says the few things that the loops need."""

    module: str
    zeros: str
    stack: str
    split: str
    split_columns: str


NUMPY = Dialect(
    module="np",
    zeros="np.zeros(len(U), U.dtype)",
    stack="np.stack",
    split="np.split({}, {})",
    split_columns="np.split({}, {}, axis=1)",
)
TORCH = Dialect(
    module="torch",
    zeros="torch.zeros(len(U), dtype=U.dtype)",
    stack="torch.stack",
    split="({}).chunk({})",
    split_columns="{}.chunk({}, dim=1)",
)

_STEPS = {
    "SimpleRNN": """
    for projected_t in inputs @ W + b:  # W x_t + b of all timesteps in one product
        output_t = {activation}(projected_t + state_t @ U)
""",
    "LSTM": """
    c_t = {zeros}
    for projected_t in inputs @ W + b:  # W x_t + b of all timesteps in one product
        i, f, c, o = {split_4}
        c_t = {gate}(f) * c_t + {gate}(i) * {activation}(c)
        output_t = {gate}(o) * {activation}(c_t)
""",
    "GRU": """
    b, b_recurrent = b
    for projected_t in inputs @ W + b:  # W x_t + b of all timesteps in one product
        x_z, x_r, x_h = {split_projected}
        h_z, h_r, h_h = {split_recurrent}
        z, r = {gate}(x_z + h_z), {gate}(x_r + h_r)
        candidate = {activation}(x_h + r * h_h)
        output_t = z * state_t + (1 - z) * candidate
""",
    "GRU_before": """
    U_z, U_r, U_h = {split_columns_3}
    for projected_t in inputs @ W + b:  # W x_t + b of all timesteps in one product
        x_z, x_r, x_h = {split_projected}
        z, r = {gate}(x_z + state_t @ U_z), {gate}(x_r + state_t @ U_r)
        candidate = {activation}(x_h + (r * state_t) @ U_h)
        output_t = z * state_t + (1 - z) * candidate
""",
}


def function_name(spec: LayerSpec) -> str:
    """Return the name of the loop that runs a layer."""
    before = spec.cell == "GRU" and not spec.reset_after
    return _NAMES[spec.cell] + ("_reset_before" if before else "")


def call(
    spec: LayerSpec, specs: Iterable[LayerSpec], inputs: str, weights: str, dialect: Dialect
) -> str:
    """Return the expression that runs a layer; ``specs`` are all that a loop is written for."""
    alike = [other for other in specs if function_name(other) == function_name(spec)]
    arguments = [inputs, weights]
    if len({other.activation for other in alike}) > 1:
        arguments.append(f"activation={activation(spec.activation, dialect)}")
    if _is_gated(spec) and len({other.recurrent_activation for other in alike}) > 1:
        arguments.append(f"gate={activation(spec.recurrent_activation, dialect)}")
    return f"{function_name(spec)}({', '.join(arguments)})"


def loop_lines(
    specs: Iterable[LayerSpec], dialect: Dialect, activations: Iterable[str] = ()
) -> list[str]:
    """Return the functions that run these layers: activations, then one loop per kind of cell.

    ``activations`` are those that the program needs beside the layers' own.
    """
    specs = tuple(specs)
    used = {*activations, *(spec.activation for spec in specs)}
    used |= {spec.recurrent_activation for spec in specs if _is_gated(spec)}
    lines = []
    for name, text in _activation_texts(dialect).items():
        if name in used:
            lines += ["", *text.strip("\n").split("\n"), ""]
    for name in dict.fromkeys(map(function_name, specs)):
        lines += _loop(name, [spec for spec in specs if function_name(spec) == name], dialect)
    return lines


def _loop(name: str, alike: list[LayerSpec], dialect: Dialect) -> list[str]:
    spec = alike[0]
    parameters = ["inputs", "W", "U", "b"]

    def choose(setting: str, parameter: str) -> str:
        """An activation that all share stands in the loop, otherwise it is a parameter."""
        if len({getattr(other, setting) for other in alike}) == 1:
            return activation(getattr(spec, setting), dialect)
        parameters.append(parameter)
        return parameter

    chosen = choose("activation", "activation")
    gate = choose("recurrent_activation", "gate") if _is_gated(spec) else ""
    body = _STEPS[spec.cell + ("_before" if name.endswith("before") else "")].format(
        activation=chosen,
        gate=gate,
        zeros=dialect.zeros,
        split_4=dialect.split.format("projected_t + state_t @ U", 4),
        split_projected=dialect.split.format("projected_t", 3).replace(
            "(projected_t).", "projected_t."
        ),
        split_recurrent=dialect.split.format("state_t @ U + b_recurrent", 3),
        split_columns_3=dialect.split_columns.format("U", 3),
    )
    return [
        "",
        f"def {name}({', '.join(parameters)}):",
        "    successive_outputs = []",
        f"    state_t = {dialect.zeros}",
        *body.strip("\n").split("\n"),
        "        successive_outputs.append(output_t)",
        "        state_t = output_t",
        f"    return {dialect.stack}(successive_outputs)",
        "",
    ]


_SOFTMAX = """
def softmax(z):
    h = np.exp(z - z.max(axis=-1, keepdims=True))  # the same without it, until exp overflows
    return h / h.sum(axis=-1, keepdims=True)
"""


def _activation_texts(dialect: Dialect) -> dict[str, str]:
    """Return the activations that the library does not have under a name of its own."""
    texts = {
        "linear": "def linear(z):\n    return z",
        "softmax": "def softmax(z):\n    return torch.softmax(z, dim=-1)",
    }
    if dialect is NUMPY:
        texts["softmax"] = _SOFTMAX
        texts["relu"] = "def relu(z):\n    return np.maximum(z, 0)"
        texts["sigmoid"] = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))"
    return texts


def activation(name: str, dialect: Dialect) -> str:
    """Return what an activation is called: by the library, or as :func:`loop_lines` writes it."""
    return name if name in _activation_texts(dialect) else f"{dialect.module}.{name}"


def _is_gated(spec: LayerSpec) -> bool:
    return spec.cell != "SimpleRNN"

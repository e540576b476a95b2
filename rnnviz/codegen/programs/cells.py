"""The loops over time, written out as the lecture writes its own, and cells as classes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any

from rnnviz.codegen.programs.origin import LETTERS
from rnnviz.engine import CELLS
from rnnviz.engine.cells.facts import Setting, StepText

_PARAMETERS = {"recurrent_activation": "gate"}
"""What a setting is called as a parameter of a loop, where not by its own name."""


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
    zeros="np.zeros({}, {}.dtype)",
    stack="np.stack",
    split="np.split({}, {})",
    split_columns="np.split({}, {}, axis=1)",
)
TORCH = Dialect(
    module="torch",
    zeros="torch.zeros({}, dtype={}.dtype)",
    stack="torch.stack",
    split="{}.chunk({})",
    split_columns="{}.chunk({}, dim=1)",
)
KERAS = Dialect(
    module="keras.ops",
    zeros="",
    stack="",
    split="keras.ops.split({}, {}, axis=-1)",
    split_columns="keras.ops.split({}, {}, axis=1)",
)


def step_text(spec: Any) -> StepText:
    """Return a layer's step as its cell tells it."""
    cell = CELLS[spec.cell]
    return cell.step_text(cell.settings_of(spec))


def letters(spec: Any) -> tuple[str, ...]:
    """Return the letters of a layer's weights in Keras's order."""
    return tuple(LETTERS[name] for name in CELLS[spec.cell].weight_names())


def call(
    spec: Any, specs: Iterable[Any], inputs: str, weights: Iterable[str], dialect: Dialect
) -> str:
    """Return the expression that runs a layer; ``specs`` are all that a loop is written for."""
    arguments = [inputs, *weights, *chosen(spec, specs, dialect)]
    return f"{step_text(spec).name}({', '.join(arguments)})"


def states_alone(call: str, spec: Any, returning: Any) -> str:
    """Return the expression of a layer's states, of the call that runs it.

    The loop of a layer like ``returning`` returns its last states besides them.
    """
    return f"{call}[0]" if is_like(spec, returning) else call


def is_like(spec: Any, other: Any) -> bool:
    """Whether two layers share one loop; nothing shares that of None."""
    return other is not None and step_text(spec).name == step_text(other).name


def chosen(spec: Any, specs: Iterable[Any], dialect: Dialect) -> list[str]:
    """Return the keyword arguments that tell layers of one kind of cell apart."""
    return [
        f"{_parameter(setting)}={value_of(setting, spec, dialect)}"
        for setting in _differing(spec, specs)
    ]


def loop_lines(
    specs: Iterable[Any],
    dialect: Dialect,
    activations: Iterable[str] = (),
    returning: Any = None,
) -> list[str]:
    """Return the functions that run these layers: activations, then one loop per kind of cell.

    ``activations`` are those that the program needs beside the layers' own; the loop of a layer
    like ``returning`` returns the last states as well.
    """
    specs = tuple(specs)
    lines = activation_lines({*activations, *activations_of(specs)}, dialect)
    for name in dict.fromkeys(step_text(spec).name for spec in specs):
        alike = [spec for spec in specs if step_text(spec).name == name]
        lines += _loop(alike, dialect, is_like(alike[0], returning))
    return lines


def activations_of(specs: Iterable[Any]) -> set[str]:
    """Return the activations that the layers' steps call."""
    return {name for spec in specs for name in _activations(spec)}


def activation_lines(names: Iterable[str], dialect: Dialect) -> list[str]:
    """Return the functions of those activations that the library does not have."""
    names, lines = set(names), []
    for name, text in _activation_texts(dialect).items():
        if name in names:
            lines += ["", *text.strip("\n").split("\n"), ""]
    return lines


def own_activations(dialect: Dialect) -> frozenset[str]:
    """Return the activations that a program writes out itself."""
    return frozenset(_activation_texts(dialect))


def parameters(spec: Any, specs: Iterable[Any]) -> dict[str, str]:
    """Return the settings that a loop must be told, and what it calls them."""
    return {setting.name: _parameter(setting) for setting in _differing(spec, specs)}


def _loop(alike: list[Any], dialect: Dialect, returns_state: bool) -> list[str]:
    spec = alike[0]
    names = parameters(spec, alike)
    arguments = ["inputs", *letters(spec), *names.values()]
    return [
        "",
        f"def {step_text(spec).name}({', '.join(arguments)}):",
        *(f"    {line}" for line in loop_body(spec, names, dialect, returns_state)),
        "",
    ]


def loop_body(
    spec: Any, names: dict[str, str], dialect: Dialect, returns_state: bool = False
) -> list[str]:
    """Return the lines of a loop over ``inputs``, which return the stacked states.

    ``names`` are the variables that hold settings; those that it lacks are written in. With
    ``returns_state`` they return the parts of the last state besides.
    """
    text = step_text(spec)
    zeros = _zeros(spec, dialect)
    before, step = (filled(part, spec, names, dialect) for part in (text.before, text.step))
    last = ["state_t", *text.states] if returns_state else []
    return [
        "suc_outputs = []",
        f"state_t = {zeros}",
        *(f"{name} = {zeros}" for name in text.states),
        *before,
        "for projected_t in inputs @ W + b:  # W x_t + b of all timesteps in one product",
        *(f"    {line}" for line in step),
        "    suc_outputs.append(output_t)",
        "    state_t = output_t",
        f"return {', '.join([f'{dialect.stack}(suc_outputs)', *last])}",
    ]


def filled(text: str, spec: Any, names: dict[str, str], dialect: Dialect) -> list[str]:
    """Return lines of a step in a library's own words, each setting by its name or value."""
    settings = {setting.name: setting for setting in CELLS[spec.cell].settings}
    values = {}
    for field in _fields(text):
        if field in names:
            values[field] = names[field]
        elif field in settings:
            values[field] = value_of(settings[field], spec, dialect)
        else:
            values[field] = activation(field, dialect)
    columns = dialect.split_columns.format(r"\1", r"\2")
    text = re.sub(r"split_columns\((\w+), (\d+)\)", columns, text)

    def split(found: re.Match) -> str:
        whole, count = found.groups()
        if dialect.module == "torch" and not whole.isidentifier():
            whole = f"({whole})"  # of which a method is called
        return dialect.split.format(whole, count)

    text = re.sub(r"(?<![.\w])split\((.+), (\d+)\)", split, text)
    return text.strip("\n").format(**values).split("\n") if text else []


def value_of(setting: Setting, spec: Any, dialect: Dialect) -> str:
    """Return what a layer has set, as the program writes it."""
    value = getattr(spec, setting.name)
    return activation(value, dialect) if setting.options else repr(value)


def _zeros(spec: Any, dialect: Dialect) -> str:
    """Return the state before the first timestep."""
    gates = CELLS[spec.cell].gate_count()
    if "U" in letters(spec):
        return dialect.zeros.format("len(U)", "U")
    units = f"W.shape[1] // {gates}" if gates > 1 else "W.shape[1]"
    return dialect.zeros.format(units, "W")


def _parameter(setting: Setting) -> str:
    return _PARAMETERS.get(setting.name, setting.name)


def used_settings(spec: Any) -> list[Setting]:
    """Return the settings that stand in a cell's step."""
    text = step_text(spec)
    fields = {*_fields(text.before), *_fields(text.step)}
    return [setting for setting in CELLS[spec.cell].settings if setting.name in fields]


def _differing(spec: Any, specs: Iterable[Any]) -> list[Setting]:
    """Return the settings in a cell's step that are not the same in all layers of its kind."""
    alike = [other for other in specs if step_text(other).name == step_text(spec).name]
    return [
        setting
        for setting in used_settings(spec)
        if len({getattr(other, setting.name) for other in alike}) > 1
    ]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _activations(spec: Any) -> set[str]:
    """Return the activations that a layer's step calls."""
    text = step_text(spec)
    settings = {setting.name: setting for setting in CELLS[spec.cell].settings}
    names = {*_fields(text.before), *_fields(text.step)}
    fixed = {name for name in names if name not in settings}
    own = {getattr(spec, name) for name in names & settings.keys() if settings[name].options}
    return fixed | own


_SOFTMAX = """
def softmax(z):
    h = np.exp(z - z.max(axis=-1, keepdims=True))  # the same without it, until exp overflows
    return h / h.sum(axis=-1, keepdims=True)
"""


def _activation_texts(dialect: Dialect) -> dict[str, str]:
    """Return the activations that the library does not have under a name of its own."""
    if (
        dialect.module == "keras.ops"
    ):  # Keras 1 and 2's; Keras 3's own is another function of the same name
        return {"hard_sigmoid_keras2": _function("hard_sigmoid_keras2", _CLIPPED, dialect)}
    texts = {"linear": "z", "hard_sigmoid": "{0}.clip(z / 6 + 0.5, 0, 1)"}
    texts |= {"hard_sigmoid_keras2": _CLIPPED, "softsign": "z / (1 + {0}.abs(z))"}
    if dialect.module == "np":
        texts |= {
            "relu": "np.maximum(z, 0)",
            "sigmoid": "1 / (1 + np.exp(-z))",
            "elu": "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
            "softplus": "np.logaddexp(z, 0)",
        }
    else:
        texts |= {
            "softmax": "torch.softmax(z, dim=-1)",
            "elu": "torch.nn.functional.elu(z)",
            "softplus": "torch.logaddexp(z, torch.zeros_like(z))",
        }
    functions = {name: _function(name, text, dialect) for name, text in texts.items()}
    return functions if dialect.module == "torch" else functions | {"softmax": _SOFTMAX}


_CLIPPED = "{0}.clip(z / 5 + 0.5, 0, 1)"


def _function(name: str, text: str, dialect: Dialect) -> str:
    return f"def {name}(z):\n    return {text.format(dialect.module)}"


def activation(name: str, dialect: Dialect) -> str:
    """Return what an activation is called: by the library, or as :func:`loop_lines` writes it."""
    return name if name in _activation_texts(dialect) else f"{dialect.module}.{name}"

"""What a cell lacks, in sentences: for the tests of all cells, and while one is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from string import Formatter
from typing import Any

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.facts import StepText

_UNITS, _FEATURES, _TIMESTEPS = 3, 2, 5
_WEIGHTS = {"kernel", "recurrent_kernel", "bias"}
_STRUCTURES = {"elementwise", "gated", "dense"}
_CLOSE = 1e-6
_NUDGE = 1e-6


def check_cell(cell: type[RecurrentCell]) -> list[str]:
    """Return what a cell lacks or says wrongly of itself, a sentence each; empty if it is whole.

    Its numbers are tried on small random weights: the loop against single steps, its Jacobians
    against differences, a stack of networks against single ones, and the structure of its
    Jacobian against the Jacobian.
    """
    if not (isinstance(cell, type) and issubclass(cell, RecurrentCell)):
        return [f"{cell!r} is no subclass of RecurrentCell."]
    parameters = vars(cell).get("__dataclass_params__")  # its own, not those of what it inherits
    if parameters is None or not parameters.frozen:
        return [f"{cell.__name__} must be a frozen dataclass: @dataclass(frozen=True, eq=False)."]
    facts = [*_attempt(_facts, cell, "its facts")]
    return facts or [*_attempt(_numbers, cell, "its numbers")]


def _attempt(check: Callable[..., Iterator[str]], cell: type, what: str) -> Iterator[str]:
    """Yield what a check finds; an exception in the cell's own code is a finding too."""
    try:
        yield from check(cell)
    except NotImplementedError as error:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        name = frame.tb_frame.f_code.co_name if frame is not None else what
        yield f"{cell.__name__} lacks the method {name}."
    except Exception as error:
        yield f"{cell.__name__} fails where {what} are tried: {type(error).__name__}: {error}"


def _facts(cell: type[RecurrentCell]) -> Iterator[str]:
    name, settings = cell.__name__, _defaults(cell)
    weights, shapes = cell.weight_names(), cell.weight_shapes(_UNITS, _FEATURES, settings)
    if not {"kernel", "bias"} <= set(weights) <= _WEIGHTS:
        yield f"{name} needs array fields kernel and bias, and may have recurrent_kernel, alone."
    if tuple(shapes) != weights:
        yield f"{name}.weight_shapes names {tuple(shapes)}, but its fields are {weights}."
    fields = {one.name for one in dataclasses.fields(cell)} - set(weights)
    constructed = {one.name for one in cell.settings if not one.drawn}
    if fields != constructed:
        yield (
            f"{name}.settings names {sorted(constructed)}, but its fields besides the arrays are "
            f"{sorted(fields)}."
        )
    for setting in cell.settings:
        if not setting.accepts(setting.default):
            yield f"The default of {name}'s setting {setting.name} is out of its own range."
    if cell.gate_names and cell.candidate not in cell.gate_names:
        yield f"{name}.candidate must be one of its gates {cell.gate_names}."
    if not isinstance(getattr(cell, "activation", None), str) and "activation" not in fields:
        yield f"{name} needs an activation: a setting, or a class attribute if it never changes."
    yield from _formula(cell, settings, shapes)
    yield from _text(cell, settings)
    if cell.torch is not None:
        unknown = set(cell.torch.settings) - set(settings)
        if unknown or len(cell.torch.order or cell.gate_names) != len(cell.gate_names):
            yield f"{name}.torch speaks of settings or gates that {name} does not have."


def _defaults(cell: type[RecurrentCell]) -> dict[str, Any]:
    return {one.name: one.default for one in cell.settings}


def _formula(cell: type[RecurrentCell], settings: dict, shapes: dict) -> Iterator[str]:
    formula = cell.parameter_formula(settings)
    numbers = {"n": _UNITS, "m": _FEATURES, "__builtins__": {}}
    count = sum(int(np.prod(shape)) for shape in shapes.values())
    try:
        value = eval(formula.replace("×", "*"), numbers)
    except Exception:
        value = None
    if value != count:
        yield (
            f"{cell.__name__}.parameter_formula is {formula!r}, which does not give the {count} "
            f"numbers of {_UNITS} units and {_FEATURES} features."
        )


def _text(cell: type[RecurrentCell], settings: dict) -> Iterator[str]:
    text = cell.step_text(settings)
    if not isinstance(text, StepText):
        yield f"{cell.__name__}.step_text must give a StepText."
        return
    found = Formatter().parse(text.before + text.step)
    fields = {field for _, field, _, _ in found if field}
    if unknown := fields - set(settings) - set(ACTIVATIONS):
        yield (
            f"{cell.__name__}.step_text has the fields {sorted(unknown)}, which are neither "
            "settings of the cell nor activations."
        )
    if "output_t" not in text.step:
        yield f"{cell.__name__}.step_text does not set output_t."


def _numbers(kind: type[RecurrentCell]) -> Iterator[str]:
    name, cell = kind.__name__, _random(kind)
    random = np.random.default_rng(1)
    inputs = random.normal(size=(_TIMESTEPS, _FEATURES))
    start = random.normal(0, 0.5, cell.state_size)
    if cell.structure not in _STRUCTURES:
        yield f"{name}.structure is {cell.structure!r}, but must be one of {sorted(_STRUCTURES)}."
        return
    projected, states = cell.project(inputs), _marched(cell, inputs, start)
    before = np.concatenate([start[None], states[:-1]])
    if not np.allclose(cell.step(projected, before), states, rtol=0, atol=1e-12):
        yield f"{name}'s loop (stepper) does not do what its step does."
    yield from _derivatives(cell, projected[0], inputs[0], start)
    gates = cell.gates(_arguments(cell, projected, before))
    if tuple(gates) != cell.gate_names:
        yield f"{name}.gates names {tuple(gates)}, but gate_names are {cell.gate_names}."
    yield from _structure(cell, projected, before, gates, states)
    yield from _ranges(cell, gates, states)
    yield from _stack(kind, cell, inputs, states)
    for method in ("forward_step", "backward_step"):
        if getattr(kind, method) is getattr(RecurrentCell, method):
            yield f"{name} cannot learn: it lacks the method {method}."


def _random(kind: type[RecurrentCell], seed: int = 0) -> RecurrentCell:
    random, settings = np.random.default_rng(seed), _defaults(kind)
    shapes = kind.weight_shapes(_UNITS, _FEATURES, settings)
    weights = {name: random.normal(0, 0.6, shape) for name, shape in shapes.items()}
    return kind.build(weights, settings)


def _marched(cell: RecurrentCell, inputs: np.ndarray, start: np.ndarray) -> np.ndarray:
    projected = cell.project(inputs)
    return np.array(cell.march(projected, start, iter(projected)))


def _arguments(cell: RecurrentCell, projected: np.ndarray, before: np.ndarray) -> np.ndarray:
    """What goes into the activations of each timestep."""
    preactivate, rows = cell.preactivator(()), projected.copy()
    for row, state in zip(rows, before, strict=True):
        preactivate(row, state[: cell.units])
    return rows


def _derivatives(cell, projected, x, state) -> Iterator[str]:
    pairs = {
        "jacobian": (lambda s: cell.step(projected, s), state),
        "input_jacobian": (lambda one: cell.step(cell.project(one), state), x),
    }
    for name, (function, at) in pairs.items():
        nudges = np.eye(len(at)) * _NUDGE
        columns = [(function(at + one) - function(at - one)) / (2 * _NUDGE) for one in nudges]
        found = getattr(cell, name)(projected, state)
        if not np.allclose(found, np.stack(columns, axis=-1), rtol=0, atol=_CLOSE):
            yield f"{type(cell).__name__}.{name} is not the derivative of its step."


def _structure(cell, projected, before, gates, states) -> Iterator[str]:
    """The Jacobian as its structure composes it, against the one that it forms."""
    if cell.structure == "dense":
        return
    wanted, eye = cell.jacobian(projected, before), np.eye(cell.units)
    if cell.structure == "elementwise":
        activation = ACTIVATIONS[cell.activation]
        slopes = cell.gain * activation.slope(cell.activated(projected, before))
        found = slopes[..., None] * cell.recurrent_kernel.T + cell.kept * eye
    else:
        found = _gated(cell, projected, before, gates, states)
    if not np.allclose(found, wanted, rtol=0, atol=_CLOSE):
        yield (
            f"{type(cell).__name__} says that its Jacobian is {cell.structure}, but what it tells "
            "of it (kept and gain, or carried and recurrent_factors) gives another one."
        )


def _gated(cell, projected, before, gates, states) -> np.ndarray:
    count, units, parts = cell.gate_count(), cell.units, len(cell.state_names)
    each_gate = np.kron(np.eye(count), np.ones((1, units)))
    by_gate = dataclasses.replace(cell, kernel=each_gate).input_jacobian(projected, before)
    by_gate = by_gate.reshape(len(before), parts, units, count)
    factors = cell.recurrent_factors(gates)
    jacobian = np.zeros((len(before), parts, units, parts, units))
    for gate, block in enumerate(cell.recurrent_blocks.values()):
        through = by_gate[..., gate, None] * block.T
        if factors is not None:
            through = through * factors[:, None, gate, :, None]
        jacobian[:, :, :, 0] += through
    for part, carried in enumerate(cell.carried(gates, states)):
        jacobian[:, part, :, -1] += carried[:, :, None] * np.eye(units)
    return jacobian.reshape(len(before), parts * units, parts * units)


def _ranges(cell, gates, states) -> Iterator[str]:
    values = {"state_range": (cell.state_range, states[:, : cell.units])}
    values |= {f"gate_range({n!r})": (cell.gate_range(n), gates[n]) for n in gates}
    for name, ((low, high), found) in values.items():
        # The first state was drawn; only what follows from zeros must stay in the range.
        if name != "state_range" and not (low <= found.min() and found.max() <= high):
            yield f"{type(cell).__name__}.{name} does not hold its own values."
    zeros = np.zeros(cell.state_size)
    reached = _marched(cell, np.full((_TIMESTEPS, cell.features), 9.0), zeros)[:, : cell.units]
    low, high = cell.state_range
    if not (low <= reached.min() and reached.max() <= high):
        yield f"{type(cell).__name__}.state_range does not hold its own states."


def _stack(kind, cell, inputs, states) -> Iterator[str]:
    """Two networks in one pass against each alone."""
    other = _random(kind, 1)
    pairs = {name: np.stack([array, other.arrays[name]]) for name, array in cell.arrays.items()}
    stack = dataclasses.replace(cell, **pairs)
    projected = np.swapaxes(stack.project(inputs), 0, 1).copy()
    zeros = np.zeros((2, cell.state_size))
    found = np.array(stack.march(projected, zeros, iter(projected)))
    for index, one in enumerate((cell, other)):
        alone = _marched(one, inputs, zeros[0])
        if not np.allclose(found[:, index], alone, rtol=0, atol=1e-12):
            yield f"A stack of networks of {kind.__name__} does not do what each does alone."
            return

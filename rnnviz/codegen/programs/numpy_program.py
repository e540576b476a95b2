"""The program in plain NumPy: the lecture's loop, or one function for each kind of cell."""

from __future__ import annotations

from rnnviz.codegen.architecture import Architecture, Part
from rnnviz.codegen.programs import cells, notes, sequences
from rnnviz.codegen.programs.origin import Origin, part_names, weight_names

_NORMALIZATION = """
def layer_normalization(x, gamma, beta, epsilon):
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
"""


def lines(origin: Origin) -> list[str]:
    """Return the program, line by line."""
    made = origin.architecture
    if notes.is_notes_network(made):
        functions = cells.activation_lines(cells.activations_of(made.layers), cells.NUMPY)
        run = _notes_lines(origin)
    else:
        top = made.layers[-1] if made.return_state else None
        functions = cells.loop_lines(made.layers, cells.NUMPY, part_activations(made), top)
        each = "inputs" if made.embedding is None else "tokens"
        run = sequences.over_sequences(made, _run_lines(made), each)
    return [
        *origin.heading("plain NumPy"),
        "import numpy as np",
        "",
        *origin.settings,
        *origin.functions,
        *_normalization_lines(made),
        *sequences.repeat_lines(made, "numpy"),
        *functions,
        "",
        *origin.inputs,
        *origin.weights,
        *run,
        *print_lines(made),
    ]


def _notes_lines(origin: Origin) -> list[str]:
    made = origin.architecture
    (spec,) = made.layers
    dtype = ", np.float32" if made.dtype == "float32" else ""
    return [
        *(["inputs = E[tokens]"] if made.embedding is not None else []),
        *notes.program_lines(
            cells.activation(spec.activation, cells.NUMPY),
            f"np.zeros(({origin.units or 'len(b)'},){dtype})",
            "inputs[::-1]" if spec.go_backwards else "inputs",
            spec.return_sequences,
        ),
        *(["last_states = [state_t]  # return_state"] if made.return_state else []),
    ]


def parts_of(architecture: Architecture) -> list[Part]:
    """Return all parts that look at one timestep alone, from the input up."""
    return [*(part for parts in architecture.before for part in parts), *architecture.head]


def part_activations(architecture: Architecture) -> tuple[str, ...]:
    """Return the activations of Dense layers that do something."""
    names = (part.activation for part in parts_of(architecture) if part.activation != "linear")
    return tuple(dict.fromkeys(names))


def print_lines(architecture: Architecture) -> list[str]:
    """Return the lines that print ``outputs``: its shape, and its first row as the notes do."""
    axes = [0] * (architecture.returns_sequences + (architecture.sequences > 1))
    first = f"outputs[{', '.join(map(str, axes))}]" if axes else "outputs"
    return [
        "",
        'np.set_printoptions(floatmode="unique")  # every digit',
        "print(outputs.shape)",
        f"print({first})",
    ]


def merged(mode: str, forward: str, backward: str, concatenate: str) -> str:
    """Return the expression that makes one state of those of two directions.

    ``concatenate`` is what the library's call looks like, with a field for both.
    """
    if mode == "concat":
        return concatenate.format(f"{forward}, {backward}")
    return {
        "sum": f"{forward} + {backward}",
        "mul": f"{forward} * {backward}",
        "ave": f"({forward} + {backward}) / 2",
    }[mode]


def _normalization_lines(architecture: Architecture) -> list[str]:
    if not any(part.epsilon is not None for part in parts_of(architecture)):
        return []
    return ["", *_NORMALIZATION.strip("\n").split("\n"), ""]


def _part(part: Part, names: tuple[str, ...], fed: str) -> str:
    """Return the expression of a part that reads ``fed``."""
    if part.epsilon is not None:
        return f"layer_normalization({fed}, {', '.join(names)}, {part.epsilon!r})"
    W, b = names
    product = f"{fed} @ {W} + {b}"
    if part.activation == "linear":
        return product
    return f"{cells.activation(part.activation, cells.NUMPY)}({product})"


def _run_lines(made: Architecture) -> list[str]:
    lines = ["inputs = E[tokens]"] if made.embedding is not None else []
    lines += sequences.computed_line(made)
    below = "inputs"
    for index, spec in enumerate(made.layers):
        for place, part in enumerate(made.before[index]):
            lines.append(f"x = {_part(part, part_names(made, index, place), below)}")
            below = "x"
        weights = weight_names(made, index)
        states = f"states_{index + 1}" if len(made.layers) > 1 else "states"

        returning = made.layers[-1] if made.return_state else None
        ends = made.return_state and spec is returning

        def run(fed: str, weights, back: bool = False, spec=spec, ends=ends, top=returning) -> str:
            fed = sequences.read_by(made, fed, back, "numpy")
            states = cells.call(spec, made.layers, fed, weights, cells.NUMPY)
            if ends:
                return states
            states = cells.states_alone(states, spec, top)
            return sequences.at_all_timesteps(made, states, back, "numpy")

        mode = getattr(spec, "merge_mode", "concat")
        if spec.bidirectional:
            whole = merged(mode, "forward", "backward[::-1]", "np.concatenate([{}], axis=1)")
            whole = sequences.without_masked(made, whole, spec.return_sequences)
            names = ("forward, *last_forward", "backward, *last_backward")
            forward, backward = names if ends else ("forward", "backward")
            lines += [
                f"{forward} = {run(below, weights[0])}",
                f"{backward} = {run(below, weights[1], True)}",
                f"{states} = {whole}",
            ]
            lines += ["last_states = [*last_forward, *last_backward]"] if ends else []
        else:
            result = f"{states}, *last_states" if ends else states
            lines.append(f"{result} = {run(below, weights[0], spec.go_backwards)}")
        below = states
    below = sequences.states_by_sequence(made, below)
    if spec.return_sequences:
        lines.append(f"outputs = {below}")
    elif spec.bidirectional:
        last = merged(mode, "forward[-1]", "backward[-1]", "np.concatenate([{}])")
        lines.append(f"outputs = {last}")
    else:
        last = "[:, -1]" if made.stateful else "[-1]"
        lines.append(f"outputs = {below}{last}")
    for place, part in enumerate(made.head):
        lines.append(f"outputs = {_part(part, part_names(made, None, place), 'outputs')}")
    return lines

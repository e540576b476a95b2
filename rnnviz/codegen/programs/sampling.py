"""The first half of every program: inputs and weights, drawn in NumPy as the page draws them."""

from __future__ import annotations

import hashlib

from rnnviz.codegen.architecture import Architecture, architecture
from rnnviz.codegen.programs.notes import is_notes_network
from rnnviz.codegen.programs.origin import Origin, part_names, weight_names
from rnnviz.engine import CELLS
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import GAIN, INITIALIZER, STREAMS
from rnnviz.spec.shapes import TOKEN_SIGNALS, gate_count, output_features, weight_shapes
from rnnviz.spec.text import tokenize

MEASURED = ("sunspots", "co2")

_FANS = {
    "glorot": "variance = 1 / ((shape[0] + shape[-1]) / 2)",
    "he": "variance = 2 / shape[0]",
    "lecun": "variance = 1 / shape[0]",
}
_FUNCTIONS = {
    "stream": """
def stream(purpose, layer=0):
    \"\"\"One source of random numbers per purpose and layer, so that no draw shifts another.\"\"\"
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(purpose, layer)))
""",
    "truncated_normal": """
def truncated_normal(stream, shape, deviation=0.05):
    drawn = stream.standard_normal(shape)
    while (outside := np.abs(drawn) > 2).any():
        drawn[outside] = stream.standard_normal(outside.sum())
    return deviation * drawn
""",
    "orthogonal": """
def orthogonal(stream, shape):
    rows, columns = shape
    q, r = np.linalg.qr(stream.standard_normal((max(shape), min(shape))))
    q = q * np.where(np.diag(r) < 0, -1, 1)
    return q if rows >= columns else q.T
""",
    "with_spectral_radius": """
def with_spectral_radius(U, radius):
    blocks = []
    for block in np.split(U, U.shape[1] // U.shape[0], axis=1):
        largest = np.abs(np.linalg.eigvals(block)).max()
        blocks.append(block * (radius / largest) if largest > 0 else block)
    return np.hstack(blocks)
""",
}


def is_tokens(experiment: Experiment) -> bool:
    """Whether the first layer is an Embedding."""
    return experiment.signal in TOKEN_SIGNALS


def companion_name(experiment: Experiment, framework: str) -> str:
    """Return the name of the file of an input that cannot be drawn; no two programs share one."""
    key = hashlib.sha256(experiment.to_query().encode()).hexdigest()
    return f"rnnviz_{framework}_inputs_{key[:12]}.npz"


def origin(experiment: Experiment, framework: str) -> Origin:
    """Return what a program needs besides its layers, drawn from an experiment's seed."""
    made = architecture(experiment)
    measured = experiment.signal in MEASURED
    notes = framework == "numpy" and is_notes_network(made)
    units = "output_features" if notes else "units"
    return Origin(
        architecture=made,
        comment=(
            "A recurrent network in {framework}: prints the numbers that rnnviz shows for the link",
            # Its own braces are its own: what stands in a link is never filled in.
            f"?{experiment.to_query()}".replace("{", "{{").replace("}", "}}"),
        ),
        settings=tuple(_setting_lines(experiment, units)),
        functions=tuple(_function_lines(experiment)),
        inputs=tuple(_input_lines(experiment, companion_name(experiment, framework))),
        weights=tuple(_weight_lines(experiment, made, units)),
        features="inputs.shape[1]" if measured else "input_features",
        units=units if len(made.layers) == 1 else "",
        vocabulary="vocabulary_size",
    )


def _setting_lines(experiment: Experiment, units: str) -> list[str]:
    """Return the numbers that the rest of the program uses by name; ``units`` is that of units."""
    names = ["timesteps", "input_features"]
    if experiment.signal in MEASURED and experiment.sequences == 1:
        names.remove("timesteps")
    if experiment.signal == "text":
        names.remove("timesteps")
    if experiment.signal in MEASURED:
        names.remove("input_features")
    if experiment.sequences > 1:
        names.insert(0, "sequences")
    lines = [f"{name} = {getattr(experiment, name)}" for name in names]
    if len(experiment.layers) == 1:
        lines.append(f"{units} = {experiment.layers[0].units}")
    if is_tokens(experiment):
        lines.append(f"vocabulary_size = {experiment.vocabulary_size}")
    if experiment.weight_scale != 1:
        lines.append(f"weight_scale = {experiment.weight_scale!r}")
    return [*lines, f"seed = {experiment.seed}", ""]


def _function_lines(experiment: Experiment) -> list[str]:
    """Return the functions that draw the weights, only those that are used."""
    used = set()
    for spec in experiment.layers:
        weights = CELLS[spec.cell].weight_names()
        used |= {getattr(spec, INITIALIZER[weight]) for weight in weights}
        if spec.spectral_radius is not None and "recurrent_kernel" in weights:
            used.add("with_spectral_radius")
    if is_tokens(experiment):
        used.add(experiment.embeddings_initializer)
    if experiment.dense_units:
        used.add("glorot_uniform")
    used.add("stream")
    if any(name.endswith("_normal") and name != "random_normal" for name in used):
        used.add("truncated_normal")
    texts = [text for name, text in _FUNCTIONS.items() if name in used]
    texts += [_variance_scaling(name) for name in sorted(used) if name.split("_")[0] in _FANS]
    return [line for text in texts for line in ["", *text.strip("\n").split("\n"), ""]]


def _variance_scaling(name: str) -> str:
    fan = _FANS[name.split("_")[0]]
    if name.endswith("_normal"):
        draw = "return truncated_normal(stream, shape, np.sqrt(variance) / 0.87962566103423978)"
    else:
        draw = "limit = np.sqrt(3 * variance)\n    return stream.uniform(-limit, limit, shape)"
    return f"def {name}(stream, shape):\n    {fan}\n    {draw}"


def _input_lines(experiment: Experiment, companion: str) -> list[str]:
    """Return the lines that make ``inputs``, or ``tokens`` and the Embedding's weights ``E``.

    Of several sequences also ``batch``: the same, cut into them.
    """
    lines = _series_lines(experiment, companion)
    if experiment.sequences == 1:
        return lines
    if is_tokens(experiment):
        cut = "batch = tokens.reshape(sequences, timesteps)"
    elif experiment.signal in MEASURED:
        cut = "batch, inputs = inputs, inputs.reshape(sequences * timesteps, -1)"
    else:
        cut = "batch = inputs.reshape(sequences, timesteps, input_features)"
    return [*lines[:-1], cut, ""]


def _series_lines(experiment: Experiment, companion: str) -> list[str]:
    if is_tokens(experiment):
        shape = "(vocabulary_size, input_features)"
        embeddings = _initial(experiment.embeddings_initializer, "embeddings", 0, shape, "")
        return [*_token_lines(experiment), f"E = {embeddings}{_rounded(experiment)}", ""]
    if experiment.signal in MEASURED:
        return [f'inputs = np.load("{companion}")["inputs"]  # lies beside this program', ""]
    steps = "timesteps" if experiment.sequences == 1 else "sequences * timesteps"
    amplitude, shape = experiment.signal_amplitude, f"({steps}, input_features)"
    times = f" * {amplitude!r}" if amplitude != 1 else ""
    across = f"np.repeat({{}}[:, None], input_features, axis=1){_rounded(experiment)}"
    period = repr(experiment.signal_period)
    step = f"(np.arange({steps}) >= {period}){times}"
    sine = f"np.sin(2 * np.pi * (np.arange({steps}) / {period})){times}"
    rounded = _rounded(experiment)
    lines = {
        "uniform": [f"inputs = {_then(f'stream(0).random({shape})', times, rounded)}"],
        "normal": [f"inputs = {_then(f'stream(0).standard_normal({shape})', times, rounded)}"],
        "zeros": [f"inputs = np.zeros({shape}){rounded}"],
        "constant": [f"inputs = np.full({shape}, {amplitude!r}){rounded}"],
        "impulse": [f"inputs = np.zeros({shape}){rounded}", f"inputs[0] = {amplitude!r}"],
        "step": [f"signal = {step}", f"inputs = {across.format('signal.astype(float)')}"],
        "sine": [f"signal = {sine}", f"inputs = {across.format('signal')}"],
    }
    return [*lines[experiment.signal], ""]


def _token_lines(experiment: Experiment) -> list[str]:
    if experiment.signal == "tokens":
        number = STREAMS["tokens"]
        steps = "timesteps" if experiment.sequences == 1 else "sequences * timesteps"
        return [f"tokens = stream({number}).integers(vocabulary_size, size={steps})"]
    cut = "list(text)" if experiment.split == "character" else "text.split()"
    return [
        f"text = {experiment.text!r}",
        f"read = {cut}",
        "vocabulary = {token: number for number, token in enumerate(dict.fromkeys(read), 1)}",
        "tokens = np.array([vocabulary[token] for token in read])",
        *_padding_lines(experiment),
    ]


def _padding_lines(experiment: Experiment) -> list[str]:
    """Return the line that brings a text to ``maxlen``, as Keras's ``pad_sequences`` does."""
    if not experiment.maxlen:
        return []
    missing = experiment.maxlen - len(tokenize(experiment.text, experiment.split))
    if missing <= 0:
        return [f"tokens = tokens[-{experiment.maxlen}:]  # the last {experiment.maxlen}"]
    ends = f"({missing}, 0)" if experiment.padding == "pre" else f"(0, {missing})"
    return [f"tokens = np.pad(tokens, {ends})  # 0 stands for padding"]


def _weight_lines(experiment: Experiment, made: Architecture, name: str) -> list[str]:
    """Return the lines that draw the weights of all layers, in Keras's layout.

    ``name`` is how the program calls the number of units of its only layer.
    """
    lines = [
        "# In Keras's layout, W (features, units) and U (units, units): the lecture's transposed."
    ]
    if any(gate_count(spec.cell) > 1 for spec in made.layers):
        lines.append("# A gated cell has such a block of columns for each gate, side by side.")
    alone = len(made.layers) == 1
    features = "input_features"
    if experiment.signal in MEASURED:
        features = str(experiment.input_features)
    for index, spec in enumerate(made.layers):
        units = name if alone else str(spec.units)
        for direction, names in enumerate(weight_names(made, index)):
            lines += _layer_lines(experiment, index, names, features, units, direction == 1)
        features = str(output_features(spec))
    return [*lines, *_dense_weight_lines(experiment, made, features), ""]


def _dense_weight_lines(experiment: Experiment, made: Architecture, features: str) -> list[str]:
    """Return the lines that draw the head's weights as Keras does: gain and scale pass it by."""
    if not made.head:
        return []
    (W, b), rounded = part_names(made, None, 0), _rounded(experiment)
    shape = f"({features}, {experiment.dense_units})"
    return [
        f"{W} = {_initial('glorot_uniform', 'dense_kernel', 0, shape, '')}{rounded}",
        f"{b} = np.zeros({experiment.dense_units}){rounded}",
    ]


def _layer_lines(
    experiment: Experiment,
    index: int,
    names: tuple[str, ...],
    features: str,
    units: str,
    backward: bool,
) -> list[str]:
    """Return the lines that draw one direction's weights, as `rnnviz.spec.sampling` does."""
    spec, prefix = experiment.layers[index], "backward_" if backward else ""
    cell, lines = CELLS[spec.cell], []
    gates = cell.gate_count()
    width = f"{gates} * {units}" if gates > 1 else units
    starting = cell.starting_biases(cell.settings_of(spec))
    shapes = weight_shapes(spec, experiment.input_features)
    for name, (weight, shape) in zip(names, shapes.items(), strict=True):
        rows = {"kernel": features, "recurrent_kernel": units}.get(weight, str(shape[0]))
        written = f"({rows}, {width})" if len(shape) > 1 else f"({width},)"
        initializer = getattr(spec, INITIALIZER[weight])
        drawn = _initial(initializer, prefix + weight, index, written, units)
        if weight == "recurrent_kernel" and spec.spectral_radius is not None:
            drawn = f"with_spectral_radius({drawn}, {spec.spectral_radius!r})"
        gain = getattr(spec, GAIN[weight]) if weight in GAIN else 1.0
        scale, rounded = _times(experiment, gain), _rounded(experiment)
        if weight != "bias" or not starting:
            lines.append(f"{name} = {_then(drawn, scale, rounded)}")
            continue
        lines.append(f"{name} = {drawn}")
        for gate, (value, why) in starting.items():
            block = _block(cell.gate_names.index(gate), units)
            lines.append(f"{name}[{block}] = {value:g}  # {why}")
        if scale or rounded:
            lines.append(f"{name} = {_then(name, scale, rounded)}")
    return lines


def _block(place: int, units: str) -> str:
    """Return the slice of a gate's columns."""
    ends = ["0", units, *(f"{count} * {units}" for count in range(2, place + 2))]
    return f"{ends[place]} : {ends[place + 1]}"


def _initial(initializer: str, purpose: str, index: int, shape: str, units: str) -> str:
    """Return the expression that draws one weight; ``purpose`` and layer choose the stream."""
    layer = f", layer={index}" if index else ""
    source = f"stream({STREAMS[purpose]}{layer})"
    limit = f"1 / np.sqrt({units or 'input_features'})"
    plain = shape if shape.count(",") > 1 or not shape.endswith(",)") else shape[1:-2]
    inline = {
        "zeros": f"np.zeros({plain})",
        "ones": f"np.ones({plain})",
        "identity": f"np.eye{shape}",
        "numpy_random": f"{source}.random({plain})",
        "random_uniform": f"{source}.uniform(-0.05, 0.05, {plain})",
        "random_normal": f"{source}.normal(0, 0.05, {plain})",
        "pytorch_uniform": f"{source}.uniform(-{limit}, {limit}, {plain})",
    }
    return inline.get(initializer, f"{initializer}({source}, {shape})")


def _times(experiment: Experiment, gain: float) -> str:
    if gain == 1:
        return " * weight_scale" if experiment.weight_scale != 1 else ""
    return f" * ({gain!r} * weight_scale)" if experiment.weight_scale != 1 else f" * {gain!r}"


def _rounded(experiment: Experiment) -> str:
    return ".astype(np.float32)" if experiment.dtype == "float32" else ""


def _then(expression: str, times: str, method: str) -> str:
    """Return an expression times a factor, then a method call on all of it."""
    return f"({expression}{times}){method}" if times and method else expression + times + method

"""The first half of every program: inputs and weights, drawn in NumPy as the page draws them."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import STREAMS
from rnnviz.spec.shapes import TOKEN_SIGNALS, gate_count, output_features

INPUTS_FILE = "rnnviz_inputs.npz"
"""Where a program finds an input that it cannot draw."""
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


@dataclass(frozen=True)
class Weights:
    """The names of one direction's weights in a program.

    Parameters
    ----------
    W, U, b : str
        Variables, in Keras's layout.
    """

    W: str
    U: str
    b: str

    def __str__(self) -> str:
        return f"{self.W}, {self.U}, {self.b}"


DENSE = "W_dense", "b_dense"
"""The variables of the head's weights."""


def weight_names(experiment: Experiment, index: int) -> tuple[Weights, ...]:
    """Return the variables of a layer's weights; of a Bidirectional layer, forward then backward.

    They are W, U and b, numbered when there are several layers.
    """
    spec = experiment.layers[index]
    number = f"_{index + 1}" if len(experiment.layers) > 1 else ""
    directions = ("_forward", "_backward") if spec.bidirectional else ("",)
    return tuple(
        Weights(*(f"{letter}{number}{direction}" for letter in "WUb")) for direction in directions
    )


def is_tokens(experiment: Experiment) -> bool:
    """Whether the first layer is an Embedding."""
    return experiment.signal in TOKEN_SIGNALS


def heading(experiment: Experiment, framework: str) -> list[str]:
    """Return the comment that says what the program is, with the link it came from."""
    return [
        f"# A recurrent network in {framework}: prints the numbers that rnnviz shows for the link",
        f"# ?{experiment.to_query()}",
    ]


def setting_lines(experiment: Experiment) -> list[str]:
    """Return the numbers that the rest of the program uses by name."""
    names = ["timesteps", "input_features"]
    if experiment.signal in ("text", *MEASURED):
        names.remove("timesteps")
    if experiment.signal in MEASURED:
        names.remove("input_features")
    lines = [f"{name} = {getattr(experiment, name)}" for name in names]
    if len(experiment.layers) == 1:
        lines.append(f"units = {experiment.layers[0].units}")
    if is_tokens(experiment):
        lines.append(f"vocabulary_size = {experiment.vocabulary_size}")
    if experiment.weight_scale != 1:
        lines.append(f"weight_scale = {experiment.weight_scale!r}")
    return [*lines, f"seed = {experiment.seed}", ""]


def function_lines(experiment: Experiment) -> list[str]:
    """Return the functions that draw the weights, only those that are used."""
    used = set()
    for spec in experiment.layers:
        used |= {spec.kernel_initializer, spec.recurrent_initializer, spec.bias_initializer}
        used |= {"with_spectral_radius"} if spec.spectral_radius is not None else set()
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


def input_lines(experiment: Experiment) -> list[str]:
    """Return the lines that make ``inputs``, or ``tokens`` and the Embedding's weights ``E``."""
    if is_tokens(experiment):
        shape = "(vocabulary_size, input_features)"
        embeddings = _initial(experiment.embeddings_initializer, "embeddings", 0, shape, "")
        return [*_token_lines(experiment), f"E = {embeddings}{_rounded(experiment)}", ""]
    if experiment.signal in MEASURED:
        return [f'inputs = np.load("{INPUTS_FILE}")["inputs"]  # lies beside this program', ""]
    amplitude, shape = experiment.signal_amplitude, "(timesteps, input_features)"
    times = f" * {amplitude!r}" if amplitude != 1 else ""
    across = f"np.repeat({{}}[:, None], input_features, axis=1){_rounded(experiment)}"
    period = repr(experiment.signal_period)
    step = f"(np.arange(timesteps) >= {period}){times}"
    sine = f"np.sin(2 * np.pi * (np.arange(timesteps) / {period})){times}"
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
        return [f"tokens = stream({number}).integers(vocabulary_size, size=timesteps)"]
    cut = "list(text)" if experiment.split == "character" else "text.split()"
    return [
        f"text = {experiment.text!r}",
        f"read = {cut}",
        "vocabulary = {token: number for number, token in enumerate(dict.fromkeys(read), 1)}",
        "tokens = np.array([vocabulary[token] for token in read])",
    ]


def weight_lines(experiment: Experiment) -> list[str]:
    """Return the lines that draw the weights of all layers, in Keras's layout."""
    lines = [
        "# In Keras's layout, W (features, units) and U (units, units): the lecture's transposed."
    ]
    if any(gate_count(spec.cell) > 1 for spec in experiment.layers):
        lines.append("# A gated cell has such a block of columns for each gate, side by side.")
    alone = len(experiment.layers) == 1
    features = "input_features"
    if experiment.signal in MEASURED:
        features = str(experiment.input_features)
    for index, spec in enumerate(experiment.layers):
        units = "units" if alone else str(spec.units)
        for direction, names in enumerate(weight_names(experiment, index)):
            lines += _layer_lines(experiment, index, names, features, units, direction == 1)
        features = str(output_features(spec))
    return [*lines, *_dense_weight_lines(experiment, features), ""]


def _dense_weight_lines(experiment: Experiment, features: str) -> list[str]:
    """Return the lines that draw the head's weights as Keras does: gain and scale pass it by."""
    if not experiment.dense_units:
        return []
    (W, b), rounded = DENSE, _rounded(experiment)
    shape = f"({features}, {experiment.dense_units})"
    return [
        f"{W} = {_initial('glorot_uniform', 'dense_kernel', 0, shape, '')}{rounded}",
        f"{b} = np.zeros({experiment.dense_units}){rounded}",
    ]


def _layer_lines(
    experiment: Experiment, index: int, names: Weights, features: str, units: str, backward: bool
) -> list[str]:
    spec, prefix = experiment.layers[index], "backward_" if backward else ""
    gates = gate_count(spec.cell)
    width = f"{gates} * {units}" if gates > 1 else units
    bias = f"(2, {width})" if spec.cell == "GRU" and spec.reset_after else f"({width},)"

    def drawn(initializer: str, weight: str, shape: str) -> str:
        return _initial(initializer, prefix + weight, index, shape, units)

    W = drawn(spec.kernel_initializer, "kernel", f"({features}, {width})")
    U = drawn(spec.recurrent_initializer, "recurrent_kernel", f"({units}, {width})")
    if spec.spectral_radius is not None:
        U = f"with_spectral_radius({U}, {spec.spectral_radius!r})"
    b = drawn(spec.bias_initializer, "bias", bias)
    rounded = _rounded(experiment)
    scale = _times(experiment, 1.0)
    lines = [
        f"{names.W} = {_then(W, _times(experiment, spec.input_gain), rounded)}",
        f"{names.U} = {_then(U, _times(experiment, spec.recurrent_gain), rounded)}",
    ]
    if spec.cell != "LSTM" or not spec.unit_forget_bias:
        return [*lines, f"{names.b} = {_then(b, scale, rounded)}"]
    lines += [f"{names.b} = {b}", f"{names.b}[{units} : 2 * {units}] = 1  # unit_forget_bias"]
    if scale or rounded:
        lines.append(f"{names.b} = {_then(names.b, scale, rounded)}")
    return lines


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

"""Experiments that between them use every line of the program templates."""

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS
from rnnviz.engine import CELLS, DRAWN_ACTIVATIONS, DRAWN_HEAD_ACTIVATIONS, INITIALIZERS, SIGNALS
from tests.codegen.random_experiments import random_experiment

SMALL = Experiment(timesteps=20, input_features=3, units=5, weight_scale=0.1)


def _two_values(cell):
    """Each of a cell's own numbers at two values in one stack."""
    numbers = [one for one in cell.settings if isinstance(one.default, float)]
    return {one.name: (one.default, (one.default + one.high) / 2) for one in numbers}


def _masked_and_cut():
    """Padding, masks, and several sequences."""
    padded = SMALL.replace(
        signal="text", text="to be or not", split="whitespace", maxlen=7, mask_zero=True
    )
    for padding in ("pre", "post"):
        each = padded.replace(padding=padding, units=(5, 4), cell=("LSTM", "SimpleRNN"))
        yield f"masked {padding}", each
        yield (
            f"masked {padding}, last, both ways",
            each.replace(
                bidirectional=(True, False),
                return_sequences=(True, False),
                go_backwards=(False, True),
            ),
        )
        yield (
            f"masked {padding}, GRU, both ways",
            padded.replace(
                padding=padding,
                cell="GRU",
                bidirectional=True,
                return_sequences=False,
                dense_units=2,
            ),
        )
    yield "masked, leaky", padded.replace(cell="LeakyRNN", go_backwards=True)
    yield "cut to maxlen", padded.replace(maxlen=2)
    yield "masked numbers", SMALL.replace(signal="step", signal_period=6.0, mask_zero=True)
    cut = SMALL.replace(sequences=3, timesteps=5, units=(5, 4), cell=("SimpleRNN", "LSTM"))
    for stateful in (False, True):
        for signal in ("uniform", "sine", "tokens", "sunspots"):
            yield (
                f"three sequences of {signal}, stateful={stateful}",
                cut.replace(signal=signal, stateful=stateful, vocabulary_size=20),
            )
        yield (
            f"three sequences, last states, stateful={stateful}",
            cut.replace(stateful=stateful, return_sequences=(True, False), dense_units=2),
        )


def _returning_states():
    """The last state besides the output, of each kind of state, and cut into sequences."""
    returning = SMALL.replace(return_state=True)
    yield "returns state", returning
    yield (
        "returns state, last output, float32",
        returning.replace(
            return_sequences=False, dtype="float32", signal="tokens", vocabulary_size=20
        ),
    )
    for cell in ("LSTM", "GRU", "LeakyRNN"):
        stacked = returning.replace(units=(5, 4), cell=cell, weight_scale=0.3, dense_units=2)
        yield f"returns state, {cell}", stacked
        yield f"returns state, {cell}, both ways", stacked.replace(bidirectional=True)
        yield (
            f"returns state, {cell} relu, backwards",
            stacked.replace(activation="relu", go_backwards=(False, True)),
        )
    cut = returning.replace(sequences=3, timesteps=5, units=(5, 4), cell=("SimpleRNN", "LSTM"))
    for stateful in (False, True):
        yield f"returns state, three sequences, stateful={stateful}", cut.replace(stateful=stateful)


def _varied():
    for name, experiment in NOTES_MODELS.items():
        # Over 100 timesteps the roundings of float32 grow past 1e-6 in four orthogonal layers.
        yield name, experiment.replace(timesteps=10)
    for signal in SIGNALS:
        yield f"signal {signal}", SMALL.replace(signal=signal, signal_amplitude=0.7)
    for activation in DRAWN_ACTIVATIONS:
        yield f"activation {activation}", SMALL.replace(activation=activation)
    for name in INITIALIZERS:
        bias = "ones" if name in ("identity", "orthogonal") else name
        yield (
            f"initialiser {name}",
            SMALL.replace(
                kernel_initializer=name,
                recurrent_initializer=name,
                bias_initializer=bias,
                embeddings_initializer=name,
                signal="tokens",
                vocabulary_size=30,
                weight_scale=0.5,
            ),
        )
    for cell in CELLS:
        each = SMALL.replace(cell=cell, weight_scale=0.3)
        yield f"{cell}", each
        yield f"{cell} backwards, float32", each.replace(go_backwards=True, dtype="float32")
        yield f"{cell} both ways", each.replace(bidirectional=True, return_sequences=False)
        yield f"{cell} relu", each.replace(activation="relu", recurrent_activation="tanh")
        yield f"{cell} stacked", each.replace(units=(5, 4), **_two_values(CELLS[cell]))
    yield "reset before", SMALL.replace(cell="GRU", reset_after=False)
    yield "forget gate as drawn", SMALL.replace(cell="LSTM", unit_forget_bias=False)
    gains = {"input_gain": 2.0, "recurrent_gain": 0.5}
    yield "gains", SMALL.replace(**gains, spectral_radius=0.9, units=(4, 3), weight_scale=1.0)
    yield "radius of nothing", SMALL.replace(recurrent_initializer="zeros", spectral_radius=0.9)
    text = 'she said "나는 \\ {x}" \u202e%'
    yield "hostile text", SMALL.replace(signal="text", text=text)
    yield "words", SMALL.replace(signal="text", text=text, split="whitespace")
    yield from _masked_and_cut()
    yield from _returning_states()
    for activation in DRAWN_HEAD_ACTIVATIONS:
        head = {"dense_units": 2, "dense_activation": activation}
        yield f"head {activation}", SMALL.replace(**head, dtype="float32")
        yield (
            f"head {activation}, last output",
            SMALL.replace(
                **head, return_sequences=False, cell="LSTM", bidirectional=activation == "sigmoid"
            ),
        )
    for seed in range(24):
        yield f"stack {seed}", random_experiment(seed)


VARIED = dict(_varied())

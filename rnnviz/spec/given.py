"""A network or inputs from a file, and the recipe that goes with them.

Where a network is given, the recipe still says what it reads (unless inputs are given too), at
which weight scale, gains and precision; the knobs that draw weights mean nothing then.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from rnnviz.engine import Embedding, Inputs, Layer, Network, Run, run
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.run import Progress
from rnnviz.engine.source import Given
from rnnviz.knobs import Problem, shown
from rnnviz.spec.cost import PER_STEP, Cost
from rnnviz.spec.experiment import TABLE, Experiment
from rnnviz.spec.sampling import draw_inputs, draw_tokens
from rnnviz.spec.simulate import build_inputs, build_network

_HASH = re.compile(r"[0-9a-f]{64}")
_NAME_LIMIT = 120

WHAT_IF = ("weight_scale", "input_gain", "recurrent_gain", "dtype")
"""Knobs that act on a network that is given: at their defaults it is as it was trained."""
_MASKING = "mask_zero"
"""Among the knobs of the input, but part of the network: a given one is not masked by it."""
_CARRYING = "stateful"
"""Acts where network and inputs are both drawn: what is given starts each sequence anew."""
INPUT_KNOBS = (
    "timesteps",
    *(
        row.name
        for row in TABLE.values()
        if row.group == "input" and row.name not in ("signal", _MASKING, _CARRYING)
    ),
    "signal",
    "seed",
)
"""Knobs that draw what a network reads."""
_EMBEDDING_KNOBS = ("vocabulary_size", "embeddings_initializer")


def source_of_run(run: Run) -> Experiment | Given:
    """The source of a run, of the two kinds that links and pages know.

    Raises
    ------
    TypeError
        Where the run was made with a source of another kind.
    """
    if not isinstance(run.source, Experiment | Given):
        raise TypeError(f"The run's source is {run.source!r}, neither an Experiment nor Given.")
    return run.source


def recipe_of(source: Experiment | Given) -> Experiment:
    """The recipe of a source: itself, or the one that goes with the files."""
    if isinstance(source, Experiment):
        return source
    return source.recipe if source.recipe is not None else Experiment()


def with_recipe(source: Experiment | Given, recipe: Experiment) -> Experiment | Given:
    """The same files with another recipe."""
    if isinstance(source, Experiment):
        return recipe
    return dataclasses.replace(source, recipe=recipe)


def acting_knobs(source: Experiment | Given) -> tuple[str, ...]:
    """Names of the knobs that change what is computed from a source."""
    if isinstance(source, Experiment):
        return tuple(TABLE)
    drawn = [] if source.inputs else list(INPUT_KNOBS)
    if not source.network:
        # The network is drawn: only what its inputs bring is settled.
        settled = {*INPUT_KNOBS, "input_features", _CARRYING} - {"seed", *_EMBEDDING_KNOBS}
        return tuple(name for name in TABLE if name not in settled)
    return tuple(
        name for name in TABLE if name in (*WHAT_IF, *drawn) and name not in _EMBEDDING_KNOBS
    )


def acting_pairs(source: Given) -> list[tuple[str, str]]:
    """The (link name, text) pairs of the knobs that act on what is given."""
    names = {TABLE[name].link for name in acting_knobs(source)}
    return [(name, text) for name, text in recipe_of(source).pairs() if name in names]


def given_of(pairs: list[tuple[str, str]], recipe: Experiment) -> tuple[Given, list[Problem]]:
    """The source of a link that names files, and what was wrong with the names."""
    problems, values = [], dict(pairs)
    for name in ("network", "inputs"):
        text = values.get(name, "")
        if text and not _HASH.fullmatch(text):
            problems.append(Problem("not_a_hash", (("name", name), ("value", shown(text)))))
            values[name] = ""
    named = {name: _plain(values.get(name, "")) for name in ("network_name", "inputs_name")}
    given = Given(values.get("network", ""), values.get("inputs", ""), **named, recipe=recipe)
    return given, problems


def _plain(text: str) -> str:
    """A file name fit to be shown, of bounded length."""
    return "".join(letter for letter in text if letter.isprintable())[:_NAME_LIMIT]


def simulate_given(
    recipe: Experiment,
    network: Network | None = None,
    inputs: Inputs | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a given network on drawn inputs, a drawn network on given inputs, or both given.

    Raises
    ------
    ValueError
        Where the inputs do not fit the network; the sentence says how.
    ExperimentError
        Where the recipe cannot be, e.g. because the run would be too long.
    """
    given_network, given_inputs = network, inputs
    if network is None:
        network = build_network(_reading(recipe, inputs))
    else:
        network = what_if(network, recipe)
    if inputs is None:
        inputs = _drawn_inputs(recipe, network)
    source = Given(
        given_network.sha256 if given_network else "",
        given_inputs.sha256 if given_inputs else "",
        given_network.name if given_network else "",
        given_inputs.name if given_inputs else "",
        recipe,
    )
    return run(network, inputs, source=source, progress=progress)


def _reading(recipe: Experiment, inputs: Inputs | None) -> Experiment:
    """The recipe of a network that can read these inputs."""
    if inputs is None:
        return recipe
    values = inputs.values
    if values.dtype.kind in "iu" and values.ndim < 3 and inputs.vocabulary:
        size = max(recipe.vocabulary_size, int(values.max()) + 1)
        return recipe.replace(signal="tokens", vocabulary_size=size, timesteps=values.shape[-1])
    return recipe.replace(
        signal="uniform", input_features=values.shape[-1], timesteps=values.shape[-2]
    )


def _drawn_inputs(recipe: Experiment, network: Network) -> Inputs:
    """Inputs that the recipe draws and the network can read."""
    if network.embedding is None:
        signal = "uniform" if recipe.signal in ("tokens", "text") else recipe.signal
        return Inputs(draw_inputs(recipe.replace(signal=signal), network.input_features))
    if recipe.signal == "text":
        return build_inputs(recipe)
    size = network.embedding.input_dim
    return Inputs(draw_tokens(recipe.replace(signal="tokens"), max(2, size)))


def what_if(network: Network, recipe: Experiment) -> Network:
    """The network at the recipe's weight scale, gains and dtype; itself where all are as trained.

    Gains and scale act as on drawn weights: the kernel is multiplied by input gain and weight
    scale, the recurrent kernel by recurrent gain and weight scale, the bias by the weight scale.
    Embedding and head stay as they are.
    """
    plain = Experiment()
    if all(getattr(recipe, name) == getattr(plain, name) for name in WHAT_IF[:3]) and (
        recipe.dtype == plain.dtype or network.dtype == recipe.dtype
    ):
        return network
    dtype = network.dtype if recipe.dtype == plain.dtype else np.dtype(recipe.dtype)
    layers = []
    for index, layer in enumerate(network.layers):
        factors = _factors(recipe, index)
        layers.append(
            dataclasses.replace(
                layer,
                forward=_scaled(layer.forward, factors, dtype),
                backward=layer.backward and _scaled(layer.backward, factors, dtype),
            )
        )
    embedding = network.embedding
    if embedding is not None:
        embedding = Embedding(embedding.embeddings.astype(dtype), embedding.mask_zero)
    return dataclasses.replace(network, layers=tuple[Layer, ...](layers), embedding=embedding)


def _factors(recipe: Experiment, layer: int) -> dict[str, float]:
    def of_layer(value: float | tuple[float, ...]) -> float:
        return value[min(layer, len(value) - 1)] if isinstance(value, tuple) else value

    scale = recipe.weight_scale
    return {
        "kernel": scale * of_layer(recipe.input_gain),
        "recurrent_kernel": scale * of_layer(recipe.recurrent_gain),
        "bias": scale,
    }


def _scaled(cell: RecurrentCell, factors: dict[str, float], dtype: np.dtype) -> RecurrentCell:
    arrays = {
        name: (getattr(cell, name) * factor).astype(dtype)
        for name, factor in factors.items()
        if hasattr(cell, name)
    }
    return dataclasses.replace(cell, **arrays)


def seconds_of(run: Run) -> float:
    """How long a run takes again on a slow laptop, roughly."""
    return _cost(run.network, run.timesteps * run.trials).seconds


def cost_of_given(recipe: Experiment, network: Network | None, inputs: Inputs | None) -> Cost:
    """What `simulate_given` costs, roughly."""
    timesteps = recipe.timesteps
    if inputs is not None:
        axes = 1 if inputs.values.dtype.kind in "iu" and inputs.vocabulary else 2
        timesteps = int(np.prod(inputs.values.shape[: 1 + (inputs.values.ndim > axes)]))
    if network is None:
        return dataclasses.replace(recipe.cost, timesteps=max(timesteps, recipe.timesteps))
    return _cost(network, timesteps)


def _cost(network: Network, timesteps: int) -> Cost:
    recurrent = sum(layer.parameter_count for layer in network.layers)
    states = sum(layer.output_features for layer in network.layers)
    return Cost(
        timesteps=timesteps,
        inputs=network.input_features,
        states=states,
        products=recurrent,
        loops=len(network.layers) * PER_STEP,
        preparation=0.0,
    )

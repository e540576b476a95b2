"""The first half of a program for a given network: its arrays come from a file beside it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from rnnviz.codegen.architecture import Architecture, architecture
from rnnviz.codegen.programs.origin import Origin, part_names, weight_names
from rnnviz.engine import Network
from rnnviz.engine.run import Run

EXAMPLE_TIMESTEPS = 20
"""Length of the input that a program of a network without inputs reads, for something to read."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """A network and one sequence that it reads, as a program loads them.

    Parameters
    ----------
    network : Network
    values : ndarray (timesteps, features) or (timesteps,)
        What it reads: numbers, or tokens.
    key : str
        Tells it from all others; part of the file's name.
    comment : tuple of str
        What the program is, line by line.
    """

    network: Network
    values: np.ndarray
    key: str
    comment: tuple[str, ...]

    def origin(self, framework: str) -> Origin:
        """Return what the program needs besides its layers."""
        made = architecture(self.network)
        inputs = [
            f'with np.load("{self.file_name(framework)}") as packed:  # lies beside this program',
            "    arrays = dict(packed)",
        ]
        if made.embedding is not None:
            inputs.append('tokens, E = arrays["tokens"], arrays["E"]')
        else:
            inputs.append('inputs = arrays["inputs"]')
        weights = ["# In Keras's layout: W (features, units), U (units, units), by gate."]
        for names in weight_variables(made):
            listed = ", ".join(f'"{name}"' for name in names)
            weights.append(f"{', '.join(names)} = (arrays[name] for name in ({listed}))")
        vocabulary = "" if made.embedding is None else f"{made.embedding[0]}"
        return Origin(
            architecture=made,
            comment=self.comment,
            settings=(),
            functions=(),
            inputs=(*inputs, ""),
            weights=(*weights, ""),
            features=str(made.input_features),
            vocabulary=vocabulary,
        )

    def file_name(self, framework: str) -> str:
        """Return the name of the file of arrays; no two programs share one."""
        return f"rnnviz_{framework}_{self.key}.npz"

    def file(self) -> bytes:
        """Return the arrays, each under its name in the program, as NumPy's NPZ."""
        network, made = self.network, architecture(self.network)
        arrays = {"inputs" if made.embedding is None else "tokens": self.values}
        if network.embedding is not None:
            arrays["E"] = network.embedding.embeddings
        names = [name for group in weight_variables(made) for name in group]
        weights = [array for key, array in network.weights.items() if key != _EMBEDDINGS]
        arrays |= dict(zip(names, weights, strict=True))
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **arrays)
        return packed.getvalue()


_EMBEDDINGS = "embedding/embeddings"


def weight_variables(made: Architecture) -> list[tuple[str, ...]]:
    """Return the variables of all weights but the Embedding's, in the order of the network's."""
    names: list[tuple[str, ...]] = []
    for index in range(len(made.layers)):
        names += [part_names(made, index, place) for place in range(len(made.before[index]))]
        names += weight_names(made, index)
    return [*names, *(part_names(made, None, place) for place in range(len(made.head)))]


def loaded(model: Network | Run) -> Loaded:
    """Return what a program of a network or of a run loads.

    Of several trials it reads the first; ``run.trial(i)`` gives the others. A network alone is
    given random numbers to read, or random tokens.

    Raises
    ------
    ValueError
        If the run began with another state than zeros, which a program would not repeat.
    """
    if isinstance(model, Network):
        return _with_example(model)
    run = model.trial(0)
    traces = [layer.trace for layer in run.layers]
    traces += [layer.backward for layer in run.layers if layer.backward is not None]
    if any(trace.initial_state.any() for trace in traces):
        raise ValueError(
            "A program begins with a state of zeros, but this run began with another; run the "
            "network without an initial state."
        )
    comment: tuple[str, ...] = (
        "A recurrent network in {framework}: prints the numbers that rnnviz shows for",
        "?" + run.source.to_query().replace("{", "{{").replace("}", "}}"),
    )
    if model.has_trials or run.trial_index is not None:
        number = 1 + (run.trial_index or 0)
        comment += (f"Trial {number} of those that were run.",)
    values = run.inputs if run.token_numbers is None else run.token_numbers
    key = f"{run.network.sha256[:12]}_{run.data.sha256[:8]}"
    if run.trial_index is not None or model.has_trials:
        key += f"_{1 + (run.trial_index or 0)}"
    return Loaded(run.network, values, key, comment)


def _with_example(network: Network) -> Loaded:
    random = np.random.default_rng(0)
    values: np.ndarray
    if network.embedding is not None:
        values = random.integers(network.embedding.input_dim, size=EXAMPLE_TIMESTEPS)
    else:
        values = random.standard_normal((EXAMPLE_TIMESTEPS, network.input_features))
        values = values.astype(network.dtype)
    comment = (
        "A recurrent network in {framework}, on numbers drawn at random for something to read:",
        f"network {network.sha256}",
    )
    return Loaded(network, values, f"{network.sha256[:12]}_example", comment)

"""What a run costs, known before it starts, so that a run that is too much is never begun."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.engine import CELLS
from rnnviz.knobs import Problem
from rnnviz.spec.shapes import dense_size, embedding_size, gate_count, output_features, weight_count

INPUTS_LIMIT = 40_000_000
"""Most numbers that a run may read; as float64 they take 320 MB."""
PRODUCTS_LIMIT = 25_000_000_000
"""Most multiplications that a run may take: some seconds on a fast machine, half a minute on a
slow one."""

# Seconds on a slow laptop: measured on a fast machine, then multiplied by four. An estimate that
# is too long costs nothing.
PER_STEP, _PER_NUMBER, _PER_PRODUCT, _PER_WEIGHT = 8e-6, 3e-8, 4e-10, 4e-8
_PER_CUBE = {"orthogonal": 6e-10, "spectral_radius": 3e-9}


@dataclass(frozen=True)
class Cost:
    """The cost of a run.

    Parameters
    ----------
    timesteps : int
        How many timesteps the run takes, over all its sequences.
    inputs, states, products : int
        Of one timestep: numbers read, numbers computed, multiplications.
    loops, preparation : float
        Seconds on a slow laptop: what the loops take a timestep beside their arithmetic, and what
        drawing the weights takes.
    sequences : int
        How many sequences it reads.
    """

    timesteps: int
    inputs: int
    states: int
    products: int
    loops: float
    preparation: float
    sequences: int = 1

    @property
    def seconds(self) -> float:
        """How long the run takes on a slow laptop, roughly."""
        numbers = self.inputs + self.states
        per_step = self.loops + numbers * _PER_NUMBER + self.products * _PER_PRODUCT
        return self.timesteps * per_step + self.preparation

    @property
    def nbytes(self) -> int:
        """Bytes of inputs, states and pre-activations as float64; weights are small beside them."""
        return 8 * self.timesteps * (self.inputs + 2 * self.states)


def cost_of(experiment, layers) -> Cost:
    """Return what a stack of layers costs to run; every weight multiplies once a timestep.

    Parameters
    ----------
    experiment : Experiment
        Its timesteps, input features, embedding and head count.
    layers : sequence of LayerSpec
        Its layers, from the input up.
    """
    states, weights, loops, cubes = 0, 0, 0, 0.0
    features = experiment.input_features
    for layer in layers:
        directions = 2 if layer.bidirectional else 1
        states += output_features(layer) * gate_count(layer.cell)
        weights += weight_count(layer, features)
        loops += directions
        cubes += directions * _decompositions(layer)
        features = output_features(layer)
    states += experiment.dense_units
    weights += dense_size(experiment, layers)
    return Cost(
        timesteps=experiment.timesteps * experiment.sequences,
        inputs=experiment.input_features,
        states=states,
        products=weights,
        loops=loops * PER_STEP,
        preparation=cubes + (weights + embedding_size(experiment)) * _PER_WEIGHT,
        sequences=experiment.sequences,
    )


def cost_problems(cost: Cost) -> list[Problem]:
    """Return a problem if a run is too much, naming the number to lower and to what."""
    for key, each, limit in (
        ("too_many_inputs", cost.inputs, INPUTS_LIMIT),
        ("too_much_work", cost.products, PRODUCTS_LIMIT),
    ):
        count, timesteps = cost.timesteps * each, limit // each // cost.sequences
        if count > limit:
            fields = {"count": count, "limit": limit, "timesteps": timesteps}
            texts = tuple((name, f"{value:,}") for name, value in fields.items())
            return [Problem(key, texts, (("timesteps", timesteps),))]
    return []


def _decompositions(layer) -> float:
    """Return the seconds that eigenvalues and orthogonal matrices take; both grow as units³."""
    if "recurrent_kernel" not in CELLS[layer.cell].weight_names():
        return 0.0
    rescaled = layer.spectral_radius is not None
    each = _PER_CUBE["spectral_radius"] * rescaled + _PER_CUBE.get(layer.recurrent_initializer, 0)
    return each * layer.units**3

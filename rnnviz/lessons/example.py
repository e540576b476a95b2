"""A trained network and its data that come with rnnviz, for lessons about files.

They are files as a visitor has them, and are read as a visitor's are: the network is a GRU of 16
units that Keras trained to hold the sign of the last pulse, saved by ``model.save``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rnnviz.engine import Inputs, Network, Run
from rnnviz.engine.source import Given
from rnnviz.readers import read_inputs, read_network
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import recipe_of, simulate_given

FOLDER = Path(__file__).with_name("files")
EXAMPLES = {"example_network": "one_bit.keras", "example_data": "pulses.npz"}
"""Names that a lesson's file uses for them, and their files."""


def content_of(example: str) -> bytes:
    """Return the bytes of an example, by its name in lessons."""
    return (FOLDER / EXAMPLES[example]).read_bytes()


@cache
def example_network() -> Network:
    """Return the network: Keras's GRU of 16 units and a Dense layer."""
    return read_network(content_of("example_network"), EXAMPLES["example_network"]).network


@cache
def example_inputs() -> Inputs:
    """Return its data: trials of pulses, labelled by the sign that is to be held at the end."""
    return read_inputs(content_of("example_data"), EXAMPLES["example_data"]).inputs


def with_example(source: Experiment | Given, example: str) -> Given:
    """Return a source with an example opened; the data brings the network that can read it."""
    network = example_network()
    before = source if isinstance(source, Given) else Given("", "")
    inputs = example_inputs() if example == "example_data" else None
    if inputs is None and before.inputs == example_inputs().sha256:
        inputs = example_inputs()
    return Given(
        network.sha256,
        inputs.sha256 if inputs else "",
        network.name,
        inputs.name if inputs else "",
        recipe_of(source),
    )


def run_of_examples(source: Given) -> Run:
    """Return the run of a source whose files are the examples.

    Raises
    ------
    ValueError
        Where it names other files: those are their visitor's alone.
    """
    network, inputs = network_by_hash(source.network), inputs_by_hash(source.inputs)
    if (source.network and network is None) or (source.inputs and inputs is None):
        raise ValueError(f"{source.network_name} {source.inputs_name} is no example of rnnviz.")
    return simulate_given(recipe_of(source), network, inputs)


def network_by_hash(sha256: str) -> Network | None:
    """Return the example with this hash; None for any other."""
    return example_network() if sha256 and sha256 == example_network().sha256 else None


def inputs_by_hash(sha256: str) -> Inputs | None:
    """Return the example with this hash; None for any other."""
    return example_inputs() if sha256 and sha256 == example_inputs().sha256 else None

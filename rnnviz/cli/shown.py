"""One thing that is meant on the command line, and how to look at it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Network
from rnnviz.engine.run import Progress, Run
from rnnviz.engine.source import Source
from rnnviz.link import Link
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import simulate_given
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate


class Misunderstood(Exception):  # noqa: N818 - it becomes a line on stderr
    """The command, a link or a file cannot be read; its text says why, in one line."""


@dataclass(frozen=True)
class Shown:
    """One thing that is meant, and how to look at it.

    Parameters
    ----------
    link : Link
        Its source and perspective.
    address : str
        Where the link leads, without its query; "" for a query alone.
    network, inputs : Network, Inputs or None
        What was read from files.
    """

    link: Link
    address: str = ""
    network: Network | None = None
    inputs: Inputs | None = None

    @property
    def source(self) -> Source:
        """What is computed; equal sources have equal numbers."""
        return self.link.source

    @property
    def experiment(self) -> Experiment:
        """The recipe."""
        return self.link.experiment

    @property
    def perspective(self) -> Perspective:
        """How it is looked at."""
        return self.link.perspective

    def run(self, progress: Progress | None = None) -> Run:
        """Compute it; ExperimentError or ValueError where the files do not fit together."""
        if self.network is None and self.inputs is None:
            return simulate(self.experiment, progress)
        return simulate_given(self.experiment, self.network, self.inputs, progress)

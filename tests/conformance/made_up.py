"""A cell that the package does not have, as its author would write it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.engine.cells.facts import StepText
from rnnviz.engine.cells.gated import GatedCell
from rnnviz.engine.cells.recurrence import gate_blocks, recurrent_product, transposed_blocks


@dataclass(frozen=True, eq=False)
class UpdateGateRNN(GatedCell):
    """One gate between the old state and a candidate (Collins et al. 2017, UGRNN).

    g = ρ(x·K_g + b_g + h·R_g), c = act(x·K_c + b_c + h·R_c), h' = g∘h + (1 − g)∘c.
    """

    order: ClassVar[int] = 90
    gate_names: ClassVar[tuple[str, ...]] = ("g", "c")
    candidate: ClassVar[str] = "c"
    structure: ClassVar[str] = "gated"

    @classmethod
    def step_text(cls, settings):
        step = """
g, c = split(projected_t + state_t @ U, 2)
g = {recurrent_activation}(g)
output_t = g * state_t + (1 - g) * {activation}(c)
"""
        return StepText("update_gate_rnn", step)

    def gates(self, preactivations):
        g, c = gate_blocks(preactivations, 2)
        return {"g": self._recurrent_activation.apply(g), "c": self._activation.apply(c)}

    def carried(self, gates, states):
        return [gates["g"]]

    def step(self, projected, state):
        with np.errstate(all="ignore"):
            g, c = self._gates_after(projected, state)
            return g * state + (1 - g) * c

    def jacobian(self, projected, state):
        with np.errstate(all="ignore"):
            g, _ = self._gates_after(projected, state)
            through = self._through(projected, state, self.recurrent_kernel)
            return through + g[..., None] * np.eye(self.units, dtype=self.dtype)

    def input_jacobian(self, projected, state):
        with np.errstate(all="ignore"):
            return self._through(projected, state, self.kernel)

    def _gates_after(self, projected, state):
        return self.gates(projected + recurrent_product(state, self.recurrent_kernel)).values()

    def _through(self, projected, state, matrix):
        g, c = self._gates_after(projected, state)
        by_g, by_c = transposed_blocks(matrix, 2, g.ndim + 1)
        kept = (state - c) * self._recurrent_activation.slope(g)
        new = (1 - g) * self._activation.slope(c)
        return kept[..., None] * by_g + new[..., None] * by_c


WORDS = {
    "choice.UpdateGateRNN": "UpdateGateRNN",
    "layers.UpdateGateRNN_g": "update gate g",
    "layers.UpdateGateRNN_c": "candidate c̃",
    "summary.letters_updategaternn": "{formula}: as a SimpleRNN, twice.",
}
"""What a file of words would hold, under the keys that every cell needs."""

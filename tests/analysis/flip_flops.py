"""Networks that hold one, two and three bits, trained by rnnviz: their memories are known before.

Each bit is the sign of the last pulse on its line (Sussillo & Barak, Neural Computation 25, 2013).
A network that has learnt it keeps a state for each of the 2ⁿ answers while nothing comes in, and
whatever it can rest in stably is one of them: as many stable fixed points, one for each corner.

    python -m tests.analysis.flip_flops      writes flip_flops.npz, in about half a minute

The file holds the weights as float32 numbers; with another NumPy or processor training may end in
others, which hold the same bits.
"""

import sys
from pathlib import Path

import numpy as np

from rnnviz.engine import CELLS, Dense, Layer, Network
from rnnviz.learn import TaskSettings
from rnnviz.learn.tasks.flip_flop import FlipFlop
from rnnviz.learn.tasks.task import Batch
from rnnviz.learn.trainer import Trainer, TrainerSettings

FILE = Path(__file__).with_name("flip_flops.npz")
SIZES = {("SimpleRNN", 1): 4, ("SimpleRNN", 2): 12, ("SimpleRNN", 3): 24, ("GRU", 2): 10}
"""Units of the network of each cell and number of bits."""
STEPS = 1500


class Bits(FlipFlop):
    """The task with as many lines as are wanted."""

    def __init__(self, bits: int) -> None:
        super().__init__(TaskSettings(timesteps=40))
        self.features = self.outputs = bits

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        shape = (batch, self.timesteps, self.features)
        pulsed = generator.random(shape) < 0.1
        pulsed[:, 0] = True
        pulses = pulsed * (2.0 * generator.integers(2, size=shape) - 1)
        last = np.maximum.accumulate(pulsed * np.arange(self.timesteps)[:, None], axis=1)
        return Batch(pulses, np.take_along_axis(pulses, last, axis=1))


def untrained(cell: str, bits: int, units: int) -> Network:
    kind, generator = CELLS[cell], np.random.default_rng(bits)
    settings = {one.name: one.default for one in kind.settings}
    shapes = kind.weight_shapes(units, bits, settings)
    arrays = {
        name: generator.normal(0, 0 if name == "bias" else units**-0.5, shape)
        for name, shape in shapes.items()
    }
    head = Dense(generator.normal(0, units**-0.5, (units, bits)), np.zeros(bits), "linear")
    return Network((Layer(kind.build(arrays, settings), None, True),), None, (head,))


def trained(cell: str, bits: int) -> Network:
    settings = TrainerSettings(learning_rate=5e-3, steps=STEPS, schedule="cosine")
    trainer = Trainer(untrained(cell, bits, SIZES[cell, bits]), Bits(bits), settings)
    while not trainer.done:
        trainer.advance()
    last = trainer.checkpoints[-1]
    print(f"{cell}, {bits} bits: loss {last.loss:.2g}, bits right {last.measure:.4f}")
    return trainer.network_at(last)


def shipped() -> dict[tuple[str, int], Network]:
    """The networks of the file."""
    with np.load(FILE) as arrays:
        return {
            (cell, bits): _with_weights(
                untrained(cell, bits, units),
                [arrays[f"{cell}_{bits}_{index}"].astype(np.float64) for index in range(5)],
            )
            for (cell, bits), units in SIZES.items()
        }


def _with_weights(network: Network, weights: list[np.ndarray]) -> Network:
    kernel, recurrent, bias, head_kernel, head_bias = weights
    old = network.layers[0].forward
    known = {id(old.kernel): kernel, id(old.recurrent_kernel): recurrent, id(old.bias): bias}
    cell = old.with_arrays(lambda array: known[id(array)])
    return Network((Layer(cell, None, True),), None, (Dense(head_kernel, head_bias, "linear"),))


def main() -> int:
    arrays = {}
    for cell, bits in SIZES:
        network = trained(cell, bits)
        layer, head = network.layers[0].forward, network.head[0]
        weights = (layer.kernel, layer.recurrent_kernel, layer.bias, head.kernel, head.bias)
        for index, weight in enumerate(weights):
            arrays[f"{cell}_{bits}_{index}"] = weight.astype(np.float32)
    np.savez_compressed(FILE, **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())

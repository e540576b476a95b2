"""A training step against PyTorch's: batch 64 of (100, 32 → 64), one thread, Adam, one output.

    python -m tests.benchmarks.learn

Both draw nothing: forward, mean squared error at every timestep, back, update. The bare products
are the matrix products that our step cannot do without, in the same layout and nothing else; no
program of ours can be faster. Rounds of the two alternate, and the best of each counts, in seconds
of this process on the one thread: what else the machine does is not measured.
"""

# ruff: noqa: E402 - the environment is set before the imports that read it

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import time
from collections.abc import Callable

import numpy as np

from rnnviz.learn.backpropagation import Backpropagation
from rnnviz.learn.losses import loss_named
from rnnviz.learn.optimizers import OPTIMIZERS, OptimizerSettings
from rnnviz.learn.parameters import Parameters
from tests.learn.networks import random_network

BATCH, TIMESTEPS, FEATURES, UNITS = 64, 100, 32, 64
ROUNDS = 25


def ours(name: str, dtype: type, inputs: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    """Return one training step of ours."""
    network = random_network((name,), FEATURES, UNITS, 1, dtype=dtype)
    parameters = Parameters(network)
    passes = Backpropagation(parameters, TIMESTEPS, BATCH)
    loss = loss_named("mean_squared_error")
    optimizer = OPTIMIZERS["adam"](parameters.values.size, parameters.dtype, OptimizerSettings())
    wanted = targets.transpose(1, 2, 0)

    def step() -> None:
        _, deltas = loss(passes.forward(inputs), wanted)
        passes.backward(deltas)
        optimizer.update(parameters.values, parameters.gradient, 1e-3)

    return step


def pytorch(name: str, inputs: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    """Return one training step of PyTorch."""
    import torch

    torch.set_num_threads(1)
    x, y = torch.from_numpy(inputs), torch.from_numpy(targets)
    kind = {"SimpleRNN": "RNN"}.get(name, name)
    layer = getattr(torch.nn, kind)(FEATURES, UNITS, batch_first=True, dtype=x.dtype)
    head = torch.nn.Linear(UNITS, 1, dtype=x.dtype)
    optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()])

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(head(layer(x)[0]), y).backward()
        optimizer.step()

    return step


def products(name: str, dtype: type) -> Callable[[], None]:
    """Return the three products of each timestep: forward, back through R, into the gradient."""
    columns = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[name] * UNITS
    generator = np.random.default_rng(0)
    rows = FEATURES + UNITS + 1
    weights, reads, errors = (
        generator.normal(size=shape).astype(dtype)
        for shape in ((rows, columns), (rows, BATCH), (columns, BATCH))
    )
    across, recurrent = weights.T, weights[FEATURES : FEATURES + UNITS]
    z, back, gradient = (
        np.empty(shape, dtype) for shape in ((columns, BATCH), (UNITS, BATCH), (rows, columns))
    )

    def step() -> None:
        for _ in range(TIMESTEPS):
            np.dot(across, reads, z)
            np.dot(recurrent, errors, back)
            np.dot(reads, errors.T, gradient)

    return step


def best(steps: list[Callable[[], None]]) -> list[float]:
    """Return the least seconds of each, the rounds of all taken in turn."""
    least = [float("inf")] * len(steps)
    for _ in range(ROUNDS):
        for index, step in enumerate(steps):
            began = time.process_time()
            step()
            least[index] = min(least[index], time.process_time() - began)
    return least


def main() -> None:
    """Print the table."""
    generator = np.random.default_rng(0)
    print("cell       dtype    ours ms  PyTorch ms  ours/PyTorch  bare products ms")
    for dtype in (np.float32, np.float64):
        inputs = generator.normal(size=(BATCH, TIMESTEPS, FEATURES)).astype(dtype)
        targets = generator.normal(size=(BATCH, TIMESTEPS, 1)).astype(dtype)
        for name in ("SimpleRNN", "LSTM", "GRU"):
            steps = [ours(name, dtype, inputs, targets), products(name, dtype)]
            try:
                steps.append(pytorch(name, inputs, targets))
            except ImportError:
                steps.append(lambda: None)
            mine, bare, theirs = (1000 * seconds for seconds in best(steps))
            ratio = mine / theirs if theirs > 0.01 else float("nan")
            print(
                f"{name:10} {np.dtype(dtype).name:8} {mine:7.2f} {theirs:11.2f} {ratio:13.2f} "
                f"{bare:17.2f}"
            )


if __name__ == "__main__":
    main()

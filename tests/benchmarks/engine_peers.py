"""The engine and its peers, each running the same weights over the same inputs.

Every contender is ``contender(problem) -> run``: setting up is not timed, ``run()`` returns the
states as a NumPy array (timesteps, units) or (batch, timesteps, units). A contender raises
ImportError where its library is absent and NotImplementedError where it has no such cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.engine import CELLS, INITIALIZERS, unroll

Run = Callable[[], np.ndarray]


@dataclass(frozen=True)
class Problem:
    """A cell with seeded weights, and the inputs to run it over."""

    cell: str
    timesteps: int
    features: int
    units: int
    batch: int | None
    dtype: str

    @property
    def name(self) -> str:
        batch = "" if self.batch is None else f"{self.batch}×"
        return f"{self.cell} {batch}({self.timesteps}, {self.features}, {self.units}) {self.dtype}"

    @property
    def inputs(self) -> np.ndarray:
        shape = (self.timesteps, self.features)
        shape = shape if self.batch is None else (self.batch, *shape)
        return np.random.default_rng(1).random(shape).astype(self.dtype)

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Kernel, recurrent kernel and bias in Keras layout; the network neither dies nor blows."""
        generator, width = np.random.default_rng(0), CELLS[self.cell].gate_count() * self.units
        shapes = {
            "glorot_uniform": (self.features, width),
            "orthogonal": (self.units, width),
            "random_uniform": (2, width) if self.cell == "GRU" else (width,),
        }
        return tuple(
            INITIALIZERS[name](generator, shape, self.dtype) for name, shape in shapes.items()
        )


def rnnviz(problem: Problem) -> Run:
    layer, inputs = CELLS[problem.cell](*problem.weights), problem.inputs
    return lambda: unroll(layer, inputs).states


def lecture_loop(problem: Problem) -> Run:
    """The listing of the lecture, word for word, once a sequence."""
    if problem.cell != "SimpleRNN":
        raise NotImplementedError
    kernel, recurrent_kernel, b = problem.weights
    W, U = np.ascontiguousarray(kernel.T), np.ascontiguousarray(recurrent_kernel.T)
    inputs = problem.inputs

    def one(sequence):
        state_t = np.zeros((len(b),), dtype=b.dtype)
        suc_outputs = []
        for input_t in sequence:
            output_t = np.tanh(np.dot(W, input_t) + np.dot(U, state_t) + b)
            suc_outputs.append(output_t)
            state_t = output_t
        return np.stack(suc_outputs, axis=0)

    if problem.batch is None:
        return lambda: one(inputs)
    return lambda: np.stack([one(sequence) for sequence in inputs])


def torch_module(problem: Problem):
    """The PyTorch module of a problem: weights transposed, gates in PyTorch's order."""
    import torch

    torch.set_num_threads(1)
    names = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}
    # Keras's order of gates → PyTorch's: i, f, c, o stay; z, r, h become r, z, n.
    order = {"SimpleRNN": [0], "LSTM": [0, 1, 2, 3], "GRU": [1, 0, 2]}[problem.cell]
    dtype = getattr(torch, problem.dtype)
    module = getattr(torch.nn, names[problem.cell])(
        problem.features, problem.units, batch_first=True, dtype=dtype
    )
    kernel, recurrent_kernel, bias = problem.weights
    biases = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    values = {
        "weight_ih_l0": kernel.T,
        "weight_hh_l0": recurrent_kernel.T,
        "bias_ih_l0": biases[0],
        "bias_hh_l0": biases[1],
    }
    with torch.no_grad():
        for name, value in values.items():
            blocks = np.split(value, len(order))
            ordered = np.concatenate([blocks[index] for index in order])
            getattr(module, name).copy_(torch.from_numpy(np.ascontiguousarray(ordered)))
    return module


def torch(problem: Problem) -> Run:
    import torch

    module, inputs = torch_module(problem), torch.from_numpy(problem.inputs)

    def run():
        with torch.inference_mode():
            return module(inputs)[0].numpy()

    return run


def reservoirpy(problem: Problem) -> Run:
    from reservoirpy.nodes import Reservoir

    if problem.cell != "SimpleRNN":
        raise NotImplementedError
    kernel, recurrent_kernel, b = problem.weights
    W, U = np.ascontiguousarray(kernel.T), np.ascontiguousarray(recurrent_kernel.T)
    node = Reservoir(W=U, Win=W, bias=b, lr=1.0, activation=np.tanh, dtype=b.dtype)
    inputs = problem.inputs

    def one(sequence):
        if node.initialized:
            node.reset()
        return node.run(sequence)

    if problem.batch is None:
        return lambda: one(inputs)
    return lambda: np.stack([one(sequence) for sequence in inputs])


def jax(problem: Problem) -> Run:
    """A jitted scan; compiled before it is timed."""
    import jax
    import jax.numpy as jnp

    if problem.cell != "SimpleRNN":
        raise NotImplementedError
    jax.config.update("jax_enable_x64", True)
    kernel, recurrent_kernel, bias = (jnp.asarray(array) for array in problem.weights)
    inputs = jnp.asarray(problem.inputs)

    @jax.jit
    def scan(kernel, recurrent_kernel, bias, inputs):
        time_first = jnp.moveaxis(inputs, -2, 0)

        def advance(h, projected):
            h = jnp.tanh(projected + h @ recurrent_kernel)
            return h, h

        initial = jnp.zeros((*inputs.shape[:-2], bias.shape[-1]), inputs.dtype)
        states = jax.lax.scan(advance, initial, time_first @ kernel + bias)[1]
        return jnp.moveaxis(states, 0, -2)

    compiled = scan.lower(kernel, recurrent_kernel, bias, inputs).compile()
    return lambda: np.asarray(compiled(kernel, recurrent_kernel, bias, inputs).block_until_ready())


def bare_calls(problem: Problem) -> Run:
    """The floor: the fewest NumPy calls an LSTM's timestep can be made of, and nothing around them.

    They compute no LSTM. h·R, plus the input, one tanh for all gates, the sigmoids' +1, i∘g and
    f∘c in one product, their halved sum, tanh(c), o∘tanh(c): each on arrays of the right size, on
    the same ones at every timestep, so that nothing is looked up, sliced or kept.
    """
    if problem.cell != "LSTM" or problem.batch is not None:
        raise NotImplementedError
    kernel, recurrent_kernel, bias = problem.weights
    inputs, units = problem.inputs, problem.units
    gates, h, c = np.zeros_like(bias), np.zeros_like(bias[:units]), np.zeros_like(bias[:units])
    products, half = np.zeros((2, units), bias.dtype), np.full(2, 0.5, bias.dtype)
    flat = products.reshape(-1)
    multiply, combine = h.dot, half.dot
    add, times, tanh = np.add, np.multiply, np.tanh

    def run():
        projected = np.add(inputs @ kernel, bias)
        for _ in inputs:
            multiply(recurrent_kernel, gates)
            add(gates, bias, gates)
            tanh(gates, gates)
            add(gates, bias, gates)
            times(flat, flat, flat)
            combine(products, c)
            tanh(c, c)
            times(c, c, c)
        return projected

    return run


PEERS: dict[str, Callable[[Problem], Run]] = {
    "lecture loop": lecture_loop,
    "torch": torch,
    "reservoirpy": reservoirpy,
    "jitted jax": jax,
}

"""Networks of the dynamics tests, and the plain loop that they are judged by."""

import numpy as np

from rnnviz.engine import SimpleRNN, unroll


def autonomous(recurrent_kernel, activation="tanh", bias=None):
    """A network whose input does nothing."""
    units = len(recurrent_kernel)
    bias = np.zeros(units) if bias is None else np.asarray(bias, float)
    return SimpleRNN(np.zeros((1, units)), recurrent_kernel, bias, activation)


def run(layer, steps, initial_state=None):
    return unroll(layer, np.zeros((steps, layer.features)), initial_state)


def gaussian(units, gain, seed=0):
    """N(0, gain²/units) entries."""
    return np.random.default_rng(seed).normal(0, gain / np.sqrt(units), (units, units))


def orthogonal(units, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(units, units)))[0]


def driven(units=6, features=3, steps=12, gain=1.2, seed=0, activation="tanh"):
    """A trace with input, bias and an initial state, nothing special about any of them."""
    random = np.random.default_rng(seed)
    layer = SimpleRNN(
        random.normal(0, 0.5, (features, units)),
        random.normal(0, gain / np.sqrt(units), (units, units)),
        random.normal(0, 0.2, units),
        activation,
    )
    return unroll(layer, random.normal(size=(steps, features)), random.normal(0, 0.3, units))


def gated(cell, units=5, features=3, steps=9, seed=0, **settings):
    """A trace of any cell with input, bias and an initial state."""
    random = np.random.default_rng(seed)
    settings = {one.name: one.default for one in cell.settings} | settings
    shapes = cell.weight_shapes(units, features, settings)
    spread = {"kernel": 0.7, "recurrent_kernel": 0.7, "bias": 0.3}
    arrays = {name: random.normal(0, spread[name], shape) for name, shape in shapes.items()}
    layer = cell.build(arrays, settings)
    start = random.normal(0, 0.5, layer.state_size)
    return unroll(layer, random.normal(size=(steps, features)), start)


def lecture(scale=1.0, seed=0, steps=100):
    """W, U, b and x from U[0, 1), the weights times ``scale``: the lecture's listing."""
    random = np.random.default_rng(seed)
    inputs = random.random((steps, 32))
    W, U, b = random.random((64, 32)), random.random((64, 64)), random.random(64)
    return unroll(SimpleRNN(scale * W.T, scale * U.T, scale * b), inputs)


def dense_jacobians(trace):
    """J_t of every step, from the layer itself."""
    before = np.concatenate([trace.initial_state[None], trace.full_states[:-1]])
    return trace.layer.jacobian(trace.layer.project(trace.inputs), before)


def roll(units):
    """The antisymmetric-roll example, h' = tanh(h @ W)."""
    return np.array([-np.roll(np.linspace(-1, 1, units), -i) for i in range(units)])


def complex_step_jacobian(trace, target, start):
    """∂h_target/∂h_start by the complex step through a plain tanh loop, (units, units).

    Squire and Trapp, SIAM Review 40 (1998) 110-112: no subtraction, so right to the last digits.
    ``start`` = −1 is the initial state.
    """
    layer, tiny = trace.layer, 1e-30
    states = np.concatenate([trace.initial_state[None], trace.full_states])
    h = states[start + 1] + 1j * tiny * np.eye(layer.units)
    for x in trace.inputs[start + 1 : target + 1]:
        h = np.tanh(x @ layer.kernel + layer.bias + h @ layer.recurrent_kernel)
    return h.imag.T / tiny


def complex_step_input_jacobian(trace, target, step):
    """∂h_target/∂x_step, (units, features), the same way."""
    layer, tiny = trace.layer, 1e-30
    states = np.concatenate([trace.initial_state[None], trace.full_states])
    x = trace.inputs[step] + 1j * tiny * np.eye(layer.features)
    h = np.tanh(x @ layer.kernel + layer.bias + states[step] @ layer.recurrent_kernel)
    for x in trace.inputs[step + 1 : target + 1]:
        h = np.tanh(x @ layer.kernel + layer.bias + h @ layer.recurrent_kernel)
    return h.imag.T / tiny

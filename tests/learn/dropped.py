"""Networks with dropout written out timestep by timestep, for NumPy or PyTorch alike.

No code of `rnnviz.learn`: only the formulas, with a mask on what a layer reads and one on what its
recurrent kernel reads.
"""

import numpy as np


def sigmoid(xp, z):
    return 1 / (1 + xp.exp(-z))


def simple_rnn(xp, weights, x, h, mask, cell):
    kernel, recurrent, bias = weights
    return xp.tanh(x @ kernel + (mask * h) @ recurrent + bias)


def leaky_rnn(xp, weights, x, h, mask, cell):
    rate = cell.leak_rate
    return (1 - rate) * h + rate * simple_rnn(xp, weights, x, h, mask, cell)


def gru(xp, weights, x, h, mask, cell):
    kernel, recurrent, bias = weights
    n, read = cell.units, mask * h
    inner = read @ recurrent
    outer = x @ kernel + (bias[0] if cell.reset_after else bias)
    if cell.reset_after:
        inner = inner + bias[1]
    z = sigmoid(xp, outer[:, :n] + inner[:, :n])
    r = sigmoid(xp, outer[:, n : 2 * n] + inner[:, n : 2 * n])
    after = r * inner[:, 2 * n :] if cell.reset_after else (r * read) @ recurrent[:, 2 * n :]
    return z * h + (1 - z) * xp.tanh(outer[:, 2 * n :] + after)


def min_gru(xp, weights, x, h, mask, cell):
    kernel, bias = weights
    z, candidate = (
        (x @ kernel + bias)[:, : cell.units],
        (x @ kernel + bias)[:, cell.units :],
    )
    z = sigmoid(xp, z)
    return (1 - z) * h + z * candidate


def lstm(xp, weights, x, state, mask, cell):
    kernel, recurrent, bias = weights
    n = cell.units
    h, c = state[:, :n], state[:, n:]
    z = x @ kernel + (mask * h) @ recurrent + bias
    i, f, o = (sigmoid(xp, z[:, k * n : (k + 1) * n]) for k in (0, 1, 3))
    c = f * c + i * xp.tanh(z[:, 2 * n : 3 * n])
    return joined(xp, [o * xp.tanh(c), c], 1)


STEPS = {
    "SimpleRNN": simple_rnn,
    "LeakyRNN": leaky_rnn,
    "GRU": gru,
    "MinGRU": min_gru,
    "LSTM": lstm,
}


def joined(xp, arrays, axis):
    return xp.concatenate(arrays, axis) if xp is np else xp.cat(arrays, axis)


def outputs(xp, network, weights, inputs, masks, array=np.asarray):
    """(batch, timesteps, outputs) of a stack with a linear head.

    ``weights`` are by the names of `Network.weights`; ``array`` makes one of ``xp``'s.
    """
    x = array(inputs)
    for name, layer, of_layer in zip(network.layer_names, network.layers, masks, strict=True):
        found = []
        for way, cell, one in zip(
            ("forward", "backward"), (layer.forward, layer.backward), of_layer, strict=False
        ):
            full = f"{name}/{way}" if layer.bidirectional else name
            own = [w for key, w in weights.items() if key.rpartition("/")[0] == full]
            steps = range(x.shape[1])
            turned = layer.go_backwards or way == "backward"
            state = array(np.zeros((len(x), cell.state_size)))
            on_input = 1 if one.inputs is None else array(one.inputs.T)
            on_state = 1 if one.states is None else array(one.states.T)
            states = []
            for t in reversed(steps) if turned else steps:
                state = STEPS[type(cell).__name__](
                    xp, own, x[:, t] * on_input, state, on_state, cell
                )
                states.append(state[:, : cell.units])
            if way == "backward":
                states = states[::-1]
            found.append(xp.stack(states, 1))
        x = found[0] if len(found) == 1 else joined(xp, found, 2)
    kernel, bias = list(weights.values())[-2:]
    return x @ kernel + bias

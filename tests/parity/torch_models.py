"""A network of ours as a PyTorch module with the same weights, and its gradients in our layout."""

import numpy as np
import torch

# Blocks of Keras's gates in PyTorch's order: i, f, c, o is i, f, g, o; z, r, h becomes r, z, n.
ORDER = {"SimpleRNN": [0], "LSTM": [0, 1, 2, 3], "GRU": [1, 0, 2]}


def _across(array, name, inverse=False):
    """Keras's matrix (rows, gates·units) as PyTorch's (gates·units, rows)."""
    order = ORDER[name]
    order = np.argsort(order) if inverse else order
    blocks = np.split(np.asarray(array), len(order), axis=-1)
    return np.concatenate([blocks[index] for index in order], axis=-1).T


class TorchModel(torch.nn.Module):
    """Stack and head of a Network whose cells PyTorch has, and its Embedding."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        dtype = getattr(torch, network.dtype.name)
        first = network.layers[0]
        if network.embedding is not None:
            table = torch.from_numpy(network.embedding.embeddings.copy())
            self.embedding = torch.nn.Embedding.from_pretrained(table, freeze=False)
        names = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}
        options = {"nonlinearity": first.activation} if first.cell == "SimpleRNN" else {}
        self.recurrent = getattr(torch.nn, names[first.cell])(
            first.features,
            first.units,
            len(network.layers),
            batch_first=True,
            bidirectional=first.bidirectional,
            dtype=dtype,
            **options,
        )
        head = network.head[0]
        self.dense = torch.nn.Linear(head.features, head.units, dtype=dtype)
        with torch.no_grad():
            self.dense.weight.copy_(torch.from_numpy(head.kernel.T.copy()))
            self.dense.bias.copy_(torch.from_numpy(head.bias.copy()))
            for suffix, cell, _ in self._cells():
                for name, array in self._torch_arrays(cell).items():
                    getattr(self.recurrent, f"{name}_{suffix}").copy_(torch.from_numpy(array))
        for suffix, cell, _ in self._cells():
            if cell.bias.ndim == 1:  # Keras has one bias where PyTorch has two
                getattr(self.recurrent, f"bias_hh_{suffix}").requires_grad_(False)

    def _cells(self):
        for index, layer in enumerate(self.network.layers):
            name = self.network.layer_names[index]
            if layer.bidirectional:
                yield f"l{index}", layer.forward, f"{name}/forward"
                yield f"l{index}_reverse", layer.backward, f"{name}/backward"
            else:
                yield f"l{index}", layer.forward, name

    @staticmethod
    def _torch_arrays(cell):
        name = type(cell).__name__
        both = cell.bias if cell.bias.ndim == 2 else np.stack([cell.bias, 0 * cell.bias])
        return {
            "weight_ih": _across(cell.kernel, name),
            "weight_hh": _across(cell.recurrent_kernel, name),
            "bias_ih": _across(both[0], name),
            "bias_hh": _across(both[1], name),
        }

    def forward(self, inputs):
        if self.network.embedding is not None:
            inputs = self.embedding(inputs)
        states, last = self.recurrent(inputs)
        top = self.network.layers[-1]
        if not top.return_sequences:
            last = last[0] if isinstance(last, tuple) else last
            states = torch.cat([last[-2], last[-1]], -1) if top.bidirectional else last[-1]
        return self.dense(states)

    def in_our_layout(self, what):
        """``what(parameter)``, e.g. its gradient, of every parameter by our names."""
        found = {}
        for suffix, cell, name in self._cells():
            kind = type(cell).__name__

            def ours(part, suffix=suffix, kind=kind):
                array = what(getattr(self.recurrent, f"{part}_{suffix}"))
                return _across(array.T, kind, inverse=True).T

            found[f"{name}/kernel"] = ours("weight_ih")
            found[f"{name}/recurrent_kernel"] = ours("weight_hh")
            bias = ours("bias_ih")
            if cell.bias.ndim == 2:
                bias = np.stack([bias, ours("bias_hh")])
            found[f"{name}/bias"] = bias
        found["dense/kernel"] = what(self.dense.weight).T
        found["dense/bias"] = what(self.dense.bias)
        if self.network.embedding is not None:
            found["embedding/embeddings"] = what(self.embedding.weight)
        return found


def torch_loss(outputs, targets, loss):
    """The loss of PyTorch that is ours, with the classes or outputs on the last axis."""
    functional = torch.nn.functional
    if loss == "mean_squared_error":
        return functional.mse_loss(outputs, targets)
    if loss == "binary_crossentropy":
        return functional.binary_cross_entropy_with_logits(outputs, targets)
    width = outputs.shape[-1]
    return functional.cross_entropy(outputs.reshape(-1, width), targets.reshape(-1, width))

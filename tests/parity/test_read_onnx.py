"""ONNX models, read without ONNX, against what ONNX Runtime computes from them."""

import numpy as np
import pytest

from rnnviz.engine import run
from rnnviz.readers import Refused, read_network

onnx = pytest.importorskip("onnx", reason="needs onnx: pip install rnnviz[parity]")
runtime = pytest.importorskip("onnxruntime", reason="needs onnxruntime")
FEATURES, UNITS, TIMESTEPS, BATCH = 3, 5, 12, 4
BOUND = 1e-6
"""ONNX Runtime is off by up to 2.6e-7 for a Tanh and 1.3e-7 for a Sigmoid, NumPy by 6e-8."""
CASES = {
    "RNN": {},
    "RNN-Relu": {"activations": ["Relu"]},
    "RNN-Softsign": {"activations": ["Softsign"]},
    "RNN-Elu": {"activations": ["Elu"], "activation_alpha": [1.0]},
    "LSTM": {},
    "LSTM-HardSigmoid": {
        "activations": ["HardSigmoid", "Tanh", "Tanh"],
        "activation_alpha": [0.2],
        "activation_beta": [0.5],
    },
    "GRU": {"linear_before_reset": 1},
    "GRU-before": {"linear_before_reset": 0},
    "GRU-Keras3": {
        "linear_before_reset": 1,
        "activations": ["HardSigmoid", "Softplus"],
        "activation_alpha": [1 / 6],
        "activation_beta": [0.5],
    },
}
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}


def trained(kind, features, directions, seed):
    """Weights of PyTorch's module after a few steps of Adam, in whatever order of gates: any
    numbers that training leaves are a network of ONNX's as well.
    """
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    module = getattr(torch.nn, kind)(
        features, UNITS, bidirectional=directions == 2, batch_first=True
    )
    inputs = torch.randn(4, 10, features)
    optimizer = torch.optim.Adam(module.parameters(), 0.05)
    for _ in range(5):
        optimizer.zero_grad()
        module(inputs)[0].square().sub(0.5).square().mean().backward()
        optimizer.step()
    arrays = {key: value.detach().numpy() for key, value in module.named_parameters()}
    ends = ("", "_reverse")[:directions]
    w = np.stack([arrays[f"weight_ih_l0{end}"] for end in ends])
    r = np.stack([arrays[f"weight_hh_l0{end}"] for end in ends])
    b = np.stack(
        [np.concatenate([arrays[f"bias_ih_l0{e}"], arrays[f"bias_hh_l0{e}"]]) for e in ends]
    )
    return w, r, b


def model_of(case, directions, layers, head=False):
    """A stack of recurrent nodes, with what exporters put between them."""
    helper, kind = onnx.helper, case.partition("-")[0]
    nodes, initial, value, features = [], [], "X", FEATURES
    settings = dict(CASES[case])
    for key in ("activations", "activation_alpha", "activation_beta"):
        if key in settings:
            settings[key] = settings[key] * directions
    for number in range(layers):
        arrays = trained(kind, features, directions, number)
        names = [f"{letter}{number}" for letter in "WRB"]
        initial += [onnx.numpy_helper.from_array(a, n) for a, n in zip(arrays, names, strict=True)]
        direction = "bidirectional" if directions == 2 else "forward"
        out = f"Y{number}"
        nodes.append(
            helper.make_node(
                kind,
                [value, *names],
                [out],
                name=f"layer{number}",
                hidden_size=UNITS,
                direction=direction,
                **settings,
            )
        )
        # (timesteps, directions, batch, units) becomes (timesteps, batch, directions · units).
        nodes.append(helper.make_node("Transpose", [out], [f"T{number}"], perm=[0, 2, 1, 3]))
        shape = f"S{number}"
        initial.append(onnx.numpy_helper.from_array(np.array([0, 0, -1]), shape))
        value = f"Z{number}"
        nodes.append(helper.make_node("Reshape", [f"T{number}", shape], [value]))
        features = UNITS * directions
    if head:
        generator = np.random.default_rng(0)
        for name, array in (("K", generator.normal(size=(features, 2))), ("c", [0.1, -0.2])):
            initial.append(onnx.numpy_helper.from_array(np.asarray(array, "f4"), name))
        nodes.append(helper.make_node("MatMul", [value, "K"], ["M"]))
        nodes.append(helper.make_node("Add", ["M", "c"], ["A"]))
        nodes.append(helper.make_node("Softmax", ["A"], ["out"], axis=-1))
    given = helper.make_tensor_value_info("X", 1, [TIMESTEPS, BATCH, FEATURES])
    names = [f"Z{number}" for number in range(layers)] + (["out"] if head else [])
    outputs = [helper.make_tensor_value_info(name, 1, None) for name in names]
    graph = helper.make_graph(nodes, "g", [given], outputs, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    return model.SerializeToString()


def outputs_of(content, values):
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, {"X": np.ascontiguousarray(values.transpose(1, 0, 2))})


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("case", CASES)
def test_states_of_every_layer(case, directions, layers):
    content = model_of(case, directions, layers, head=True)
    values = np.random.default_rng(3).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("f4")
    theirs = [one.transpose(1, 0, 2) for one in outputs_of(content, values)]
    ours = run(read_network(content, "a.onnx").network, values)
    for layer, wanted in zip(ours.layers, theirs[:-1], strict=True):
        scale = max(1.0, np.abs(wanted).max())
        assert np.abs(layer.states - wanted).max() <= BOUND * scale
    np.testing.assert_allclose(ours.output, theirs[-1], rtol=0, atol=BOUND)


@pytest.mark.parametrize("swapped", [(0, 1, 2, 3), (0, 3, 2, 1), (3, 2, 1, 0)])
def test_swapped_gates_are_noticed(swapped, monkeypatch):
    from rnnviz.readers import onnx_layers

    monkeypatch.setitem(onnx_layers._ORDERS, "LSTM", swapped)
    content = model_of("LSTM", 1, 1)
    values = np.random.default_rng(3).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("f4")
    ours = run(read_network(content, "a.onnx").network, values)
    assert np.abs(ours.states - outputs_of(content, values)[0].transpose(1, 0, 2)).max() > 1e-3


def test_both_ways_to_reset_differ():
    values = np.random.default_rng(3).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("f4")
    after, before = (
        run(read_network(model_of(case, 1, 1), "a.onnx").network, values).states
        for case in ("GRU", "GRU-before")
    )
    assert np.abs(after - before).max() > 1e-3


def test_external_data_as_onnx_writes_it_is_refused(tmp_path):
    model = onnx.load_from_string(model_of("LSTM", 1, 1))
    path = tmp_path / "a.onnx"
    onnx.save(model, path, save_as_external_data=True, location="w.bin", size_threshold=0)
    with pytest.raises(Refused, match="external_data=False"):
        read_network(path.read_bytes(), "a.onnx")

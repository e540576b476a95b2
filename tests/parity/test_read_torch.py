"""state_dicts of trained PyTorch modules, read without PyTorch, against what it computes."""

import io

import numpy as np
import pytest

from rnnviz.engine import run
from rnnviz.readers import Refused, Unanswered, inspect, read_network

pytest.importorskip("torch", reason="PyTorch is not installed")
BOUNDS = {"float32": 1e-6, "float64": 1e-12}
FEATURES, UNITS, TIMESTEPS = 3, 5, 12
CELLS = {"RNN": {}, "RELU": {"nonlinearity": "relu"}, "LSTM": {}, "GRU": {}}
SHAPES = {
    "plain": {},
    "bidirectional": {"bidirectional": True},
    "stack": {"num_layers": 3},
    "both": {"num_layers": 3, "bidirectional": True},
    "unbiased": {"bias": False, "num_layers": 2},
}


def module_of(torch, cell, shape, dtype, layers=None):
    """A module of one kind, with its first layers only where that is asked."""
    kind = getattr(torch.nn, "RNN" if cell == "RELU" else cell)
    settings = {**CELLS[cell], **SHAPES[shape], "dtype": getattr(torch, dtype)}
    if layers:
        settings["num_layers"] = layers
    return kind(FEATURES, UNITS, batch_first=True, **settings)


def trained(torch, cell, shape, dtype):
    """A module after a few steps of Adam, a Linear on top of it."""
    torch.manual_seed(len(cell) + len(shape))
    module = torch.nn.ModuleDict({"rnn": module_of(torch, cell, shape, dtype)})
    width = UNITS * (2 if module["rnn"].bidirectional else 1)
    module["fc"] = torch.nn.Linear(width, 2, dtype=getattr(torch, dtype))
    inputs = torch.from_numpy(data(dtype))
    optimizer = torch.optim.Adam(module.parameters(), 0.05)
    for _ in range(5):
        optimizer.zero_grad()
        outputs = module["fc"](module["rnn"](inputs)[0])
        torch.nn.functional.mse_loss(outputs, inputs[..., :2].roll(1, 1)).backward()
        optimizer.step()
    return module


def data(dtype):
    return np.random.default_rng(3).normal(size=(4, TIMESTEPS, FEATURES)).astype(dtype)


def states_of_every_layer(torch, module, cell, shape, dtype):
    """Run the module with its first layer, its first two, …: PyTorch shows only the last one's."""
    weights = module["rnn"].state_dict()
    for count in range(1, module["rnn"].num_layers + 1):
        part = module_of(torch, cell, shape, dtype, count)
        part.load_state_dict({key: weights[key] for key in part.state_dict()})
        with torch.inference_mode():
            yield part(torch.from_numpy(data(dtype)))[0].numpy()


def content_of(torch, module, ending):
    state = module.state_dict()
    if ending == "safetensors":
        return pytest.importorskip("safetensors.torch").save(dict(state))
    file = io.BytesIO()
    if ending == "npz":
        np.savez(file, **{key: value.numpy() for key, value in state.items()})
    elif ending == "checkpoint":
        torch.save({"model": state, "epoch": 5, "loss": 0.25, "optimizer": {"lr": [1e-3]}}, file)
    else:
        torch.save(state, file)
    return file.getvalue()


def assert_same(torch, network, module, cell, shape, dtype):
    ours = run(network, data(dtype))
    theirs = list(states_of_every_layer(torch, module, cell, shape, dtype))
    assert len(theirs) == len(ours.layers)
    for layer, wanted in zip(ours.layers, theirs, strict=True):
        assert layer.states.dtype == wanted.dtype
        assert layer.states.shape == wanted.shape
        assert np.abs(layer.states - wanted).max() <= BOUNDS[dtype]
    with torch.inference_mode():
        outputs = module["fc"](module["rnn"](torch.from_numpy(data(dtype)))[0]).numpy()
    assert np.abs(ours.output - outputs).max() <= 2 * BOUNDS[dtype]


@pytest.mark.parametrize("ending", ["pt", "checkpoint", "safetensors", "npz"])
@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cell", CELLS)
def test_states_of_every_layer(torch, cell, shape, dtype, ending):
    module = trained(torch, cell, shape, dtype)
    content = content_of(torch, module, ending)
    answers = (
        {"nonlinearity": "relu" if cell == "RELU" else "tanh"} if cell in ("RNN", "RELU") else {}
    )
    reading = read_network(content, f"model.{ending}", answers)
    assert_same(torch, reading.network, module, cell, shape, dtype)


@pytest.mark.parametrize(
    ("cell", "swapped"), [("LSTM", (1, 0, 2, 3)), ("LSTM", (0, 1, 3, 2)), ("GRU", (1, 0, 2))]
)
def test_swapped_gates_are_noticed(torch, cell, swapped, monkeypatch):
    monkeypatch.setitem(
        __import__("rnnviz.readers.state_dict", fromlist=["ORDERS"]).ORDERS, cell, swapped
    )
    if cell == "GRU":  # its right order is r before z: swapped once more it would be Keras's
        monkeypatch.setitem(
            __import__("rnnviz.readers.state_dict", fromlist=["ORDERS"]).ORDERS, cell, (0, 1, 2)
        )
    module = trained(torch, cell, "plain", "float64")
    network = read_network(content_of(torch, module, "pt"), "a.pt").network
    with pytest.raises(AssertionError):
        assert_same(torch, network, module, cell, "plain", "float64")


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("left", ["bias_ih_l0", "bias_hh_l0"])
def test_both_biases_count(torch, cell, left):
    module = trained(torch, cell, "plain", "float64")
    state = dict(module.state_dict())
    state[f"rnn.{left}"] = torch.zeros_like(state[f"rnn.{left}"])
    file = io.BytesIO()
    torch.save(state, file)
    network = read_network(file.getvalue(), "a.pt").network
    with pytest.raises(AssertionError):
        assert_same(torch, network, module, cell, "plain", "float64")


def test_the_nonlinearity_is_asked_for(torch):
    content = content_of(torch, trained(torch, "RNN", "plain", "float32"), "pt")
    with pytest.raises(Unanswered, match="do not say its nonlinearity") as asked:
        read_network(content, "a.pt")
    assert asked.value.question.options == ("tanh", "relu")
    with pytest.raises(Refused, match="nonlinearity cannot be swish"):
        read_network(content, "a.pt", {"nonlinearity": "swish"})
    with pytest.raises(Refused, match="no answer nonlinear;"):
        read_network(content, "a.pt", {"nonlinear": "relu"})


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
@pytest.mark.parametrize("ending", ["pt", "safetensors"])
def test_half_precision_widens_to_float32(torch, half, ending):
    module = trained(torch, "GRU", "stack", "float32").to(getattr(torch, half))
    if ending == "safetensors":
        pytest.importorskip("safetensors.torch")
    network = read_network(content_of(torch, module, ending), f"a.{ending}").network
    assert network.dtype == np.float32
    assert_same(torch, network, module.to(torch.float32), "GRU", "stack", "float32")


def test_an_embedding_below_and_cells(torch):
    torch.manual_seed(0)
    parts = {"emb": torch.nn.Embedding(11, 4), "cell": torch.nn.LSTMCell(4, 6)}
    module = torch.nn.ModuleDict({**parts, "out": torch.nn.Linear(6, 11)})
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    reading = read_network(file.getvalue(), "a.pt")
    tokens = np.array([[1, 5, 10, 0]])
    ours, state = run(reading.network, tokens), None
    for step, token in enumerate(torch.from_numpy(tokens[0])):
        state = module["cell"](module["emb"](token)[None], state)
        np.testing.assert_allclose(ours.states[0, step], state[0].detach().numpy()[0], atol=1e-6)
    wanted = module["out"](state[0]).detach().numpy()[0]
    np.testing.assert_allclose(ours.output[0, -1], wanted, atol=1e-6)
    said = " ".join(note.sentence() for note in reading.notes)
    assert "emb is taken for the Embedding below" in said
    assert "out is taken for the head" in said


def test_two_stacks_and_two_heads_are_asked_for(torch):
    parts = {"enc": torch.nn.GRU(3, 4), "dec": torch.nn.GRU(3, 4)}
    heads = {"mean": torch.nn.Linear(4, 2), "spread": torch.nn.Linear(4, 2)}
    file = io.BytesIO()
    torch.save(torch.nn.ModuleDict({**parts, **heads}).state_dict(), file)
    asked = {one.key: one.options for one in inspect(file.getvalue(), "a.pt").questions}
    assert asked == {"name": ("enc", "dec"), "head": ("mean", "spread", "none")}
    network = read_network(file.getvalue(), "a.pt", {"name": "dec", "head": "spread"}).network
    wanted = heads["spread"].weight.detach().numpy().T
    np.testing.assert_array_equal(network.head[0].kernel, wanted)


def test_transposed_and_shared_tensors_are_read_by_their_strides(torch):
    module = torch.nn.GRU(3, 4)
    state = {key: value.detach() for key, value in module.state_dict().items()}
    whole = torch.zeros(12, 8)
    whole[:, 2:5] = state["weight_ih_l0"]
    state["weight_ih_l0"] = whole[:, 2:5]
    state["weight_hh_l0"] = state["weight_hh_l0"].T.contiguous().T
    plain, strided = io.BytesIO(), io.BytesIO()
    torch.save(module.state_dict(), plain)
    torch.save(state, strided)
    first, second = (read_network(one.getvalue(), "a.pt").network for one in (plain, strided))
    assert first.sha256 == second.sha256


def test_projections_and_whole_modules_are_refused(torch):
    file = io.BytesIO()
    torch.save(torch.nn.LSTM(3, 4, proj_size=2).state_dict(), file)
    with pytest.raises(Refused, match="proj_size"):
        read_network(file.getvalue(), "a.pt")
    file = io.BytesIO()
    torch.save(torch.nn.LSTM(3, 4), file)
    with pytest.raises(Refused, match=r"LSTM.*torch.save\(model.state_dict\(\)"):
        read_network(file.getvalue(), "a.pt")
    file = io.BytesIO()
    torch.save(torch.nn.GRU(3, 4).state_dict(), file, _use_new_zipfile_serialization=False)
    with pytest.raises(Refused, match="older than PyTorch"):
        read_network(file.getvalue(), "a.pt")

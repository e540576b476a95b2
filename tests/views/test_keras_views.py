"""The shape lens and the heatmap of every layer, by what they draw."""

import dataclasses
import json

import numpy as np
import pytest

from rnnviz import Experiment, run, simulate
from rnnviz.codegen import NOTES_MODELS
from rnnviz.engine import Dense, LayerNormalization
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.layer_bands import COLUMNS, ROWS
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import view, views_of
from tests.codegen.random_experiments import random_experiment

VIEWS = [one.name for one in views_of("keras")]
DEGENERATE = {
    "one step": Experiment(timesteps=1, units=1, input_features=1),
    "nothing": Experiment(weight_scale=0.0, units=(4, 4)),
    "diverging": Experiment(activation="linear", weight_scale=10.0, timesteps=1000),
    "diverging LSTM": Experiment(cell="LSTM", activation="relu", timesteps=500),
    "one word": Experiment(signal="text", text="<i>a</i>", split="whitespace"),
    "long": Experiment(timesteps=5000, units=200, return_sequences=False),
}
EXPERIMENTS = {**NOTES_MODELS, **DEGENERATE, **{str(n): random_experiment(n) for n in range(12)}}


def drawn(name, experiment, style=None, **perspective):
    run = simulate(experiment)
    chosen = view(name)
    return chosen.draw(chosen.analyse(run, Perspective(**perspective)), style or Style()), run


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def heatmaps(figure):
    return [trace for trace in figure.data if trace.type == "heatmap"]


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_every_stack_is_drawn(name, kind):
    for style in (Style(), Style("ko", "dark"), Style(theme="print", presentation=True)):
        figure, _ = drawn(name, EXPERIMENTS[kind], style, layer=1)
        assert figure.data
        assert not any("{" in text or "nan" in text.lower() for text in texts(figure))
        json.loads(figure.to_json(), parse_constant=pytest.fail)


def test_what_follows_a_dense_head_is_drawn_whole_under_its_own_name():
    """LayerNormalization takes a sigmoid's output out of 0 … 1."""
    network = simulate(Experiment(units=4, input_features=2, weight_scale=0.3)).network
    draws = np.random.default_rng(0)
    dense = Dense(draws.normal(size=(4, 3)), np.zeros(3), "sigmoid")
    normal = LayerNormalization(np.ones(3), np.zeros(3))
    inputs = draws.normal(size=(9, 2))
    for head, name in (((dense,), "dense"), ((dense, normal), "layer_normalization")):
        found = run(dataclasses.replace(network, head=head), inputs)
        band = view("layers").analyse(found, Perspective()).bands[-1]
        output = 1 / (1 + np.exp(-(found.states @ dense.kernel + dense.bias)))
        if len(head) > 1:
            centred = output - output.mean(axis=1, keepdims=True)
            output = centred / np.sqrt(output.var(axis=1, keepdims=True) + normal.epsilon)
        np.testing.assert_allclose(band.blocks.mean, output)
        assert band.layer == name
        assert band.sequential == (name == "dense")
        assert band.low <= output.min()
        assert output.max() <= band.high
        drawn_cells = heatmaps(
            view("layers").draw(view("layers").analyse(found, Perspective()), Style())
        )
        np.testing.assert_allclose(np.asarray(drawn_cells[-1].z, float), output.T, rtol=1e-6)


def test_the_shapes_of_the_notes_with_one_tensor_after_each_layer():
    figure, _ = drawn("shapes", NOTES_MODELS["four_stacked"])
    shapes = [text.split("</b>")[0].removeprefix("<b>") for text in texts(figure) if "<b>" in text]
    sequence = "(batch, timesteps, 32)"
    assert shapes == ["(batch, timesteps)", *[sequence] * 4, "(batch, 32)"]
    layers = [text for text in texts(figure) if text.startswith("↓")]
    assert [text.split()[1] for text in layers] == [
        "embedding", "simple_rnn", "simple_rnn_1", "simple_rnn_2", "simple_rnn_3",
    ]  # fmt: skip
    assert "(1, 100, 32)" in texts(figure)[2]


def test_switching_return_sequences_turns_a_sheet_into_a_column():
    whole, _ = drawn("shapes", NOTES_MODELS["whole_sequence"])
    last, _ = drawn("shapes", NOTES_MODELS["last_output"])

    def width_of_the_output(figure):
        box = figure.data[-1]
        assert box.fill == "toself"
        return max(box.x) - min(box.x)

    assert width_of_the_output(last) < 0.2 * width_of_the_output(whole)
    assert "(batch, 32)" in texts(last)[-1]
    assert "(batch, timesteps, 32)" in texts(whole)[-1]


def test_there_is_a_heatmap_for_each_layer_with_its_very_states():
    figure, run = drawn("layers", NOTES_MODELS["four_stacked"])
    assert len(heatmaps(figure)) == 4
    for trace, layer in zip(heatmaps(figure), run.layers, strict=True):
        assert np.array_equal(trace.z, layer.states.T)
        assert (trace.x0, trace.dx) == (FIRST_STEP, 1)
    assert figure.layout.meta["time_axis"] == "x"


@pytest.mark.parametrize(
    ("cell", "inside"), [("SimpleRNN", 0), ("LSTM", 5), ("GRU", 3)], ids=lambda value: str(value)
)
def test_the_chosen_layer_shows_what_is_inside(cell, inside):
    experiment = Experiment(
        units=(4, 5), cell=(cell, "SimpleRNN"), weight_scale=0.1, bias_initializer="zeros"
    )
    figure, run = drawn("layers", experiment, layer=0)
    traces = heatmaps(figure)
    assert len(traces) == 2 + inside
    trace = run.layers[0].trace
    for drawn_gate, values in zip(traces[1:], trace.gates.values(), strict=False):
        assert np.allclose(drawn_gate.z, values.T, atol=1e-6)
    if cell == "LSTM":
        assert np.allclose(traces[5].z, trace.cell_states.T, atol=1e-6)
        assert (traces[1].zmin, traces[1].zmax) == (0, 1)
    above, _ = drawn("layers", experiment, layer=1)
    assert len(heatmaps(above)) == 2


def test_the_last_output_is_framed_and_the_rest_veiled():
    figure, _ = drawn("layers", NOTES_MODELS["last_output"])
    frames = [shape for shape in figure.layout.shapes if shape.line.width]
    veils = [shape for shape in figure.layout.shapes if not shape.line.width]
    (frame,) = frames
    assert (frame.x0, frame.x1) == (98.5 + FIRST_STEP, 99.5 + FIRST_STEP)
    assert (frame.y0, frame.y1) == (FIRST_STEP - 0.5, FIRST_STEP + 31.5)
    assert [(veil.x0, veil.x1) for veil in veils] == [(FIRST_STEP - 0.5, FIRST_STEP + 98.5)]
    whole, _ = drawn("layers", NOTES_MODELS["whole_sequence"])
    assert not whole.layout.shapes


def test_of_both_directions_each_has_its_own_end():
    experiment = Experiment(units=3, bidirectional=True, return_sequences=False, timesteps=9)
    figure, run = drawn("layers", experiment)
    frames = [shape for shape in figure.layout.shapes if shape.line.width]
    assert [(shape.x0, shape.y0) for shape in frames] == [(7.5, -0.5), (-0.5, 2.5)]
    states = run.states
    assert np.array_equal(run.layers[0].output, np.r_[states[8, :3], states[0, 3:]])


def test_a_layer_that_goes_backwards_is_drawn_over_the_timesteps_it_read():
    experiment = Experiment(
        units=(3, 4, 2), timesteps=9, go_backwards=(True, False, True), weight_scale=0.1,
        return_sequences=(True, True, False),
    )  # fmt: skip
    figure, run = drawn("layers", experiment)
    traces = heatmaps(figure)
    assert np.allclose(traces[0].z, run.layers[0].states[::-1].T)
    assert np.allclose(traces[1].z, run.layers[1].states[::-1].T)
    assert np.allclose(traces[2].z, run.layers[2].states.T)
    (frame,) = [shape for shape in figure.layout.shapes if shape.line.width]
    assert frame.x0 == 7.5
    assert sum("reads from the end" in text for text in texts(figure)) == 2


def test_tokens_stand_under_their_timesteps_as_text():
    experiment = NOTES_MODELS["last_output"].replace(signal="text", text="나 <b>&amp;")
    figure, _ = drawn("layers", experiment)
    axis = figure.layout.xaxis
    assert list(axis.tickvals) == list(range(FIRST_STEP, FIRST_STEP + 10))
    assert list(axis.ticktext[:5]) == ["나", "␣", "&lt;", "b", "&gt;"]
    assert heatmaps(figure)[0].customdata is None  # need not be hovered for


def test_where_there_is_no_room_every_second_or_third_token_is_written():
    experiment = NOTES_MODELS["last_output"].replace(timesteps=300)
    figure, run = drawn("layers", experiment)
    axis = figure.layout.xaxis
    assert 5 < len(axis.tickvals) < 60
    for step, text in zip(axis.tickvals, axis.ticktext, strict=True):
        assert text == str(run.token_numbers[step - FIRST_STEP])
    (trace,) = heatmaps(figure)
    assert trace.customdata[5][7] == str(run.token_numbers[7])
    assert "%{customdata}" in trace.hovertemplate


def test_a_long_run_is_reduced_to_what_a_screen_can_show():
    figure, _ = drawn("layers", DEGENERATE["long"])
    (trace,) = heatmaps(figure)
    assert np.shape(trace.z)[0] <= ROWS
    assert np.shape(trace.z)[1] <= COLUMNS
    assert trace.dx * np.shape(trace.z)[1] >= 5000


HEAD = {"dense_units": 2, "dense_activation": "sigmoid"}


def test_the_head_has_a_heatmap_of_its_own_above_all_layers():
    experiment = NOTES_MODELS["four_stacked"].replace(**HEAD, timesteps=20)
    figure, run = drawn("layers", experiment)
    head = heatmaps(figure)[-1]
    np.testing.assert_allclose(head.z, run.readings.T, rtol=1e-6)
    assert (head.zmin, head.zmax) == (0, 1)
    assert texts(figure)[-1] == "dense · output · 0 … 1 · □ last output"
    frame = [shape for shape in figure.layout.shapes if shape.yref == "y5" and shape.line.width]
    assert [(one.x0, one.x1) for one in frame] == [(FIRST_STEP + 18.5, FIRST_STEP + 19.5)]


def test_the_head_s_tensor_is_as_wide_as_its_units():
    figure, _ = drawn("shapes", NOTES_MODELS["last_output"].replace(**HEAD))
    assert "(batch, 2)" in texts(figure)[-1]
    assert any(text.startswith("↓  dense · Dense") for text in texts(figure))

"""The widget without a browser: what it holds, what it sends, what it takes from outside."""

import base64
import subprocess
import sys

import numpy as np
import plotly.graph_objects as go
import pytest

pytest.importorskip("anywidget", reason="needs the extra notebook")

import rnnviz
from rnnviz import Experiment, figure, simulate
from rnnviz.i18n import words
from rnnviz.notebook.widget import script, styles
from rnnviz.spec.perspective import Perspective
from tests.notebook.payloads import array_of, header_of, values_of

SMALL = Experiment(units=6, timesteps=20, input_features=3, weight_scale=0.2)
STACK = Experiment(units=(6, 4), timesteps=20, cell="LSTM", weight_scale=0.3)


def options(widget, name):
    (choice,) = [one for one in widget.choices if one["name"] == name]
    return [value for value, _ in choice["options"]]


def numbers(axis):
    """The numbers of a trace, which Plotly may hold as base64."""
    if isinstance(axis, dict):
        return np.frombuffer(base64.b64decode(axis["bdata"]), axis["dtype"]).astype(float)
    return np.array(axis, dtype=float).ravel()


def watched(widget):
    """Make a list of the messages that a widget sends beside its traits."""
    sent = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))
    return sent


def test_a_run_is_there_to_the_last_bit():
    run = simulate(SMALL)
    header = header_of(rnnviz.show(run).payload)
    assert (values_of(header) == run.states).all()
    assert header["experiment"] == run.identity
    assert header["input"]["features"] == 3


def test_every_layer_lens_and_gate_can_be_chosen():
    run = simulate(STACK)
    widget = rnnviz.show(run)
    assert widget.layer == 1, "the top layer first"
    assert options(widget, "layer") == [0, 1]
    assert set(options(widget, "lens")) > {"state", "slope", "i", "f", "c", "o", "cell_state"}
    widget.layer = 0
    trace = run.layers[0].trace
    assert (values_of(header_of(widget.payload)) == trace.states).all()
    for gate, values in {**trace.gates, "cell_state": trace.cell_states}.items():
        widget.lens = gate
        header = header_of(widget.payload)
        assert (values_of(header) == values).all(), gate
        key = "layers.cell_state" if gate == "cell_state" else f"layers.LSTM_{gate}"
        assert header["field"]["title"].startswith(words("en")(key))
        if gate in ("i", "f", "o"):
            assert (header["field"]["low"], header["field"]["high"]) == (0, 1)
    widget.lens = "slope"
    assert header_of(widget.payload)["field"]["name"] == "slope"


def test_two_gates_are_two_pictures():
    widget = rnnviz.show(simulate(STACK))
    seen = set()
    for lens in options(widget, "lens"):
        widget.lens = lens
        seen.add(header_of(widget.payload)["identity"])
    assert len(seen) == len(options(widget, "lens"))


def test_trials_of_any_length_are_chosen_by_their_labels():
    network = simulate(SMALL).network
    values = np.random.default_rng(0).normal(size=(3, 20, 3))
    inputs = rnnviz.Inputs(values, lengths=(20, 7, 12), labels=("a", "b", "c"))
    widget = rnnviz.show(network, inputs)
    (choice,) = [one for one in widget.choices if one["name"] == "trial"]
    assert choice["options"][1] == (1, "1 · b")
    widget.timestep = 19
    widget.trial = 1
    alone = rnnviz.run(network, values[1, :7])
    assert np.allclose(values_of(header_of(widget.payload)), alone.states, atol=1e-12)
    assert widget.timestep == 6, "brought inside the shorter trial"
    assert widget.run.timesteps == 7


def test_what_a_browser_sends_is_brought_inside():
    widget = rnnviz.show(simulate(SMALL))
    widget.set_state({"timestep": 10**9, "unit": -5})
    assert (widget.timestep, widget.unit) == (19, 0)
    widget.set_state({"window": [5, 3, 0, 2]})
    assert widget.window is None
    widget.set_state({"window": [-4, 9, 2, 99]})
    assert widget.window == [0, 9, 2, 6]
    widget.set_state({"lens": "nonsense"})
    assert header_of(widget.payload)["field"]["name"] == "state"
    widget.set_state({"layer": 7, "trial": 3, "checkpoint": -1})
    assert (widget.layer, widget.trial, widget.checkpoint) == (0, 0, 0)


def test_python_hears_the_cursor_and_sets_it():
    widget, heard = rnnviz.show(simulate(SMALL)), []
    widget.observe(lambda change: heard.append(change["new"]), "timestep")
    widget.set_state({"timestep": 4})
    widget.timestep = 9
    assert heard == [4, 9]
    widget._repr_mimebundle_()
    assert header_of(widget.payload)["cursor"][0] == 9, "a view that is opened now begins there"


def test_of_a_large_array_an_overview_goes_first_and_the_window_is_asked_for():
    values = np.random.default_rng(0).normal(size=(10_000, 512)).astype("f4")
    widget = rnnviz.show(values)
    assert len(widget.payload) < 600_000
    assert "levels" in header_of(widget.payload)["tiles"][0]
    sent = watched(widget)
    widget.set_state({"window": [2000, 2100, 10, 60]})
    ((content, (parcel,)),) = sent
    assert content == {"kind": "detail"}
    header = header_of(parcel)
    fine = header["tiles"][0]
    assert (fine["step"], fine["end"]) == (1950, 2150), "half as much on each side, for panning"
    exact = array_of(header, fine["values"]).reshape(fine["columns"], fine["rows"])
    assert (exact == values[1950:2150, fine["unit"] : fine["top"]]).all()
    assert header["identity"] == header_of(widget.payload)["identity"]
    widget.timestep = 9000
    exact = header_of(sent[-1][1][0])["tiles"][-1]
    assert exact["step"] <= 9000 < exact["end"]


def test_nothing_is_sent_while_a_small_picture_is_looked_at():
    widget = rnnviz.show(simulate(SMALL))
    sent = watched(widget)
    widget.timestep, widget.window = 3, [1, 4, 0, 3]
    assert sent == []


def test_the_sliders_run_the_experiment_anew():
    widget = rnnviz.show(SMALL, controls=True)
    names = [knob["name"] for knob in widget.knobs]
    assert names == ["timesteps", "input_features", "units", "weight_scale"]
    texts = widget.knobs[2]["texts"]
    assert texts[widget.settings["units"]] == "6"
    widget.timestep = 19
    moved = {"units": texts.index("32"), "timesteps": 0}
    widget.set_state({"settings": widget.settings | moved})
    assert widget.experiment.units == 32
    assert (values_of(header_of(widget.payload)) == simulate(widget.experiment).states).all()
    assert widget.timestep < widget.experiment.timesteps
    before = widget.payload
    widget.set_state({"settings": {"units": 10**6, "weight_scale": "x", "nonsense": 1}})
    assert widget.experiment.units == 32
    assert widget.payload == before


def test_a_setting_that_is_too_much_is_a_sentence():
    widget = rnnviz.show(Experiment(units=1024, timesteps=1, input_features=1), controls=True)
    places = {knob["name"]: len(knob["texts"]) - 1 for knob in widget.knobs}
    widget.set_state({"settings": places | {"weight_scale": 0}})
    assert widget.experiment.timesteps == 1
    assert "Lower Timesteps" in widget.reading


def test_every_checkpoint_of_a_training():
    trained = rnnviz.train(rnnviz.Training(task="echo", steps=3, batch_size=4))
    widget = rnnviz.show(trained)
    steps = options(widget, "checkpoint")
    assert widget.checkpoint == steps[-1] > 0
    widget.checkpoint = 0
    first = trained.run(trained.kept[0].step).trial(0)
    assert (values_of(header_of(widget.payload)) == first.states).all()


def test_a_trace_is_shown_as_its_run():
    run = simulate(SMALL)
    widget = rnnviz.show(run.layers[0].trace)
    assert (values_of(header_of(widget.payload)) == run.states).all()


@pytest.mark.parametrize(
    "values",
    [
        np.array([[0.0, np.nan], [np.inf, -3.0]]),
        np.zeros((1, 1)),
        np.full((3, 2), np.nan),
        np.arange(12).reshape(4, 3),
        np.ones((2, 3, 4), dtype=bool),
        np.ones((2, 2), dtype=np.float16),
    ],
)
def test_any_real_array_is_shown(values):
    widget = rnnviz.show(values)
    first = values.reshape(-1, *values.shape[-2:])[0].astype(np.float64)
    assert np.array_equal(values_of(header_of(widget.payload)), first, equal_nan=True)
    assert widget.reading
    assert "text/html" in widget._repr_mimebundle_()[0]


def test_labels_stand_at_their_timesteps():
    widget = rnnviz.show(np.eye(4), labels=["b", "a", "b", 3], language="ko")
    band = header_of(widget.payload)["input"]
    assert band["tokens"] == ["b", "a", "b", "3"]
    assert band["title"] == "레이블"
    header = header_of(widget.payload)
    assert array_of(header, band["tiles"][0]["values"]).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("values", "more"),
    [
        (np.zeros(3), {}),
        (np.zeros((0, 3)), {}),
        (np.zeros((2, 2), dtype=complex), {}),
        (np.array([["a"]]), {}),
        (np.zeros((2, 2)), {"labels": ["one"]}),
    ],
)
def test_what_is_no_array_is_refused_with_its_shape(values, more):
    with pytest.raises(ValueError, match=r"shape|timesteps"):
        rnnviz.show(values, **more)


def test_refusals_say_what_to_do():
    with pytest.raises(TypeError, match="inputs"):
        rnnviz.show(simulate(SMALL).network)
    with pytest.raises(TypeError, match="Experiment"):
        rnnviz.show(simulate(SMALL), controls=True)
    with pytest.raises(ValueError, match=r"rnnviz\.figure"):
        rnnviz.show(simulate(SMALL)).link(go.Figure())


@pytest.mark.parametrize("view", ["spectrum", "trajectory", "one_step", "gradients", "layers"])
def test_linked_figures_are_those_of_the_timestep(view):
    run = simulate(SMALL)
    widget = rnnviz.show(run).link(figure(run, view))
    assert widget.is_linked
    widget.timestep = 11
    (linked,) = widget.figures
    wanted = figure(run, view, perspective=Perspective(timestep=11))
    for shown, one in zip(linked.data, wanted.data, strict=True):
        for axis in ("x", "y"):
            if one[axis] is not None:
                places = [numbers(trace[axis]) for trace in (shown, one)]
                np.testing.assert_allclose(*places, rtol=1e-6, atol=1e-6)
    marks = [shape.x0 for shape in linked.layout.shapes if shape.name == "cursor"]
    assert marks in ([], [11])


def test_a_still_picture_stands_beside_the_widget():
    data, _ = rnnviz.show(simulate(SMALL))._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "data:image/png;base64," in data["text/html"]
    assert len(data["text/html"]) < 60_000


def test_nothing_is_fetched_from_outside_and_the_code_is_small():
    text = script()
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert "import " not in text.split("export default")[0].replace("import(", "")
    assert len(text.encode()) + len(styles().encode()) < 120_000


def test_the_picture_that_is_saved_has_the_theme_and_the_language():
    widget = rnnviz.show(simulate(SMALL), language="ko", theme="dark")
    header = header_of(widget.payload)
    assert widget.theme == "dark"
    assert set(header["themes"]) == {"light", "dark"}
    assert "은닉" in header["field"]["title"]
    state = widget.get_state()
    assert {"payload", "choices", "reading", "sentences", "_esm"} <= set(state)


def test_without_anywidget_a_sentence_says_what_to_install():
    code = """
import sys
sys.modules["anywidget"] = None
import rnnviz
try:
    rnnviz.show(rnnviz.simulate(rnnviz.Experiment(units=2)))
except ImportError as error:
    print(error)
"""
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert 'pip install "rnnviz[notebook]"' in answer.stdout

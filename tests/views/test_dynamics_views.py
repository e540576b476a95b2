"""Every dynamics view opens on every kind of network, says what it means, and is never empty."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import view, views_of

VIEWS = [view.name for view in views_of("dynamics")]
KERAS = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}
EXPERIMENTS = {
    "lecture": Experiment(),
    "keras": Experiment(**KERAS, units=16),
    "chaos": Experiment(**KERAS, units=32, recurrent_gain=2.0, signal="zeros", timesteps=150),
    "one unit": Experiment(**KERAS, units=1, recurrent_gain=1.8),
    "two units": Experiment(**KERAS, units=2, recurrent_gain=1.8),
    "one step": Experiment(timesteps=1),
    "two steps": Experiment(timesteps=2, units=3),
    "nothing": Experiment(weight_scale=0.0, units=8),
    "zero input": Experiment(signal="zeros", units=8),
    "diverging": Experiment(activation="relu", timesteps=300, units=20),
    "diverged at once": Experiment(
        activation="linear", weight_scale=1000.0, input_gain=1000.0, units=6, timesteps=200
    ),
    "sigmoid": Experiment(activation="sigmoid", units=10),
    "linear": Experiment(**KERAS, activation="linear", units=10),
    "float32": Experiment(dtype="float32", units=12),
    "stack": Experiment(units=(8, 5)),
    "LSTM": Experiment(**KERAS, cell="LSTM", units=6),
    "one LSTM unit": Experiment(**KERAS, cell="LSTM", units=1),
    "GRU": Experiment(**KERAS, cell="GRU", units=7),
    "lecture's LSTM": Experiment(cell="LSTM", units=12),
}


@cache
def analysed(name, kind):
    chosen, run = view(name), simulate(EXPERIMENTS[kind])
    return chosen, chosen.analyse(run, Perspective(timestep=60, layer=1))


def drawn(name, kind, style=None):
    chosen, result = analysed(name, kind)
    return chosen.draw(result, style or Style())


def points_of(figure):
    """How many finite points are drawn, over all traces."""
    count = 0
    for trace in figure.data:
        values = trace.z if trace.type == "heatmap" else trace.y
        if values is not None:
            numbers = np.array([np.nan if value is None else value for value in np.ravel(values)])
            count += int(np.isfinite(numbers.astype(float)).sum())
    return count


@pytest.mark.parametrize("kind", EXPERIMENTS)
@pytest.mark.parametrize("name", VIEWS)
def test_it_opens_says_what_it_means_and_is_not_empty(name, kind):
    for language in LANGUAGES:
        figure = drawn(name, kind, Style(language=language))
        said = figure.layout.meta["verdict"]
        assert len(said) > 20
        assert "{" not in said
        assert "nan" not in said.lower()
        assert figure.layout.title.text.replace("<br>", " ") == said
    if kind != "diverged at once":
        assert points_of(figure) > 0
    json.loads(figure.to_json(), parse_constant=pytest.fail)  # NaN is no JSON


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("presentation", [False, True])
def test_every_style_draws_the_same_numbers(name, theme, presentation):
    plain = drawn(name, "keras")
    figure = drawn(name, "keras", Style(theme=theme, presentation=presentation))
    assert points_of(figure) == points_of(plain)
    assert figure.layout.uirevision is None  # the template's "keep" holds
    assert figure.layout.template.layout.uirevision == "keep"
    if presentation:
        assert figure.layout.title.font.size > plain.layout.title.font.size


@pytest.mark.parametrize("name", ["gradients", "connectivity", "lyapunov", "twins"])
def test_a_time_axis_says_so(name):
    figure = drawn(name, "keras")
    assert figure.layout.meta["time_axis"] == "x"
    assert figure.layout.meta["first_step"] == FIRST_STEP
    shown = [
        np.max(trace.x)
        for trace in figure.data
        if trace.xaxis in (None, "x") and trace.x is not None and len(trace.x)
    ]
    assert max(shown, default=99) <= 99


@pytest.mark.parametrize("name", ["spectrum", "trajectory", "memory", "bifurcation"])
def test_other_axes_do_not(name):
    assert "time_axis" not in drawn(name, "keras").layout.meta


@pytest.mark.parametrize("name", VIEWS)
def test_all_views_report_progress_and_can_be_stopped(name):
    chosen, run = view(name), simulate(EXPERIMENTS["keras"])
    seen = []
    chosen.analyse(run, Perspective(), progress=seen.append)
    assert seen
    assert all(0 <= share <= 1 + 1e-9 for share in seen)

    class StoppedError(Exception):
        pass

    def stop(share):
        raise StoppedError

    if name not in ("trajectory", "trajectory_3d"):  # one LAPACK call at this size
        with pytest.raises(StoppedError):
            chosen.analyse(run, Perspective(), progress=stop)


def test_every_verdict_in_the_words_is_given_by_an_analysis():
    sources = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (Path(rnnviz.__file__).parent / "analysis").glob("*.py")
    }
    # The view in space says what the analysis says, of three directions instead of two.
    sources["trajectory_3d"] = sources["trajectory"]
    sources["fixed_points"] += sources["fixed_points_result"]
    for key in words("en").sentences:
        if key.startswith("verdict."):
            _, topic, case = key.split(".")
            assert re.search(rf"\b{case}\b", sources[topic]), key


def trace_named(figure, name):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


def test_spectrum_draws_the_eigenvalues():
    _, result = analysed("spectrum", "keras")
    figure = drawn("spectrum", "keras")
    np.testing.assert_allclose(trace_named(figure, "U").x, result.kernels[0].eigenvalues.real)
    jacobian = trace_named(figure, f"Jacobian at t = {60 + FIRST_STEP}")
    np.testing.assert_allclose(jacobian.y, result.jacobian_eigenvalues.imag)
    assert figure.layout.yaxis.scaleanchor == "x"
    assert len([trace for trace in drawn("spectrum", "LSTM").data if trace.xaxis is None]) >= 6


def test_gradients_mark_exact_zeros_at_the_foot():
    figure = drawn("gradients", "lecture")
    zeros = [trace for trace in figure.data if trace.name and trace.name.endswith("exactly 0")]
    assert [len(trace.x) for trace in zeros] == [99, 100]
    whole = drawn("gradients", "keras")
    assert not [trace for trace in whole.data if (trace.name or "").endswith("exactly 0")]
    _, result = analysed("gradients", "keras")
    name = f"∂h at t = {99 + FIRST_STEP} by an earlier state"
    np.testing.assert_allclose(trace_named(whole, name).y, result.norm)


def test_connectivity_is_relative_to_the_strongest_input():
    figure = drawn("connectivity", "keras")
    heatmap = next(trace for trace in figure.data if trace.type == "heatmap")
    assert heatmap.z.shape == (32, 61)
    assert heatmap.z.max() == 0
    assert heatmap.z.min() >= -6
    _, result = analysed("connectivity", "keras")
    strongest = np.unravel_index(result.sensitivity.argmax(), result.sensitivity.shape)
    assert heatmap.z[strongest[::-1]] == 0


def test_lyapunov_marks_what_is_minus_infinity():
    figure = drawn("lyapunov", "lecture")
    lost = [trace for trace in figure.data if trace.name == "−∞"]
    assert [len(trace.x) for trace in lost] == [99, 64]
    assert figure.layout.yaxis2.ticktext == ("−∞",)


def test_an_empty_map_says_that_it_is_exactly_zero():
    (note,) = drawn("connectivity", "lecture").layout.annotations
    assert note.text == "exactly 0"
    assert not drawn("connectivity", "keras").layout.annotations


def test_the_trajectory_marks_the_cursor_and_keeps_the_camera():
    _, path = analysed("trajectory", "keras")
    figure = drawn("trajectory", "keras")
    marker = trace_named(figure, f"t = {60 + FIRST_STEP}")
    np.testing.assert_allclose([marker.x[0], marker.y[0]], path.projection.coordinates[60, :2])
    assert drawn("trajectory_3d", "keras").layout.scene.uirevision == "keep"


def test_fixed_points_are_drawn_where_they_are():
    _, result = analysed("fixed_points", "two units")
    figure = drawn("fixed_points", "two units")
    stable, _ = (trace for trace in figure.data if trace.name == "stable")
    chosen = [kind == "stable" for kind in result.points.kinds]
    np.testing.assert_allclose(stable.x, result.points.points[chosen, 0])
    assert len([trace for trace in figure.data if trace.type == "contour"]) == 2
    one = drawn("fixed_points", "one unit")
    names = {trace.name for trace in one.data}
    assert {"one step, F(h)", "unchanged, h", "from the initial state"} <= names


def test_memory_and_bifurcation_draw_their_curves():
    _, result = analysed("memory", "keras")
    curve = next(trace for trace in drawn("memory", "keras").data if trace.mode == "lines+markers")
    np.testing.assert_allclose(curve.y, result.capacity[: len(curve.y)])
    _, strip = analysed("bifurcation", "keras")
    assert strip.bifurcation.factors[0] == pytest.approx(1e-3)
    figure = drawn("bifurcation", "keras")
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.shapes[0].x0 == 1.0


def test_the_bifurcation_is_the_same_whatever_scale_the_run_has():
    chosen = view("bifurcation")
    one, other = (
        chosen.analyse(
            simulate(Experiment(**KERAS, units=6, signal="zeros", weight_scale=scale)),
            Perspective(),
        )
        for scale in (1.0, 0.5)
    )
    np.testing.assert_allclose(
        one.bifurcation.exponents[:90], other.bifurcation.exponents[:90], atol=1e-6
    )


def test_long_runs_stay_small_figures():
    run = simulate(Experiment(**KERAS, units=4, timesteps=20_000))
    for name in ("gradients", "connectivity", "lyapunov", "twins", "trajectory"):
        chosen = view(name)
        figure = chosen.draw(chosen.analyse(run, Perspective(timestep=19_999)), Style())
        assert len(figure.to_json()) < 600_000


@pytest.mark.parametrize("layer", [0, 1])
def test_the_map_of_what_still_matters_names_what_its_rows_are(layer):
    """Above the first layer they are states of the one below, and no input of the network."""
    run = simulate(Experiment(units=(3, 4), input_features=2, timesteps=6, weight_scale=0.3))
    look = Perspective(layer=layer, timestep=5)
    shown = view("connectivity")
    drawn = shown.figure(run, look, shown.analyse(run, look), Style())
    (low, high) = drawn.layout.yaxis.range
    below = run.inputs if layer == 0 else run.layers[0].states
    assert round(high - low) == below.shape[1]
    assert drawn.layout.yaxis.title.text == "feature of the layer's input"
    assert "or what comes from the layer below" in shown.told(run, look, words("en")).how_to_read


def test_a_column_of_the_bifurcation_is_the_layer_alone_at_that_scale():
    """Its input stays what the layer below makes of the present scale, as the view says."""
    experiment = Experiment(units=(3, 4), input_features=2, timesteps=8, weight_scale=0.2)
    run, look = simulate(experiment), Perspective(layer=1)
    shown = view("bifurcation")
    found = shown.analyse(run, look).bifurcation
    held = run.layers[0].states.mean(axis=0)
    cell = simulate(experiment.replace(weight_scale=1.0)).layers[1].layer
    place = int(np.argmin(np.abs(np.log(found.factors / 0.05))))
    scale, state = found.factors[place], np.zeros(4)
    for _ in range(500):
        state = np.tanh(scale * (held @ cell.kernel + state @ cell.recurrent_kernel + cell.bias))
    assert np.allclose(found.visited[place, -1], state[list(found.units)])
    for language, said in (("en", "layers below keep theirs"), ("ko", "이전 층의 스케일은 그대로")):
        assert said in shown.told(run, look, words(language)).how_to_read

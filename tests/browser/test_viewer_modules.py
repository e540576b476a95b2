"""The viewer's modules by themselves, run in the browser and held against Python."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.app.server import assets
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer.network_payload import Drawn, network_bytes
from rnnviz.views import states
from rnnviz.views._plot.picture import Field, encode
from rnnviz.views._plot.style import Style
from tests.viewer.payloads import read

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def call(chromium, server_url):
    """Call a function of a module with JSON-ready arguments."""
    page = chromium.new_page()
    page.goto(f"{server_url}/_stcore/health")

    def call(module, code, *arguments):
        return page.evaluate(
            f"""async (arguments_) => {{
                const module = await import("/{assets.asset_url(module)}");
                return ({code})(module, ...arguments_);
            }}""",
            list(arguments),
        )

    yield call
    page.close()


def _numbers(count):
    ordinary = np.tanh(RANDOM.standard_normal(count) * 3)
    bits = RANDOM.integers(0, 2**64, count, dtype=np.uint64).view(np.float64)
    near_one = 1 - RANDOM.random(count) * 2.0**-52 * 100
    numbers = np.concatenate([ordinary, bits, near_one, [0, -0.0, 1, -1, 0.1, 1e22, 5e-324]])
    return numbers[np.isfinite(numbers)]


def test_numbers_are_written_so_that_they_read_back(call):
    numbers = _numbers(500)
    texts = call("words.js", "(m, all) => all.map((one) => m.shortest(one))", numbers.tolist())
    for number, text in zip(numbers, texts, strict=True):
        assert float(text.replace("−", "-")) == number
        assert len(text) <= len(repr(float(number))) + 2


def test_float32_is_written_as_briefly_as_numpy_does(call):
    numbers = np.tanh(RANDOM.standard_normal(500) * 3).astype(np.float32)
    numbers = np.append(numbers, [np.nextafter(np.float32(1), np.float32(0)), np.float32(1)])
    code = "(m, all) => all.map((one) => m.shortest(one, true))"
    texts = call("words.js", code, numbers.astype(float).tolist())
    assert [text.replace("−", "-") for text in texts] == [str(number) for number in numbers]


def test_rough_numbers_have_room_on_an_axis(call):
    """ "3230000000" was cut at the edge of a strip; ends of float64 are whole as well."""
    given = [3.2345e9, -3.2345e9, 8e307, -1e5, 99999.0, 0.5, -12.345, 0, 1.2e-8]
    texts = call("words.js", "(m, all) => all.map((one) => m.rough(one))", given)
    written = ["3.23e+9", "−3.23e+9", "8e+307", "−1e+5", "1e+5", "0.5", "−12.3", "0", "1.2e−8"]
    assert texts == written


def test_shares_are_never_rounded_to_all_or_nothing(call):
    code = "(m, all) => all.map((one) => m.percent(one))"
    texts = call("words.js", code, [0, 1e-9, 0.125, 0.99999, 1])
    assert texts == ["0%", "< 0.1%", "12.5%", "> 99.9%", "100%"]


@pytest.mark.parametrize(
    ("low", "high", "marked"), [(-1.0, 1.0, True), (0.0, 1.0, True), (-7.5, 7.5, False)]
)
def test_shades_are_those_of_python(call, low, high, marked):
    marks = {"low_mark": low, "high_mark": high} if marked else {}
    field = Field(np.zeros((1, 1)), "state", low, high, **marks)
    values = np.concatenate([RANDOM.uniform(low, high, 2000), [low, high, 2 * high]])
    described = {
        "low": low,
        "high": high,
        "lowMark": low if marked else None,
        "highMark": high if marked else None,
    }
    code = "(m, values, field) => Array.from(m.shadesOf(Float64Array.from(values), field))"
    shades = np.array(call("payload.js", code, values.tolist(), described))
    # Python rounds in float32: on the edge of a shade the two may differ by that one.
    assert np.abs(shades - encode(values, field)).max() <= 1
    assert ((shades == 255) == (encode(values, field) == 255)).all()


def test_reducing_to_the_screen_keeps_the_extremes(call):
    shades = np.full((1000, 8), 100, np.uint8)
    shades[637, 3], shades[10, 7] = 255, 1
    tile = {"step": 0, "end": 1000, "unit": 0, "top": 8, "steps": 1, "units": 1}
    tile |= {"columns": 1000, "rows": 8}
    code = """(m, tile, shades, level, columns) => {
        tile.levels = { mean: Uint8Array.from(shades) };
        const view = { step: 0, end: 1000, unit: 0, top: 8 };
        const blocks = m.blocksOf(tile, level, view, { columns, rows: 8 });
        return { ...blocks, shades: Array.from(blocks.shades), least: Array.from(blocks.least),
                 most: Array.from(blocks.most) };
    }"""
    every = shades.ravel().tolist()
    blocks = call("raster.js", code, tile, every, "mean", 100)
    assert (blocks["columns"], blocks["rows"], blocks["steps"]) == (100, 8, 10)
    most, least = (np.array(blocks[name]).reshape(100, 8) for name in ("most", "least"))
    assert most[63, 3] == 255
    assert least[1, 7] == 1
    assert (most == 255).sum() == 1
    mean = np.array(blocks["shades"]).reshape(100, 8)
    assert mean[63, 3] == round((9 * 100 + 255) / 10)
    whole = call("raster.js", code, tile, every, "mean", 1000)
    assert whole["shades"] == every


def test_a_payload_that_starts_anywhere_in_a_message_is_read(call):
    from rnnviz.viewer.packing import Arrays, pack

    arrays = Arrays()
    values = RANDOM.random((3, 4))
    field = {"low": 0.0, "high": 1.0, "lowMark": None, "highMark": None}
    tile = {"columns": 3, "rows": 4, "values": arrays.add(values)}
    data = pack({"field": field, "tiles": [tile], "word": "은닉"}, arrays, (5, 6))
    code = """(m, bytes, shift) => {
        const all = new Uint8Array(bytes.length + shift);
        all.set(bytes, shift);
        const part = all.subarray(shift);
        const { tiles, word } = m.readPayload(part);
        return [Array.from(tiles[0].values), word, m.readPrefix(part)];
    }"""
    for shift in (0, 1, 7):
        read, word, prefix = call("payload.js", code, list(data), shift)
        assert read == values.ravel().tolist()
        assert word == "은닉"
        assert (prefix["timestep"], prefix["unit"]) == (5, 6)


@pytest.mark.parametrize(
    "knobs",
    [
        {"activation": "tanh"},
        {"activation": "relu"},
        {"cell": "LSTM"},
        {"cell": "GRU"},
        {"cell": "GRU", "reset_after": False},
    ],
)
def test_the_diagram_computes_what_the_engine_computes(call, knobs):
    """Every timestep of a run, term by term, in the browser: within rounding of NumPy's."""
    more = {"recurrent_initializer": "orthogonal", "kernel_initializer": "glorot_uniform"}
    run = simulate(Experiment(units=9, input_features=4, timesteps=30, **more, **knobs))
    trace = run.layers[0].trace
    cell = trace.layer
    layer = {
        "cell": type(cell).__name__,
        "activation": cell.activation,
        "recurrentActivation": getattr(cell, "recurrent_activation", None),
        "resetAfter": getattr(cell, "reset_after", None),
        "units": cell.units,
        "features": cell.features,
    }
    arrays = {
        "kernel": cell.kernel,
        "recurrent": cell.recurrent_kernel,
        "bias": cell.bias,
        "initial": trace.initial_state,
        "inputs": trace.inputs,
    }
    code = """(m, layer, arrays) => {
        for (const name in arrays) layer[name] = Float64Array.from(arrays[name]);
        const found = m.unrolling(layer, 30);
        for (const t of [4, 2, 29]) found.unrollTo(t); // as far as is asked for, and not again
        return Array.from(found.states);
    }"""
    flat = {name: array.ravel().tolist() for name, array in arrays.items()}
    states = np.array(call("cell_step.js", code, layer, flat)).reshape(30, 9)
    assert np.allclose(states, trace.states, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("size", [1, 7, 32, 64, 1200])
@pytest.mark.parametrize("scale", [1.0, 40.0, 1e-3, 1e-7, 1e9])
def test_arrays_are_printed_as_numpy_prints_them(call, size, scale):
    for values in (RANDOM.random(size) * scale, RANDOM.standard_normal(size) * scale):
        found = call("numbers.js", "(m, all) => m.printed(all)", values.tolist())
        assert found == str(values)
    whole = np.where(np.arange(size) % 2, 1.0, 0.5)
    assert call("numbers.js", "(m, all) => m.printed(all)", whole.tolist()) == str(whole)


def test_a_general_number_is_the_one_of_python(call):
    values = [0.0, 1.0, 0.05, 0.0316, 1 / 3, 123456.7, 1e6, 2.5e7, 1e-4, 3.16e-5, -0.007, 12.0]
    texts = call("numbers.js", "(m, all) => all.map((one) => m.general(one))", values)
    assert texts == [f"{one:g}" for one in values]


def test_a_brief_number_never_claims_a_whole_end(call):
    values = [0.99999999, -0.99999999, 1, -1, 0, 0.12345678, 40.63, 1e-9]
    texts = call("numbers.js", "(m, all) => all.map((one) => m.brief(one))", values)
    assert texts == ["0.9999…", "−0.9999…", "1", "−1", "0", "0.1235", "40.63", "1.00e−9"]


def test_only_a_change_of_the_weight_scale_is_computed_in_the_browser(call):
    base = Experiment(weight_scale=0.03)
    others = [base.replace(weight_scale=0.1), base.replace(units=3), base.replace(seed=1)]
    code = "(m, one, others) => others.map((other) => m.onlyScale(one, other))"
    queries = [other.to_query() for other in others]
    assert call("network.js", code, base.to_query(), queries) == [0.1, None, None]


@pytest.mark.parametrize("opened", [0, 1])
def test_a_column_of_the_diagram_is_one_timestep_of_the_input(call, opened):
    """A layer that reads from the end has its states turned round beside one that does not."""
    run = simulate(Experiment(units=(3, 2), go_backwards=(False, True), timesteps=5))
    field = states.analyse(run, Perspective(layer=opened)).field
    header, arrays = read(network_bytes(Drawn(run, opened, field), Style()))
    code = """(m, header, arrays, t) => {
        const model = m.modelOf(header, arrays.map((one) => Float64Array.from(one)));
        return model.layers.map((layer) => [...model.stateAt(t, layer)]);
    }"""
    lower, upper = call("model.js", code, header, [one.tolist() for one in arrays], 1)
    time = 1 if opened == 0 else 3
    assert np.array_equal(lower, run.layers[0].states[time])
    assert np.array_equal(upper, run.layers[1].states[4 - time])


def test_a_step_that_is_passed_over_is_known(call):
    masked = {"signal": "text", "text": "ab", "maxlen": 4, "mask_zero": True}
    run = simulate(Experiment(units=3, **masked))
    header, arrays = read(
        network_bytes(Drawn(run, 0, states.analyse(run, Perspective()).field), Style())
    )
    code = """(m, header, arrays) => {
        const model = m.modelOf(header, arrays.map((one) => Float64Array.from(one)));
        return [0, 1, 2, 3].map((t) => model.at(t).isMasked);
    }"""
    found = call("model.js", code, header, [one.tolist() for one in arrays])
    assert found == [True, True, False, False]

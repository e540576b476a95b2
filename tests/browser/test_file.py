"""The file with the viewer: opened from a disk, offline; what it computes is NumPy's."""

import re
from contextlib import ExitStack

import numpy as np
import pytest

from rnnviz import Experiment, figure, simulate
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.export.viewer_page import viewer_page
from rnnviz.i18n import words
from rnnviz.sentences.reading import read
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer.bundle import bundle
from rnnviz.views import states
from tests.browser.offline import opened_file
from tests.browser.pixels import VIEWER
from tests.browser.viewer import Viewer

SMALL = {"timesteps": 40, "units": 12, "input_features": 5}
KERAS = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}
CASES = {
    "the lecture's": (Experiment(), {"weight_scale": 0.0501}),
    "pinned": (Experiment(**SMALL, weight_scale=0.05), {"weight_scale": 5.0}),
    "own contrast": (Experiment(**SMALL), {"weight_scale": 0.00355}),
    "gains": (Experiment(**SMALL, weight_scale=0.1), {"input_gain": 0.2, "recurrent_gain": 0.5}),
    "negative": (Experiment(**SMALL, **KERAS), {"weight_scale": 1.26, "input_gain": 2.0}),
    "relu": (Experiment(**SMALL, activation="relu", weight_scale=0.05), {"weight_scale": 0.1}),
    "dead": (
        Experiment(
            **SMALL, activation="relu", kernel_initializer="zeros", bias_initializer="zeros"
        ),
        {"weight_scale": 0.5},
    ),
    "overflow": (
        Experiment(timesteps=100, units=40, activation="linear", weight_scale=0.05),
        {"weight_scale": 10.0, "recurrent_gain": 10.0},
    ),
    "linear": (Experiment(**SMALL, activation="linear", weight_scale=0.02), {"recurrent_gain": 2}),
    "sigmoid": (Experiment(**SMALL, activation="sigmoid"), {"weight_scale": 2.0}),
    "one step": (Experiment(**SMALL | {"timesteps": 1}), {"weight_scale": 0.1}),
    "LSTM": (Experiment(**SMALL, **KERAS, cell="LSTM"), {"weight_scale": 1.5, "input_gain": 0.5}),
    "LSTM of the lecture": (Experiment(**SMALL, cell="LSTM"), {"weight_scale": 0.1}),
    "GRU": (Experiment(**SMALL, **KERAS, cell="GRU"), {"weight_scale": 1.5}),
    "GRU, reset before": (
        Experiment(**SMALL, **KERAS, cell="GRU", reset_after=False),
        {"recurrent_gain": 1.5},
    ),
    "two layers": (
        Experiment(**SMALL | {"units": (10, 7)}, **KERAS, cell=("GRU", "SimpleRNN")),
        {"weight_scale": 0.8},
    ),
}
COMPUTE = """async ([text, file, values, language]) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const m = await (window.loaded ??= import(url));
    const data = await m.unpacked(file);
    const start = Object.fromEntries(data.engine.knobs.map(({ name, value }) => [name, value]));
    const factors = m.factorsOf(data.engine.knobs, { ...start, ...values });
    const traces = m.run(data.engineLayers, data.inputs, data.timesteps, factors);
    const say = (key) => data.sentence(key, language);
    const plain = (values) => Array.from(values, (one) => String(one));
    return traces.map((trace, i) => {
        const range = m.rangeOf(trace.layer);
        const pictures = data.layers[i].lenses.map((lens) => {
            const base = data.picture(i, lens, language);
            const { field, tiles, strips } = m.pictureOf(base, trace, range, lens, "auto", say);
            const { low, high, kind, title, own } = field;
            const ends = [field.lowMark, field.highMark];
            const marks = ends.map((one) => (one === null ? null : String(one)));
            return [lens, { low, high, kind, title, own, marks, values: plain(tiles[0].values),
                            strips: strips.map(({ levels, axis }) => [plain(levels.mean), axis]) }];
        });
        const result = m.saturationOf(trace);
        const { gradient, kind } = m.diagnosisOf(trace, result);
        const reading = m.readingOf(trace, null, say);
        const told = { reading, kind, gradient: String(gradient) };
        return { pictures: Object.fromEntries(pictures), ...told };
    });
}"""
MODULES = ("file_page.js", "file_data.js", "file_engine.js", "file_lenses.js", "file_knobs.js")


def data_of(page: bytes) -> str:
    """The block of data of a page."""
    return re.search(r'id="rnnviz-data">([^<]*)<', page.decode())[1]


def _numbers(texts):
    return np.array(
        [float(text.replace("Infinity", "inf").replace("NaN", "nan")) for text in texts]
    )


def _is_exact(trace):
    """Whether Python's gradient is that of the whole product, and not of a power iteration."""
    return min(trace.timesteps, 200) * trace.layer.state_size**3 <= 5e7


def test_the_file_computes_what_numpy_computes(chromium):
    """States within 1e-12; every lens with scale, marks and strips; the sentences word by word."""
    page = chromium.new_page()
    page.goto("about:blank")
    text = bundle(*MODULES, "file_diagnosis.js", "file_reading.js")
    for number, (name, (base, values)) in enumerate(CASES.items()):
        language = ("en", "ko")[number % 2]
        file = viewer_page(simulate(base), Perspective(), language)
        found = page.evaluate(COMPUTE, [text, data_of(file), values, language])
        run = simulate(base.replace(**values))
        for index, layer in enumerate(run.layers):
            _check_layer(name, found[index], run, index, layer.trace, words(language))
    page.close()


def _check_layer(name, found, run, index, trace, say):
    for lens, picture in found["pictures"].items():
        wanted = states.analyse(run, Perspective(lens=lens, layer=index))
        field, where = wanted.field, (name, index, lens)
        near = {"rtol": 1e-12, "atol": 1e-12}
        if lens in ("digits", "magnitude", "slope"):
            near = {"rtol": 1e-6, "atol": 1e-9}  # the last bit of a state is a digit of these
        shown = _numbers(picture["values"]).reshape(field.values.shape)
        assert np.allclose(shown, field.values, equal_nan=True, **near), where
        ends = (picture["low"], picture["high"])
        assert np.allclose(ends, (field.low, field.high), rtol=1e-9), where
        assert (picture["kind"], picture["own"]) == (field.kind, field.own), where
        marks = [
            mark if mark is None else float(mark) for mark in (field.low_mark, field.high_mark)
        ]
        shown_marks = [mark and float(mark.replace("Infinity", "inf")) for mark in picture["marks"]]
        assert shown_marks == marks, where
        for (strip, axis), theirs in zip(picture["strips"], wanted.strips, strict=True):
            assert np.allclose(_numbers(strip), theirs.values, equal_nan=True, **near), where
            assert np.isclose(axis["tickvals"][0], theirs.low, rtol=1e-9), where
    result = saturation(trace)
    diagnosis = diagnose(trace, result)
    assert found["kind"] == diagnosis.kind, name
    (gradient,) = _numbers([found["gradient"]])
    if not _is_exact(trace):
        assert gradient == pytest.approx(diagnosis.gradient, abs=0.05), name
        return
    same = np.isclose(gradient, diagnosis.gradient, rtol=1e-6, atol=1e-6, equal_nan=True)
    assert same or not diagnosis.steps, name
    reading = read(trace, result, diagnosis, say)
    spoken = found["reading"]
    assert (spoken["headline"], spoken["meaning"]) == (reading.headline, reading.meaning), name


START = Perspective()
KNOB = '[data-knob="weight_scale"]'
LIVELY = Experiment(weight_scale=0.0501, **KERAS | {"recurrent_initializer": "numpy_random"})


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a page from a disk in a browser that is offline; collects what it complains about."""
    with ExitStack() as stack:

        def opened(run, *, width=1366, height=768, perspective=START, language="ko", **options):
            path = tmp_path / "lesson.html"
            path.write_bytes(viewer_page(run, perspective, language))
            options |= {"width": width, "height": height}
            page = stack.enter_context(opened_file(chromium, path, **options))
            page.wait_for_selector(f"{VIEWER}[data-experiment]")
            return page

        yield opened


def test_the_file_is_the_viewer_without_a_server(opened):
    """Cursor, play, zoom, hover, lenses, both languages, themes, keys; nothing is fetched."""
    page = opened(simulate(LIVELY), perspective=Perspective(timestep=7))
    viewer = Viewer(page)
    slider = page.locator(".rv-cursor")
    assert slider.input_value() == "7"
    viewer.stage.press("ArrowRight")
    page.locator(".rn-network[data-shown^='8 ']").wait_for()
    page.mouse.move(*viewer.cell(5, 3, (100, 64)))
    value = simulate(LIVELY).states[5, 3]
    assert f"{value!r}".replace("np.float64(", "").rstrip(")").replace("-", "−") in viewer.tip
    viewer.drag(viewer.point(0.2, 0.5), viewer.point(0.4, 0.9))
    page.keyboard.press("+")
    page.wait_for_function("() => !document.querySelector('.rv-reset').hidden")
    page.locator(".rv-reset").click()

    assert page.evaluate("() => document.documentElement.lang") == "ko"
    before = page.locator("h2").first.inner_text()
    page.get_by_role("button", name="English").click()
    assert page.evaluate("() => document.documentElement.lang") == "en"
    page.get_by_role("button", name="Digits of saturation").click()
    page.wait_for_function("() => document.querySelector('[data-option=digits]').ariaPressed")
    assert page.locator("h2").first.inner_text() != before
    page.get_by_role("button", name="Dark", exact=True).click()
    page.locator(f'{VIEWER}[data-theme="dark"]').wait_for()
    page.keyboard.press("?")
    page.locator('[data-part="help"]').wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_function(
        "(at) => Number(document.querySelector('.rv-cursor').value) > at", arg=12
    )
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_files_policy_forbids_every_request(opened):
    page = opened(simulate(Experiment(**SMALL)))
    tries = """async () => {
        const tried = [() => fetch("https://example.org/"), () => fetch("file:///etc/hostname"),
                       () => import("data:text/javascript,export default 1")];
        const ends = await Promise.allSettled(tried.map((one) => one()));
        return ends.map((end) => end.status);
    }"""
    assert page.evaluate(tries) == ["rejected"] * 3


def test_a_knob_of_the_file_moves_picture_sentence_and_network(opened):
    """At the default size; and a phone in the hand has no sideways scrolling."""
    page = opened(simulate(Experiment()), width=390, height=844, language="en", has_touch=True)
    assert "exactly 1.0" in page.locator("h2").first.inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    pixels = Viewer(page).pixels()
    stops = page.evaluate("(selector) => Number(document.querySelector(selector).max)", KNOB)
    page.locator(KNOB).fill(str(stops // 3))
    page.locator("h2", has_text="forgets").wait_for()
    assert page.locator(".rn-behind").is_hidden()
    page.wait_for_function(
        "() => document.querySelector('.rn-network').dataset.identity"
        " === document.querySelector('.rv-viewer').dataset.experiment"
    )
    moved = Viewer(page).pixels()
    assert (moved != pixels).any(axis=-1).mean() > 0.5
    page.locator('[data-part="home"]').click()
    page.locator("h2", has_text="exactly 1.0").wait_for()
    assert page.complaints == []


REPAINT = """async ([text, body, file]) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const { open } = await import(url);
    document.body.innerHTML = body;
    const page = await open(document.body, file);
    const { stage } = page.viewer;
    const spent = [];
    for (let i = 0; i < 20; i++) {
        const begun = performance.now();
        page.knobs.values.weight_scale *= 0.97;
        page.knobs.compute();
        stage.show(page.viewer.picture, stage.theme, stage.width);
        stage.paint();
        page.viewer.drawCursor();
        spent.push(performance.now() - begun);
    }
    return spent;
}"""


def test_a_repaint_takes_less_than_a_thirtieth_of_a_second(chromium):
    """Run, lens and picture of the lecture's size; the quickest of twenty, for others work here."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto("about:blank")
    file = viewer_page(simulate(Experiment()), START, "en")
    body = file.decode().partition("<body>")[2].partition("<noscript>")[0]
    spent = page.evaluate(REPAINT, [bundle("file_page.js"), body, data_of(file)])
    page.close()
    assert min(spent) < 1000 / 30, spent


def test_the_heatmap_is_that_of_the_page(opened, open_page):
    """Pixel by pixel, the stage as wide in both."""
    query = "?" + LIVELY.to_query() + "&lang=en"
    live = open_page(query)
    width = live.evaluate("() => document.querySelector('.rv-stage').clientWidth")
    page = opened(simulate(LIVELY), language="en")
    page.evaluate(
        "(width) => (document.querySelector('[data-part=viewer]').style.width = `${width}px`)",
        width,
    )
    page.wait_for_function(
        "(heat) => document.querySelector('.rv-viewer').dataset.heat === heat",
        arg=live.locator(VIEWER).get_attribute("data-heat"),
    )
    page.locator(f"{VIEWER}[data-experiment]").wait_for()
    assert np.array_equal(Viewer(page).pixels(), Viewer(live).pixels())


def test_linked_views_of_the_file_follow_its_cursor(opened, tmp_path, chromium):
    """One that is computed anew for each timestep, and one whose traces move by themselves."""
    run = simulate(Experiment(timesteps=12, units=5, input_features=3, weight_scale=0.3))
    path = tmp_path / "linked.html"
    path.write_bytes(viewer_page(run, START, "en", linked=("spectrum", "curve"), theme="light"))
    with opened_file(chromium, path) as page:
        figures = page.locator('[data-testid="figure-view"][data-painted]')
        figures.nth(1).wait_for()
        page.locator(".rv-cursor").focus()
        for _ in range(7):
            page.keyboard.press("ArrowRight")
        figures.get_by_text("Jacobian at t = 7", exact=True).first.wait_for()
        page.locator("main").get_by_text("t = 7 …").wait_for(state="detached")
        shown = page.evaluate(
            """() => document.querySelector("[data-view=spectrum] .js-plotly-plot").calcdata
                .map(([{ trace }]) => [Array.from(trace.x ?? []), Array.from(trace.y ?? [])])"""
        )
        wanted = figure(run, "spectrum", perspective=Perspective(timestep=7)).data
        for (x, y), trace in zip(shown, wanted, strict=True):
            for found, axis in ((x, trace.x), (y, trace.y)):
                if axis is not None and None not in found:
                    assert np.allclose(found, np.asarray(axis, float), rtol=1e-9)
        page.get_by_role("button", name="한국어").click()
        page.get_by_role("button", name="어둡게", exact=True).click()
        figures.get_by_text("t = 7의 야코비안", exact=False).first.wait_for()
        assert page.complaints == []

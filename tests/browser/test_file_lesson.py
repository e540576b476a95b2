"""A lesson as one file: offline, on a phone, in both languages; what it computes is NumPy's."""

import re

import numpy as np
import pytest

from rnnviz.export.lesson_page import lesson_page
from rnnviz.i18n import words
from rnnviz.lessons.registry import lessons
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.viewer.bundle import bundle
from rnnviz.views import states
from tests.browser.offline import opened_file
from tests.browser.pixels import VIEWER

NAMES = ("all_ones", "scaling", "initialisers", "gates", "precision", "stacking", "stateful")
STATES = """async ([text, body, file, most]) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const { open } = await (window.loaded ??= import(url));
    document.body.innerHTML = body;
    const page = await open(document.body, file);
    const every = page.data.settings.map((one, i) => [one.name, i]);
    const stride = Math.max(1, Math.floor(every.length / most));
    return every.filter((_, i) => i % stride === 0).map(([name, i]) => {
        const { field, tiles, strips } = page.pictureAt(i);
        const [mean] = strips.at(-1).levels.mean;
        return [name, Array.from(tiles[0].values), field.low, field.high, mean];
    });
}"""


@pytest.mark.parametrize("name", NAMES)
def test_the_states_of_what_a_lesson_comes_to_are_numpys(blank, name):
    lesson = lessons()[name]
    file = lesson_page(lesson, "en").decode()
    data = re.search(r'id="rnnviz-data">([^<]*)<', file)[1]
    body = file.partition("<body>")[2].partition("<noscript>")[0]
    layer, trial = lesson.look.get("layer", 0), lesson.look.get("trial", 0)
    shown = blank.evaluate(STATES, [bundle("file_lesson.js"), body, data, 6])
    assert len(shown) >= min(6, len({one[0] for one in shown}))
    for query, values, low, high, mean in shown:
        experiment = Experiment.from_query(query)
        run = simulate(experiment).trial(trial if experiment.sequences > 1 else 0)
        top = min(layer, len(run.layers) - 1)
        wanted = run.layers[top].states
        found = np.reshape(values, wanted.shape)
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
        field = states.analyse(run, Perspective(layer=top)).field
        assert np.allclose((low, high), (field.low, field.high), rtol=1e-9)
        assert np.isclose(mean, wanted[0].mean(dtype=np.float64), rtol=1e-9)


@pytest.fixture(scope="module")
def blank(chromium):
    """A page in which modules are loaded."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto("about:blank")
    yield page
    page.close()


def test_a_lesson_from_its_first_card_to_its_last_on_a_phone(chromium, tmp_path):
    """Predict, move, see it met, read why; then from the beginning, in the other language."""
    lesson = lessons()["scaling"]
    path = tmp_path / "lesson.html"
    path.write_bytes(lesson_page(lesson, "ko"))
    with opened_file(chromium, path, width=390, height=844, has_touch=True) as page:
        page.locator(f"{VIEWER}[data-experiment]").wait_for()
        say = lesson.words(words("ko"))
        assert page.locator("h1").inner_text() == lesson.title(say)
        knob = page.get_by_role("slider", name=say("knob.weight_scale.label"))
        assert knob.is_disabled(), "it unlocks when the question is answered"
        page.get_by_role("button", name="절반쯤").click()
        assert page.get_by_role("button", name=say("lessons.skip")).is_visible()
        page.get_by_text(re.compile("^달성도")).wait_for()
        before = page.locator(VIEWER).get_attribute("data-experiment")
        for _ in range(40):
            knob.press("ArrowLeft")
        page.get_by_text(say("lessons.met")).wait_for()
        page.wait_for_function(
            "([one, before]) => document.querySelector(one).dataset.experiment !== before",
            arg=[VIEWER, before],
        )
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name=say("lessons.next")).click()
        page.get_by_text(re.compile("^예측: “절반쯤”. 결과")).wait_for()
        page.get_by_role("button", name="English").click()
        page.get_by_text(re.compile("^You predicted “About half”")).wait_for()
        page.get_by_role("button", name="Back").click()
        page.get_by_text("Done.").wait_for()
        page.keyboard.press("n")
        page.keyboard.press("n")
        page.get_by_role("button", name="About 1", exact=True).click()
        page.get_by_role("button", name="Show me").click()
        page.get_by_text("Done.").wait_for()
        page.keyboard.press("n")
        page.get_by_text(re.compile("^You predicted “About 1”")).wait_for()
        page.keyboard.press("n")
        assert page.locator("math").count() >= 3
        page.get_by_role("button", name="From the beginning").click()
        page.get_by_role("button", name="About half").wait_for()
        assert page.complaints == []
        assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []

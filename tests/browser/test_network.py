"""The network drawn: it follows the cursor, the chosen unit and the slider under the hand."""

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz import Experiment, simulate
from rnnviz.codegen.annotated_loop import annotated_loop
from rnnviz.i18n import words
from tests.browser.hands import hold, idle
from tests.browser.viewer import Viewer

NETWORK = ".rn-network"
SAMPLES = np.random.default_rng(0).integers(1, 99, 20)


def shown(page):
    """Return the timestep and the unit that the diagram shows."""
    step, unit = page.locator(NETWORK).get_attribute("data-shown").split()
    return int(step), int(unit)


def held(page, name):
    """Return what a name of the loop holds, as printed, and the timestep beside it."""
    page.locator(f"{NETWORK} .rn-code pre").first.locator(f'[data-name="{name}"]').first.click()
    text = page.locator(f"{NETWORK} .rn-value").inner_text()
    head, _, body = text.partition("\n")
    return int(head.rpartition("=")[2]), body


def test_while_it_plays_the_loop_holds_what_the_run_holds(open_page):
    """At 20 random moments, what is printed belongs to the timestep that is written beside it."""
    experiment = Experiment(weight_scale=0.03)
    run = simulate(experiment)
    page = open_page("?" + experiment.to_query())
    page.locator(f"{NETWORK} .rn-modes button").nth(2).click()
    page.get_by_role("button", name="Play").click()
    seen = set()
    for pause in SAMPLES:
        page.wait_for_timeout(int(pause) * 4)
        step, text = held(page, "output_t")
        assert text == f">>> print(output_t.shape, output_t)\n(64,) {run.states[step]}"
        step, text = held(page, "state_t")
        before = run.states[step - 1] if step else np.zeros(64)
        assert text.endswith(f"(64,) {before}")
        seen.add(step)
    assert len(seen) > 5, "it played"


def test_it_follows_the_cursor_without_the_server(open_page):
    page = open_page("?t=5")
    viewer = Viewer(page)
    page.wait_for_function(f"() => document.querySelector('{NETWORK}')?.dataset.shown === '5 0'")
    for step in (17, 63):
        page.mouse.click(*viewer.cell(step, 9, (100, 64)))
        page.wait_for_function(
            f"() => document.querySelector('{NETWORK}').dataset.shown === '{step} 9'", timeout=2000
        )


def test_the_loop_has_the_width_that_its_lines_need(open_page):
    page = open_page("?weight_scale=0.05")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator(f"{NETWORK} .rn-modes button").nth(2).click()
    code = page.locator(f"{NETWORK} .rn-code pre").first
    page.wait_for_function("(one) => one.clientWidth > 400", arg=code.element_handle())
    assert code.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 1


def test_of_a_bidirectional_layer_it_says_which_direction_is_drawn(open_page):
    page = open_page("?bidirectional=1&t=40&unit=100")
    at = page.locator(f"{NETWORK} .rn-at")
    expect(at).to_have_text("forward layer · t = 40 · unit 0")
    page.get_by_text("한국어").click()
    expect(at).to_have_text("정방향 층 · t = 40 · 유닛 0")


def test_a_unit_picked_in_it_is_picked_in_the_heatmap_and_in_the_link(open_page):
    page = open_page("?weight_scale=0.03")
    page.wait_for_selector(f"{NETWORK}[data-shown]")
    box = page.locator(f"{NETWORK} .rn-stage").bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 100)
    page.wait_for_function(f"() => document.querySelector('{NETWORK}').dataset.shown !== '0 0'")
    unit = shown(page)[1]
    assert 20 < unit < 50
    page.wait_for_url(lambda url: f"unit={unit}&" in f"{url}&")
    details = page.locator(f"{NETWORK} .rn-details")
    expect(details).to_contain_text("W.shape = (64, 32)")
    expect(details).to_contain_text(f"W[{unit}]")


@pytest.mark.parametrize("units", ["24", "24,16"])
def test_it_follows_every_slider_while_it_is_held(open_page, units):
    """The browser computes other scales, of a stack as well; sizes come with their picture."""
    page = open_page(f"?weight_scale=0.03&units={units}")
    shown = f"document.querySelector('{NETWORK}').dataset.identity"
    painted = "document.querySelector('.rv-viewer').dataset.experiment"
    for label, pixels in (("Weight scale", 40), ("Units", 40), ("Timesteps", -60)):
        before = page.locator(".rv-viewer").get_attribute("data-experiment")
        hold(page, label, pixels)
        page.wait_for_function(f"() => {shown} === 'preview'", timeout=5000)
        assert page.locator(f"{NETWORK} .rn-behind").is_hidden(), label
        page.mouse.up()
        page.wait_for_function(f"() => {shown} === {painted}")
        idle(page)
        now = Experiment.from_query(page.locator(".rv-viewer").get_attribute("data-experiment"))
        assert now != Experiment.from_query(before), label


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_loop_names_the_weights_of_the_slider_under_the_hand(open_page, language):
    """A remark of the setting before stood beside W, U and b of the one that was shown."""
    say = words(language)
    page = open_page(f"?weight_scale=0.05&lang={language}")
    page.get_by_role("button", name=say("network.code"), exact=True).click()
    code = page.locator(f"{NETWORK} .rn-code pre").first

    def expected(text):
        run = simulate(Experiment.from_query(text))
        return "\n".join(line or "\u200b" for line in annotated_loop(run, 0, say))

    expect(code).to_contain_text("× 0.05")
    for label, pixels in (("weight_scale", 40), ("units", -30), ("weight_scale", 500)):
        hold(page, say(f"knob.{label}.label"), pixels)
        page.wait_for_function(
            "() => document.querySelector('.rn-network').dataset.identity === 'preview'"
        )
        under = page.locator(".rv-viewer").get_attribute("data-experiment")
        expect(code).to_have_text(expected(under), use_inner_text=True)
        page.mouse.up()
        idle(page)
        page.wait_for_function(
            "() => document.querySelector('.rn-network').dataset.identity !== 'preview'"
        )


def test_the_unrolled_network_moves_the_cursor(open_page):
    page = open_page("?t=20&weight_scale=0.03")
    page.wait_for_selector(f"{NETWORK}[data-shown]")
    page.locator(f"{NETWORK} .rn-modes button").nth(1).click()
    box = page.locator(f"{NETWORK} .rn-stage").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 60)
    page.wait_for_function(
        f"() => !document.querySelector('{NETWORK}').dataset.shown.startsWith('20')"
    )
    step = shown(page)[0]
    assert 21 <= step <= 26
    assert Viewer(page).step == step


def test_a_masked_timestep_is_said_to_be_passed_over(open_page):
    """z and act(z) stood beside an h that is another one, without a word."""
    query = "signal=text&text=abc&maxlen=6&mask_zero=1&weight_scale=0.3&units=4"
    page = open_page(f"?{query}&t=1")
    at, said = page.locator(f"{NETWORK} .rn-at"), words("en")("network.passed_over")
    expect(at).to_have_text(f"t = 1 · unit 0 · {said}")
    page.locator(f"{NETWORK} .rn-modes button").nth(2).click()
    marked = page.locator(f"{NETWORK} .rn-now")
    expect(marked).to_have_text("        continue")
    cursor = page.locator(".rv-cursor")
    cursor.focus()
    for _ in range(3):
        cursor.press("ArrowRight")
    expect(at).to_have_text("t = 4 · unit 0")
    expect(marked).to_have_text("    state_t = output_t")


def test_of_a_layer_that_reads_from_the_end_inputs_are_in_their_own_order(open_page):
    experiment = Experiment(units=3, input_features=2, timesteps=5, go_backwards=True)
    run = simulate(experiment)
    page = open_page("?" + experiment.to_query() + "&t=1")
    page.locator(f"{NETWORK} .rn-modes button").nth(2).click()
    expect(page.locator(f"{NETWORK} .rn-code pre").first).to_contain_text("in inputs[::-1]:")
    assert held(page, "inputs")[1].endswith(f"print(inputs[0])\n{run.inputs[0]}")
    assert held(page, "input_t")[1].endswith(f"(2,) {run.inputs[3]}")

"""All that is seen belongs to what is under the hand: sentences, numbers, figures, both sides."""

import re

import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.i18n import words
from rnnviz.sentences.reading import read
from tests.browser.hands import hold


def headline(experiment):
    trace = simulate(experiment).layers[0].trace
    result = saturation(trace)
    return read(trace, result, diagnose(trace, result), words("en")).headline


STILL_SEEN = """() => [...document.querySelectorAll(".rv-spoken *")]
  .filter((one) => !one.closest(".rv-said") && getComputedStyle(one).visibility === "visible")
  .map((one) => one.tagName)"""


@pytest.mark.parametrize("query", ["", "page=compare&"])
def test_while_a_slider_is_held_the_sentences_are_those_of_the_held_value(open_page, query):
    page = open_page(f"?{query}weight_scale=0.03")
    page.wait_for_timeout(1000)
    hold(page, "Weight scale", 60)
    page.wait_for_function(
        """() => {
            const viewers = [...document.querySelectorAll(".rv-viewer")];
            const said = [...document.querySelectorAll(".rv-said")];
            return said.length === viewers.length && viewers.every(
                (one, i) => one.dataset.experiment === said[i].dataset.experiment);
        }""",
        timeout=5000,
    )
    for viewer, said in zip(
        page.locator(".rv-viewer").all(), page.locator(".rv-said h4").all(), strict=True
    ):
        held = Experiment.from_query(viewer.get_attribute("data-experiment"))
        assert held.weight_scale > 0.03
        assert said.inner_text().endswith(headline(held))
    assert page.evaluate(STILL_SEEN) == [], "what was said before shows through"
    page.mouse.up()
    page.wait_for_function("() => !document.querySelector('.rv-said, .rv-veiled')", timeout=8000)


@pytest.mark.parametrize("view", ["fixed_points", "spectrum"])
def test_what_a_figure_says_of_the_setting_before_is_veiled_with_it(open_page, view):
    page = open_page(f"?page=dynamics&view={view}&weight_scale=0.03&units=16")
    page.wait_for_selector(".rv-figure[data-painted]")
    said = page.locator('[data-testid="stMarkdownContainer"] strong').first
    seen = "(one) => Number(getComputedStyle(one).opacity)"
    assert said.evaluate(seen) == 1
    hold(page, "Weight scale", 40)
    page.wait_for_function(f"(one) => ({seen})(one) < 0.5", arg=said.element_handle())
    page.mouse.up()
    page.wait_for_selector(".rv-figure:not(.rv-is-old)[data-painted]")


@pytest.mark.parametrize("query", ["view=one_step", "page=dynamics&view=spectrum"])
def test_a_figure_of_another_timestep_says_so_and_catches_up(open_page, query):
    page = open_page(f"?{query}&weight_scale=0.03")
    page.wait_for_selector(".rv-figure[data-painted]")
    page.get_by_role("button", name="Play").click()
    caught = set()
    for _ in range(20):
        page.wait_for_timeout(120)
        step, chips = page.evaluate(
            """() => [Number(document.querySelector(".rv-cursor").value),
                [...document.querySelectorAll(".rv-figure-behind")]
                    .map((one) => (one.hidden ? null : one.textContent))]"""
        )
        for chip in chips:
            if chip is not None:
                shown = int(re.search(r"\d+", chip)[0])
                assert shown != step
                caught.add(shown)
    assert len(caught) > 2, "it follows while it plays"
    page.get_by_role("button", name="Pause").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.rv-figure-behind')].every((one) => one.hidden)",
        timeout=5000,
    )

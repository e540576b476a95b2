"""While it plays, every number that can be read belongs to a timestep that is written beside it.

On each page 100 samples are taken from the page's own texts and held against the run; what belongs
to another timestep than the cursor's must say so.
"""

import re

import numpy as np
import pytest

from rnnviz import Experiment, simulate

EXPERIMENT = Experiment(weight_scale=0.03, units=16)
SAMPLES = 100
# Every 30 ms: at 10 timesteps a second, three seconds are 30 timesteps.
TAKE = """(count) => new Promise((done) => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const texts = (selector) => all(selector).map((one) => one.innerText);
    const behind = (one) => {
        const chip = one.closest(".rv-figure")?.querySelector(".rv-figure-behind");
        return chip && !chip.hidden ? chip.textContent : null;
    };
    const taken = [];
    const timer = setInterval(() => {
        taken.push({
            cursors: all(".rv-cursor").map((one) => Number(one.value)),
            labels: texts(".rv-step b"),
            value: texts(".rn-value")[0] ?? null,
            figures: all(".rv-figure .legendtext")
                .filter((one) => /t = /.test(one.textContent))
                .map((one) => [one.textContent, behind(one)]),
            glass: all('[class*="st-key-at-cursor-one-step"] pre')
                .slice(0, 1)
                .map((one) => [one.innerText, document.querySelector(
                    '[class*="st-key-at-cursor"] .rv-is-behind') !== null]),
        });
        if (taken.length < count) return;
        clearInterval(timer);
        done(taken);
    }, 30);
})"""


def number(text):
    return int(re.search(r"t = (\d+)", text)[1])


def play(open_page, query, wait_for):
    """Open a page with the experiment, play at 10 timesteps a second, and take the samples."""
    page = open_page(f"?{EXPERIMENT.to_query()}&t=3&unit=2&{query}")
    page.wait_for_selector(wait_for)
    if "page=" not in query:
        page.locator(".rn-network .rn-modes button").nth(2).click()
        page.locator('.rn-network .rn-code pre [data-name="output_t"]').first.click()
    page.locator(".rv-speed").first.select_option("10")
    page.get_by_role("button", name="Play").first.click()
    return page.evaluate(TAKE, SAMPLES)


@pytest.mark.parametrize(
    ("query", "wait_for"),
    [
        ("view=one_step", ".rv-figure[data-painted]"),
        ("page=dynamics&view=spectrum", ".rv-figure[data-painted]"),
        ("page=compare", ".rv-viewer[data-experiment] >> nth=1"),
        ("page=keras", ".rv-viewer[data-experiment]"),
    ],
)
def test_every_number_belongs_to_its_timestep(open_page, query, wait_for):
    taken = play(open_page, query, wait_for)
    states = simulate(EXPERIMENT).states
    assert len({tuple(one["cursors"]) for one in taken}) > 5, "it played"
    for sample in taken:
        (step,) = set(sample["cursors"])  # all viewers stand at one timestep
        assert {number(label) for label in sample["labels"]} == {step}
        if sample["value"] is not None:
            head, _, body = sample["value"].partition("\n")
            assert int(head.rpartition("=")[2]) == step
            assert body.endswith(f"(16,) {states[step]}")
        for text, chip in sample["figures"]:
            assert number(text) == (step if chip is None else number(chip))
        for text, is_behind in sample["glass"]:
            shown = int(re.search(r"W·x_(\d+)", text)[1])
            assert is_behind or shown == step
            value = float(re.search(r"h = tanh\(z\) += (\S+)", text)[1])
            assert np.isclose(value, states[shown, 2], rtol=1e-6)

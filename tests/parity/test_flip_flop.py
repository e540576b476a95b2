"""A GRU that PyTorch trained to hold three bits: its memories are eight stable fixed points."""

import re
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz.i18n import words
from tests.browser.hands import choose, idle
from tests.browser.server import launched, running

pytestmark = [
    pytest.mark.filterwarnings("ignore::rnnviz.readers.ReadingWarning"),
    pytest.mark.timeout(900),
]
BITS, UNITS = 3, 64
ROOT = Path(__file__).parents[2]
VIEWER = '[data-testid="state-viewer"][data-experiment]'
STABLE = """name => {
  const drawn = document.querySelector('[data-view="fixed_points"] .js-plotly-plot');
  const trace = drawn._fullData.find(one => one.name === name && one.xaxis === 'x');
  return Array.from(trace.x).map((x, i) => [x, trace.y[i]]);
}"""
"""Where the picture has the marks of one kind, as Plotly holds them."""


def pulses(generator, trials, timesteps):
    """Pulses of ±1 on three lines, and the last pulse of each line as the answer."""
    sign = generator.choice([-1.0, 1.0], (trials, timesteps, BITS))
    inputs = (generator.random(sign.shape) < 0.08) * sign
    inputs[:, 0] = sign[:, 0]
    targets, held = np.zeros_like(inputs), np.zeros((trials, BITS))
    for step in range(timesteps):
        held = np.where(inputs[:, step] != 0, inputs[:, step], held)
        targets[:, step] = held
    return inputs.astype("f4"), targets.astype("f4")


@pytest.fixture(scope="module")
def module(torch):
    """Train for half a minute: Sussillo & Barak's task (2013)."""
    torch.manual_seed(0)
    generator = np.random.default_rng(0)
    core = torch.nn.GRU(BITS, UNITS, batch_first=True)
    module = torch.nn.ModuleDict({"rnn": core, "fc": torch.nn.Linear(UNITS, BITS)})
    optimizer = torch.optim.Adam(module.parameters(), 4e-3)
    for _ in range(500):
        inputs, targets = map(torch.from_numpy, pulses(generator, 64, 60))
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(module["fc"](module["rnn"](inputs)[0]), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
    assert loss.item() < 0.02
    return module


def test_eight_memories_at_zero_input(module):
    inputs, targets = pulses(np.random.default_rng(1), 1, 100)
    run = rnnviz.run(module, inputs[0])
    assert np.abs(run.output - targets[0]).mean() < 0.2
    held = (0.0,) * BITS
    found = rnnviz.analyse(run, "fixed_points", held_input=held, starts=256)
    stable = found.points[[kind == "stable" for kind in found.kinds]]
    assert len(stable) == 2**BITS
    assert "saddle" in found.kinds
    answers = run.network.head[0].apply(stable)
    np.testing.assert_allclose(np.abs(answers), 1, atol=0.2)
    assert len({tuple(signs) for signs in np.sign(answers)}) == 2**BITS, "one for each corner"


def test_a_visitor_finds_them_with_the_page_s_own_controls(module, torch, tmp_path):
    """The file that PyTorch saved, a class's Chromium, the view Fixed points at zero input."""
    path = tmp_path / "flip_flop.pt"
    torch.save(module.state_dict(), path)
    say = words("en")
    with launched() as browser, running(ROOT / "app.py") as url:
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-US")
        page.set_default_timeout(60_000)
        page.goto(f"{url}/?hidden=tour&timesteps=60")
        page.wait_for_selector(VIEWER, timeout=60_000)
        page.get_by_role("button", name=say("open.title")).click()
        page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(path)
        page.locator(".st-key-found").get_by_text("GRU(64)").wait_for(timeout=30_000)
        page.get_by_role("radio", name=say("pages.dynamics"), exact=True).press("Space")
        page.wait_for_url("**page=dynamics**")
        idle(page)
        page.get_by_role("radio", name=say("view.fixed_points.short"), exact=True).press("Space")
        page.wait_for_url("**view=fixed_points**")
        idle(page)
        page.get_by_text(say("page.view_settings")).click()
        held = page.get_by_role("combobox", name=say("parameter.held_input.label"))
        choose(page, held, say("parameter.held_input.zero"))
        page.wait_for_url("**fixed_points.held_input=zero**")
        starts = page.get_by_role("spinbutton", name=say("parameter.starts.label"))
        starts.fill("256")
        starts.press("Enter")
        page.wait_for_url("**fixed_points.starts=256**")
        idle(page)
        page.get_by_text("Input held at zero").first.wait_for(timeout=60_000)
        said = page.locator('[data-testid="stMain"]').inner_text()
        (stable,) = set(re.findall(r"Stable fixed points: (\d+)", said))
        assert int(stable) == 2**BITS
        drawn = page.evaluate(STABLE, say("dynamics.stable"))
        page.screenshot(path=tmp_path / "flip_flop.png")
        browser.close()
    assert len(drawn) == 2**BITS, "each is a mark in the picture"
    assert len({(round(x, 2), round(y, 2)) for x, y in drawn}) == 2**BITS

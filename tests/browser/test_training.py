"""The Training page in Chromium: it learns while it is seen, and every checkpoint comes back."""

import csv
import re
from pathlib import Path

from rnnviz import Training
from rnnviz.spec.train import train, trainer_of

VIEW = '[data-testid="training-view"][data-painted]'


def open_training(chromium, server_url, query, **options):
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, **options)
    page = context.new_page()
    page.goto(f"{server_url}/?page=training&{query}")
    page.wait_for_selector(VIEW, timeout=60_000)
    return context, page


def number(page, name):
    return int(page.locator(VIEW).get_attribute(f"data-{name}"))


# What can be read while it trains, every 30 ms.
TAKE = """(count) => new Promise((done) => {
    const taken = [];
    const timer = setInterval(() => {
        const view = document.querySelector("[data-testid=training-view]");
        taken.push([Number(view.dataset.step), view.querySelector(".rt-measure").innerText]);
        if (taken.length < count) return;
        clearInterval(timer);
        done(taken);
    }, 30);
})"""


def check_samples(taken, training):
    """Hold what was read against the same training in this process: same link, same bits."""
    trainer = trainer_of(training)
    trainer.keep_checkpoint(())
    while trainer.step < max(step for step, _ in taken):
        trainer.advance(keep=True)
    measured = {one.step: one.measure for one in trainer.checkpoints}
    assert len(dict(taken)) > 2, "it trained"
    for step, text in taken:
        assert f" {step:,} · " in text
        shown = float(re.search(r"([\d.]+) ?%", text)[1]) / 100
        assert abs(shown - measured[step]) < 6e-4, (step, text)


def colours(page, panel):
    """How many different colours a panel shows: an empty canvas has one."""
    return page.evaluate(
        """(panel) => {
            const canvas = document.querySelector(`.rt-${panel} canvas`);
            const pen = canvas.getContext("2d");
            const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
            const seen = new Set();
            for (let k = 0; k < data.length; k += 4) seen.add(data.slice(k, k + 4).join());
            return seen.size;
        }""",
        panel,
    )


def test_it_trains_while_it_is_looked_at_and_stops_when_it_is_paused(chromium, server_url):
    context, page = open_training(chromium, server_url, "task=flip_flop&steps=60", locale="en-US")
    assert number(page, "trained") == 0
    page.get_by_role("button", name="Train", exact=True).click()
    check_samples(page.evaluate(TAKE, 100), Training.of("flip_flop", steps=60))
    page.wait_for_function(
        "() => +document.querySelector('[data-testid=training-view]')?.dataset.trained > 5",
        timeout=60_000,
    )
    pause = page.get_by_role("button", name=re.compile("Pause|Train"))
    assert pause.count() == 1
    page.wait_for_function(
        "() => +document.querySelector('[data-testid=training-view]')?.dataset.step === 60",
        timeout=120_000,
    )
    for panel in ("loss", "output", "states", "gradient", "eigenvalues"):
        assert colours(page, panel) > 3, panel
    # Every checkpoint is there, those too that were left out while it trained, and comes back
    # without the server.
    slider = page.get_by_role("slider", name="Checkpoint")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=training-view] input')?.max === '60'"
    )
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "() => +document.querySelector('[data-testid=training-view]')?.dataset.step === 0"
    )
    page.keyboard.press("End")
    page.wait_for_function(
        "() => +document.querySelector('[data-testid=training-view]')?.dataset.step === 60"
    )
    # What is taken away is, to the bit, what the link trains to elsewhere.
    page.locator(".st-key-take-away button").first.click()
    sheet = page.locator(".st-key-take-away-sheet")
    with page.expect_download(timeout=90_000) as download:
        sheet.get_by_role("button", name="CSV", exact=True).first.click()
    page.keyboard.press("Escape")
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    again = train(Training.from_query("task=flip_flop&steps=60"))
    assert [float(row["loss"]) for row in rows[:60]] == again.losses.tolist()
    held_out = {int(row["step"]): row["held_out_loss"] for row in rows}
    assert [float(held_out[one.step]) for one in again.kept] == [one.loss for one in again.kept]
    context.close()


def test_the_network_opens_on_the_other_pages(chromium, server_url):
    context, page = open_training(chromium, server_url, "task=echo&units=16&lang=ko")
    page.get_by_role("button", name="학습 스텝 하나").click()
    page.wait_for_function(
        "() => +document.querySelector('[data-testid=training-view]')?.dataset.trained === 1",
        timeout=60_000,
    )
    page.get_by_role("button", name="이 신경망 열기").click()
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment^="network:"]')
    context.close()

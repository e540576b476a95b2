"""The Keras page in a real browser: stack, shapes, layers, and the explanation that mends."""

import itertools
import re
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz import simulate
from rnnviz.codegen import NOTES_MODELS
from rnnviz.spec.perspective import Perspective
from tests.browser.pixels import picture, settled, shown_experiment, wait_until_painted

FOUR = NOTES_MODELS["four_stacked"]
SHAPES, LAYERS = ('[data-view="shapes"]', '[data-view="layers"]')
PATIENCE = 30_000


def link(experiment, **perspective):
    pairs = [*experiment.pairs(), *Perspective(page="keras", **perspective).pairs()]
    return "?" + "&".join(f"{name}={text}" for name, text in pairs)


def switches(page):
    return page.get_by_role("switch", name="return_sequences")


def wait_for(page, selector):
    page.wait_for_selector(f"{selector} .main-svg", timeout=PATIENCE)
    page.wait_for_timeout(300)


def test_the_four_models_one_after_the_other(open_page):
    page = open_page("?page=keras")
    assert shown_experiment(page) == NOTES_MODELS["loop"].to_query()
    for label, name in (
        ("Last output", "last_output"),
        ("Whole sequence", "whole_sequence"),
        ("Four stacked", "four_stacked"),
    ):
        page.get_by_role("button", name=label, exact=True).click()
        wait_until_painted(page, NOTES_MODELS[name])
        last = "(batch, timesteps, 32)" if name == "whole_sequence" else "(batch, 32)"
        notes = page.locator(f"{SHAPES} .annotation-text")
        expect(notes.last).to_contain_text(last, timeout=PATIENCE)
    wait_for(page, LAYERS)
    assert picture(page, LAYERS).std() > 10, "an empty picture"
    page.wait_for_url(re.compile(r"units=32(,|%2C)32(,|%2C)32(,|%2C)32"))


def test_a_broken_middle_layer_is_explained_and_mended(open_page):
    page = open_page(link(FOUR))
    wait_for(page, LAYERS)
    switches(page).nth(1).click(force=True)
    notice = page.get_by_text("Layer 2 returns only its last state")
    expect(notice).to_be_visible(timeout=PATIENCE)
    assert shown_experiment(page) == FOUR.to_query()
    page.get_by_role("button", name="Turn return_sequences on before it").click()
    expect(notice).to_be_hidden(timeout=PATIENCE)
    expect(switches(page).nth(1)).to_be_checked(timeout=PATIENCE)


def test_the_cursor_runs_through_all_layers(open_page):
    page = open_page(link(FOUR))
    wait_for(page, LAYERS)
    line = page.locator(f"{LAYERS} .rv-figure-cursor")
    before = line.bounding_box()
    slider = page.get_by_role("slider", name="Timestep", exact=True)
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    page.wait_for_timeout(300)
    assert line.bounding_box()["x"] > before["x"] + 30
    page.wait_for_url(re.compile(r"[?&]t=10(&|$)"))
    # A piece in each layer, and none across the titles between them.
    pieces = [piece.bounding_box() for piece in line.locator("i").all()]
    titles = [title.bounding_box() for title in page.locator(f"{LAYERS} .annotation-text").all()]
    assert len(pieces) == len(titles) == 4
    for title, piece in itertools.product(titles, pieces):
        above = title["y"] + title["height"] <= piece["y"] + 1
        assert above or title["y"] >= piece["y"] + piece["height"] - 1


def test_a_typed_korean_text_stands_under_its_timesteps(open_page):
    reading = NOTES_MODELS["whole_sequence"].replace(signal="text")
    page = open_page(link(reading), locale="ko-KR")
    wait_for(page, LAYERS)
    field = page.get_by_role("textbox", name="텍스트")
    field.fill("나는 학교에 간다")
    field.press("Enter")
    wait_until_painted(page, reading.replace(text="나는 학교에 간다"))
    ticks = page.locator(f"{LAYERS} .xtick text")
    expect(ticks).to_have_count(9, timeout=PATIENCE)
    assert [tick.text_content() for tick in ticks.all()] == list("나는␣학교에␣간다")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize("view", ["layers", "summary", "code"])
def test_nothing_is_wider_than_the_screen(open_page, width, height, view):
    page = open_page(link(FOUR, view=view), width=width, height=height)
    wait_for(page, SHAPES)
    room = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert room <= 0
    shapes = page.locator(SHAPES).bounding_box()
    assert shapes["x"] >= 0
    assert shapes["x"] + shapes["width"] <= width


def test_the_same_link_is_the_same_picture(open_page):
    experiment = FOUR.replace(cell=("LSTM", "GRU", "SimpleRNN", "LSTM"))
    shots = []
    for _ in range(2):
        page = open_page(link(experiment))
        wait_for(page, LAYERS)
        page.mouse.move(0, 0)
        shots.append(settled(page, LAYERS))
    assert shots[0].shape == shots[1].shape
    assert np.array_equal(*shots)


def outside(page, selector, box):
    """Texts of a figure that stick out of a box."""
    return [
        text.text_content()
        for text in page.locator(f"{selector} .annotation-text").all()
        for place in [text.bounding_box()]
        if place["x"] < box["x"] or place["x"] + place["width"] > box["x"] + box["width"] + 1
    ]


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_the_whole_stack_and_its_shapes_are_in_the_first_screen(open_page, width, height, locale):
    page = open_page(link(FOUR), width=width, height=height, locale=locale)
    wait_for(page, SHAPES)
    shapes = page.locator(SHAPES).bounding_box()
    assert shapes["y"] + shapes["height"] < height
    assert outside(page, SHAPES, shapes) == []
    assert picture(page, SHAPES).std() > 10, "an empty picture"
    for number in range(4):
        called = f"simple_rnn_{number}" if number else "simple_rnn"
        name = page.get_by_role("button", name=called, exact=True)
        switch = switches(page).nth(number)
        assert abs(middle(name) - middle(switch)) < 12, "a layer takes two lines"


def middle(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"] / 2


def test_layers_are_added_duplicated_moved_and_removed(open_page):
    page = open_page(link(NOTES_MODELS["whole_sequence"].replace(units=8, timesteps=20)))
    names = []
    for press, wanted in (
        ("Add", {"units": (8, 8)}),
        ("Duplicate", {"units": (8, 8, 8)}),
        ("Earlier", {"units": (8, 8, 8)}),
        ("Remove", {"units": (8, 8)}),
    ):
        page.get_by_role("button", name=press, exact=True).click()
        now = NOTES_MODELS["whole_sequence"].replace(timesteps=20, **wanted)
        wait_until_painted(page, now)
        expect(switches(page)).to_have_count(len(wanted["units"]), timeout=PATIENCE)
        names.append(page.get_by_role("button", name=re.compile("^simple_rnn")).count())
    assert names == [2, 3, 3, 2]


def test_a_dense_layer_ends_the_stack(open_page):
    start = NOTES_MODELS["last_output"]
    headed = start.replace(dense_units=1, dense_activation="sigmoid")
    page = open_page(link(start))
    page.get_by_role("button", name="Dense(1)").click()
    wait_until_painted(page, headed)
    notes = page.locator(f"{SHAPES} .annotation-text")
    expect(notes.filter(has_text="(batch, 1)")).to_be_visible(timeout=PATIENCE)
    titles = page.locator(f"{LAYERS} .annotation-text")
    expect(titles.last).to_contain_text("dense · output", timeout=PATIENCE)
    page.get_by_role("button", name="No Dense").click()
    wait_until_painted(page, start)
    expect(titles.last).not_to_contain_text("dense", timeout=PATIENCE)


def test_english_words_stand_under_their_timesteps(open_page):
    reading = NOTES_MODELS["whole_sequence"].replace(signal="text", split="whitespace")
    page = open_page(link(reading.replace(text="the end was good")))
    wait_for(page, LAYERS)
    ticks = page.locator(f"{LAYERS} .xtick text")
    expect(ticks).to_have_count(4, timeout=PATIENCE)
    assert [tick.text_content() for tick in ticks.all()] == ["the", "end", "was", "good"]


@pytest.mark.parametrize(
    ("layer", "inside"),
    [
        (0, ["input gate i", "forget gate f", "candidate c̃", "output gate o", "cell state c"]),
        (1, ["update gate z", "reset gate r", "candidate h̃"]),
    ],
)
def test_the_gates_of_the_chosen_layer_are_drawn(open_page, layer, inside):
    page = open_page(link(FOUR.replace(cell=("LSTM", "GRU", "SimpleRNN", "SimpleRNN"))))
    wait_for(page, LAYERS)
    page.get_by_role("button", name=("lstm", "gru")[layer], exact=True).click()
    titles = page.locator(f"{LAYERS} .annotation-text")
    expect(titles.filter(has_text=inside[0])).to_be_visible(timeout=PATIENCE)
    texts = [title.text_content() for title in titles.all()]
    assert [text.split(" · ")[1] for text in texts if text.split(" · ")[1] != "h"] == inside
    assert picture(page, LAYERS).std() > 10, "an empty picture"


def test_each_count_opens_into_its_formula(open_page):
    page = open_page(link(FOUR, view="summary"))
    expect(page.get_by_text("328,320").first).to_be_visible(timeout=PATIENCE)
    page.get_by_text("simple_rnn_3: 2,080 = 32 × (32 + 32 + 1)").click()
    expect(page.get_by_text("2,112", exact=True).locator("visible=true")).to_be_visible()
    expect(page.get_by_text("n × (n + m + 1)").locator("visible=true").first).to_be_visible()
    page.get_by_text("Keras 3", exact=True).click()
    expect(page.get_by_text("Total params: 328,320 (1.25 MB)")).to_be_visible(timeout=PATIENCE)
    page.wait_for_url(re.compile("summary_style=keras3"))


def test_the_program_is_downloaded_and_prints_the_page_s_numbers(open_page, tmp_path):
    experiment = NOTES_MODELS["last_output"].replace(dense_units=1, dense_activation="sigmoid")
    page = open_page(link(experiment, view="code"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename == "rnnviz_numpy.py"
    download.value.save_as(tmp_path / "program.py")
    run = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == str(simulate(experiment).output)
    page.get_by_text("PyTorch", exact=True).click()
    expect(page.get_by_text("torch.nn.Linear(32, 1)").first).to_be_attached(timeout=PATIENCE)
    page.wait_for_url(re.compile("framework=torch"))

"""A network from a file on every page: its own states under its own name, trial by trial."""

import io

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.export.data import write_npz
from rnnviz.i18n import words
from rnnviz.views.registry import views_of
from tests.browser.hands import choose
from tests.browser.test_take_away import Menu
from tests.export.test_given import given_run

PAGES = ("states", "keras", "dynamics", "compare")


@pytest.fixture(scope="module")
def run():
    return given_run(trials=True)


@pytest.fixture
def opened(open_page, run):
    """A page that shows the network of a file that was just opened."""
    stream = io.BytesIO()
    write_npz(run, stream)
    page = open_page("?timesteps=5&units=3")
    menu = Menu(page)
    menu.bring("mine.npz", stream.getvalue())
    menu.body.get_by_role("button", name=menu.say("take_away.open.go")).click()
    shows(page, run)
    page.keyboard.press("Escape")
    return page


def shows(page, run):
    identity = f"network:{run.network.sha256}"
    page.wait_for_selector(f'[data-testid="state-viewer"][data-experiment="{identity}"]')


def test_every_page_and_view_shows_the_file_and_no_error(opened, run):
    page = opened
    link = page.url.partition("?")[2]
    assert f"network={run.network.sha256}" in link
    assert "kernel_initializer" not in link
    for name in PAGES:
        page.keyboard.press("Home")
        page.get_by_role("radio", name=words("en")(f"pages.{name}"), exact=True).click()
        shows(page, run)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.get_by_text("Something went wrong")).to_have_count(0)
    assert len(views_of("dynamics")) > 5


def test_trials_are_switched_and_each_has_its_own_states(opened, run):
    page = opened
    choose(page, page.get_by_role("combobox", name="Trial"), "3 · a")
    page.wait_for_url("**trial=2**")
    shows(page, run)
    menu = Menu(page)
    _, content = menu.tab("data").take("NPZ")
    with np.load(io.BytesIO(content)) as arrays:
        np.testing.assert_array_equal(arrays["layer_1_states"], run.layers[1].states)


def test_a_link_to_a_file_that_is_not_here_asks_for_it(chromium, server_url):
    page = chromium.new_page()
    page.goto(f"{server_url}/?network={'ab' * 32}&network_name=mine.keras")
    page.get_by_text("This link shows a network from a file: mine.keras").wait_for()
    page.close()

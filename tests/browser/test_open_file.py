"""Files that a visitor opens: what is found, what is asked, what is said, and whose it is."""

import contextlib
import io

import numpy as np
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from rnnviz.engine import run as run_network
from rnnviz.i18n import words
from rnnviz.readers import read_network
from tests.browser.hands import choose, idle
from tests.browser.test_take_away import Menu
from tests.readers import files

SAY = words("en")


def open_menu(page, language="en"):
    page.get_by_role("button", name=words(language)("open.title")).click()
    page.get_by_text(words(language)("open.file")).wait_for()


def bring(page, name, content):
    open_menu(page)
    page.locator('input[type="file"]').set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    )


def shows(page, network):
    identity = f"network:{network.sha256}"
    page.wait_for_selector(f'[data-testid="state-viewer"][data-experiment="{identity}"]')
    idle(page)


@pytest.mark.parametrize("name", ["model.keras", "model.onnx", "model.safetensors", "model.h5"])
def test_a_network_is_open_as_soon_as_it_is_dropped(open_page, name):
    content = files.whole_files()[name]
    network = read_network(content, name).network
    page = open_page("?timesteps=7&units=3")
    bring(page, name, content)
    shows(page, network)
    line = page.locator(".st-key-found")
    expect(line).to_contain_text(f"{name}: ")
    expect(line).to_contain_text(
        f"LSTM(4) · 128 parameters · float32 · SHA-256 {network.sha256[:12]}"
    )
    assert f"network={network.sha256}" in page.url
    assert "timesteps=7" in page.url
    expect(page.get_by_text(SAY("open.file"))).to_have_count(0)


def test_what_is_moved_is_a_what_if_and_as_trained_is_one_click_away(open_page):
    network = read_network(files.keras(), "a.keras").network
    page = open_page("?timesteps=7&units=3")
    bring(page, "a.keras", files.keras())
    shows(page, network)
    trained = page.get_by_role("button", name=SAY("open.as_trained"))
    expect(trained).to_have_count(0)
    for _ in range(5):  # a key that falls between two states of the page moves a slider that goes
        page.get_by_role("slider", name="Weight scale").press("ArrowLeft")
        with contextlib.suppress(PlaywrightTimeout):
            trained.wait_for(timeout=6_000)
            break
    assert "weight_scale=1.0" not in page.url
    trained.click()
    page.wait_for_url("**weight_scale=1.0&**")
    expect(trained).to_have_count(0)
    expect(page.get_by_role("slider", name="Units")).to_have_count(0)
    page.get_by_role("button", name=SAY("open.close"), exact=True).click()
    page.wait_for_url(lambda url: "network=" not in url)


def test_a_question_is_asked_once_and_answered(open_page):
    kernel, recurrent, bias = files.arrays(gates=1)
    named = {"rnn.weight_ih_l0": kernel.T, "rnn.weight_hh_l0": recurrent.T}
    content = files.torch_file({**named, "rnn.bias_ih_l0": bias, "rnn.bias_hh_l0": bias})
    page = open_page("?timesteps=7&units=3")
    bring(page, "rnn.pt", content)
    page.get_by_text("do not say its nonlinearity").first.wait_for()
    choose(page, page.get_by_role("combobox", name="nonlinearity"), "relu")
    shows(page, read_network(content, "rnn.pt", {"nonlinearity": "relu"}).network)


def test_data_is_looked_at_before_it_is_shown(open_page):
    page = open_page("?timesteps=7&units=3")
    bring(page, "a.keras", files.keras())
    shows(page, read_network(files.keras(), "a.keras").network)
    rows = ["a,b,c,d,who", *(f"{t},{t % 3},{t % 5},1,{'x' if t < 9 else 'y'}" for t in range(20))]
    bring(page, "walk.csv", "\n".join(rows).encode())
    page.get_by_text("reads 3 features at each timestep, but this data has 4").wait_for()
    show = page.get_by_role("button", name=SAY("open.show"))
    expect(show).to_be_disabled()
    page.get_by_role("button", name="Remove d").click()
    expect(show).to_be_enabled()
    choose(page, page.get_by_role("combobox", name=SAY("open.trial")), "who")
    page.get_by_text("trials × timesteps × features: 2 × 11 × 3").wait_for()
    show.click()
    page.wait_for_url("**inputs_name=walk.csv**")
    page.get_by_role("combobox", name="Trial").wait_for()
    expect(page.locator(".st-key-found")).to_contain_text("walk.csv")


def test_own_data_drives_the_lecture_s_network(open_page):
    file = io.BytesIO()
    np.save(file, np.random.default_rng(0).normal(size=(30, 2)))
    page = open_page("?units=5")
    bring(page, "series.npy", file.getvalue())
    page.get_by_role("button", name=SAY("open.show")).click()
    page.wait_for_url("**inputs_name=series.npy**")
    expect(page.get_by_role("slider", name="Units")).to_have_count(1)
    expect(page.get_by_role("slider", name="Timesteps")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.keras", files.keras()[:-40], "zip archive cannot be read"),
        ("a.pt", files.torch_file(value=files._Call("os", "system", ("x",))), "os.system"),
        ("a.onnx", b"\xff\xff", "ONNX file is damaged"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(open_page, name, content, said):
    page = open_page("?timesteps=7&units=3")
    bring(page, name, content)
    page.get_by_role("alert").get_by_text(said).wait_for()
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    assert "network=" not in page.url


def test_another_visitor_cannot_reach_it_by_its_hash(open_page, chromium, server_url):
    network = read_network(files.keras(), "a.keras").network
    page = open_page("?timesteps=7&units=3")
    bring(page, "a.keras", files.keras())
    shows(page, network)
    other = chromium.new_page()
    other.goto(page.url)
    other.get_by_text("This link shows a network from a file: a.keras").wait_for()
    expect(other.locator('[data-testid="state-viewer"]')).to_have_count(0)
    other.close()


def test_the_states_on_the_page_are_those_of_the_file(open_page):
    values = np.random.default_rng(0).normal(size=(9, 3)).astype("f4")
    file = io.BytesIO()
    np.save(file, values)
    network = read_network(files.keras(), "a.keras").network
    page = open_page("?units=3")
    bring(page, "a.keras", files.keras())
    shows(page, network)
    bring(page, "x.npy", file.getvalue())
    page.get_by_role("button", name=SAY("open.show")).click()
    page.wait_for_url("**inputs_name=x.npy**")
    _, content = Menu(page).tab("data").take("NPZ")
    states = run_network(network, values).states
    with np.load(io.BytesIO(content)) as arrays:
        assert any(np.array_equal(arrays[name], states) for name in arrays.files)


DROP = """([name, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name));
  const event = new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.querySelector('[data-testid="stMain"]').dispatchEvent(event);
  return event.defaultPrevented;
}"""


def drop(page, name, content):
    """Drop a file on the middle of the page, and not on the field for it."""
    assert page.evaluate(DROP, [name, list(content)])


def test_many_files_one_after_the_other_dropped_anywhere_and_beside_each_other(open_page):
    """The server keeps none that was read: a visitor may open as many as they like."""
    page, whole = open_page("?timesteps=7&units=3"), files.whole_files()
    for name in ("model.keras", "model.onnx", "model.safetensors", "model.h5"):
        drop(page, name, whole[name])
        shows(page, read_network(whole[name], name).network)
    mine = read_network(whole["model.h5"], "model.h5").network.sha256
    page.get_by_role("radio", name=SAY("pages.compare"), exact=True).press("Space")
    page.wait_for_url("**page=compare**")
    idle(page)
    page.get_by_role("radio", name=SAY("side.b"), exact=True).press("Space")
    page.wait_for_url("**side=b**")
    idle(page)
    drop(page, "model.pt", whole["model.pt"])
    other = read_network(whole["model.pt"], "model.pt").network.sha256
    page.wait_for_url(f"**b.network={other}**")
    assert f"?network={mine}" in page.url or f"&network={mine}" in page.url
    expect(page.locator(".st-key-found")).to_contain_text("model.h5")
    expect(page.locator(".st-key-found")).to_contain_text("model.pt")


def test_labels_targets_and_a_vocabulary_are_chosen(open_page):
    page = open_page("?units=3")
    rows = ["a,b,who,kind", *(f"{t},{t % 3},{t // 10},{'xy'[t // 20]}" for t in range(40))]
    bring(page, "walk.csv", "\n".join(rows).encode())
    for key, column in {"trial": "who", "label": "kind"}.items():
        choose(page, page.get_by_role("combobox", name=SAY(f"open.{key}"), exact=True), column)
    page.get_by_role("combobox", name=SAY("open.target"), exact=True).click()
    page.get_by_role("option", name="b", exact=True).click()
    page.get_by_text("trials × timesteps × features: 4 × 10 × 1").wait_for()
    page.get_by_role("button", name=SAY("open.show")).press("Enter")
    page.wait_for_url("**inputs_name=walk.csv**")
    page.get_by_role("radio", name=SAY("lens.trial_spread.label"), exact=True).press("Space")
    page.wait_for_url("**lens=trial_spread**")
    idle(page)
    choose(page, page.get_by_role("combobox", name="Trial"), "3 · y")
    page.wait_for_url("**trial=2**")
    idle(page)
    bring(page, "a.txt", b"to be")
    page.get_by_text("5 tokens", exact=True).wait_for()
    given = {"name": "v.json", "mimeType": "", "buffer": b'{"b": 1, "e": 2, "o": 3, "t": 4}'}
    page.locator('input[type="file"]').nth(1).set_input_files(given)
    page.get_by_text("1 tokens are not in the vocabulary").wait_for()

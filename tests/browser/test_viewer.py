"""The instrument under mouse, keyboard and touch, checked on what is painted."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from rnnviz import Experiment, simulate
from tests.browser.pixels import VIEWER, settled, wait_until_painted
from tests.browser.viewer import Viewer, count_messages

LECTURE = Experiment()
LIVELY = Experiment(weight_scale=0.02)
LONG = Experiment(timesteps=10_000, units=32, weight_scale=0.05)


@pytest.fixture
def lively(open_page):
    return Viewer(open_page("?" + LIVELY.to_query()))


def minus(number):
    return repr(float(number)).replace("-", "−")


# Mouse


def test_hovering_tells_every_digit(lively):
    states = simulate(LIVELY).states
    for step, unit in ((0, 0), (37, 20), (99, 63)):
        lively.page.mouse.move(*lively.cell(step, unit, states.shape))
        lines = lively.tip.splitlines()
        assert lines[0] == f"t = {step} · unit {unit}"
        assert lines[1] == minus(states[step, unit])
        assert lines[2] == f"states[{step}, {unit}]"
    lively.page.mouse.move(2, 2)
    assert lively.tip is None


def test_hovering_tells_almost_one_from_exactly_one(open_page):
    viewer, states = Viewer(open_page()), simulate(LECTURE).states
    viewer.page.mouse.move(*viewer.cell(0, 9, states.shape))
    assert viewer.tip.splitlines()[1] == minus(states[0, 9]) != "1.0"
    assert "exactly" not in viewer.tip
    viewer.page.mouse.move(*viewer.cell(1, 9, states.shape))
    assert viewer.tip.splitlines()[1:3] == ["1.0", "exactly 1"]


def test_float32_has_its_own_digits(open_page):
    experiment = LIVELY.replace(dtype="float32")
    viewer, states = Viewer(open_page("?" + experiment.to_query())), simulate(experiment).states
    viewer.page.mouse.move(*viewer.cell(50, 7, states.shape))
    assert viewer.tip.splitlines()[1] == str(states[50, 7]).replace("-", "−")


def test_a_click_chooses_step_and_unit_and_tells_the_link(lively):
    lively.page.mouse.click(*lively.cell(42, 17, (100, 64)))
    assert lively.step == 42
    lively.page.wait_for_url(re.compile(r"[?&]t=42&unit=17\b"))


def test_dragging_moves_the_cursor_and_only_letting_go_tells_the_server(lively):
    told = count_messages(lively.page)
    start, end = lively.cell(10, 30, (100, 64)), lively.cell(80, 31, (100, 64))
    lively.page.mouse.move(*start)
    lively.page.mouse.down()
    for share in np.linspace(0, 1, 30):
        lively.page.mouse.move(start[0] + share * (end[0] - start[0]), start[1])
        lively.page.wait_for_timeout(10)
    lively.page.wait_for_function("() => document.querySelector('.rv-cursor').value === '80'")
    assert told() == 0
    lively.page.mouse.up()
    lively.page.wait_for_url(re.compile(r"[?&]t=80\b"))
    assert told() == 1


def test_a_link_brings_the_cursor_back(open_page):
    assert Viewer(open_page(f"?{LIVELY.to_query()}&t=63")).step == 63


def test_back_brings_the_cursor_back(lively):
    for step in (20, 70):
        lively.page.mouse.click(*lively.cell(step, 17, (100, 64)))
        lively.page.wait_for_url(re.compile(rf"[?&]t={step}\b"))
        lively.page.wait_for_timeout(300)
    lively.page.go_back()
    lively.page.wait_for_function("() => document.querySelector('.rv-cursor').value === '20'")
    lively.page.mouse.click(*lively.cell(70, 17, (100, 64)))
    lively.page.wait_for_url(re.compile(r"[?&]t=70\b"))


# Keyboard


def test_the_slider_listens_to_the_keyboard(lively):
    lively.slider.focus()
    for key, step in (("End", 99), ("ArrowLeft", 98), ("Home", 0), ("ArrowRight", 1)):
        lively.slider.press(key)
        assert lively.step == step
    lively.slider.press("PageUp")
    assert 6 <= lively.step <= 21
    expect(lively.slider).to_have_attribute("aria-valuetext", re.compile("t = .*of 100"))


def test_the_stage_listens_to_the_keyboard_and_says_what_is_there(lively):
    states = simulate(LIVELY).states
    lively.stage.focus()
    for key in ("End", "ArrowLeft", "ArrowUp", "ArrowUp"):
        lively.page.keyboard.press(key)
    live = lively.page.locator(f"{VIEWER} .rv-live")
    expect(live).to_contain_text(minus(states[98, 1]))
    lively.page.wait_for_url(re.compile(r"[?&]t=98&unit=1\b"))
    lively.page.keyboard.press("PageDown")
    lively.page.keyboard.press("+")
    lively.wait_for_ranges("x[1] - x[0] < 90")
    first, last = lively.ranges[0]
    assert first < 88 < last
    lively.page.keyboard.press("0")
    lively.wait_for_ranges("x[1] - x[0] === 100")


def test_every_control_has_a_name_and_the_focus_is_seen(lively):
    names = lively.page.eval_on_selector_all(
        f"{VIEWER} button, {VIEWER} select, {VIEWER} input, {VIEWER} [tabindex]",
        "elements => elements.map((one) => one.getAttribute('aria-label'))",
    )
    assert len(names) >= 7
    assert all(names)
    lively.slider.focus()
    lively.page.keyboard.press("Tab")
    focused = lively.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert focused == "solid"


def test_a_screen_reader_is_told_what_the_chart_is(open_page):
    stage = Viewer(open_page("?" + LIVELY.to_query())).stage
    text = "Heatmap of the hidden state h: 100 columns across (timestep), 64 units upwards, "
    expect(stage).to_have_attribute("aria-label", re.compile(re.escape(text)))
    backwards = LIVELY.replace(go_backwards=True).to_query()
    stage = Viewer(open_page(f"?{backwards}&lang=ko")).stage
    expect(stage).to_have_attribute(
        "aria-label", re.compile("100칸.읽은 순서: 0이 마지막 타임스텝")
    )


# Zoom


def test_a_box_zooms_and_a_double_click_shows_all(lively):
    lively.page.keyboard.down("Shift")
    lively.drag(lively.point(0.2, 0.75), lively.point(0.6, 0.25))
    lively.page.keyboard.up("Shift")
    lively.wait_for_ranges("x[1] - x[0] < 50")
    (first, last), (low, high) = lively.ranges
    assert first == pytest.approx(20, abs=0.5)
    assert last == pytest.approx(60, abs=0.5)
    assert low == pytest.approx(16, abs=0.5)
    assert high == pytest.approx(48, abs=0.5)
    lively.page.mouse.dblclick(*lively.point(0.5, 0.5))
    lively.wait_for_ranges("x[1] - x[0] === 100 && y[1] - y[0] === 64")


def test_the_zoom_tool_needs_no_keyboard(lively):
    lively.page.get_by_role("button", name=re.compile("Zoom")).click()
    lively.drag(lively.point(0.3, 0.5), lively.point(0.5, 0.502))
    lively.wait_for_ranges("x[1] - x[0] < 30")
    assert lively.ranges[1] == [0, 64], "a flat box zooms along time only"
    lively.page.get_by_role("button", name=re.compile("everything")).click()
    lively.wait_for_ranges("x[1] - x[0] === 100")


def test_the_wheel_zooms_where_the_pointer_is(lively):
    lively.page.mouse.move(*lively.point(0.25, 0.5))
    lively.page.mouse.wheel(0, -240)
    lively.wait_for_ranges("x[1] - x[0] < 60")
    first, last = lively.ranges[0]
    assert first + 0.25 * (last - first) == pytest.approx(25, abs=0.5)
    lively.page.mouse.wheel(0, 2000)
    lively.page.mouse.wheel(0, 2000)
    lively.wait_for_ranges("x[1] - x[0] === 100")


def test_zoom_survives_ten_changes_without_a_blank_frame(lively):
    page = lively.page
    page.keyboard.down("Shift")
    lively.drag(lively.point(0.2, 0.9), lively.point(0.7, 0.3))
    page.keyboard.up("Shift")
    lively.wait_for_ranges("x[1] - x[0] < 60")
    before = lively.ranges
    page.wait_for_timeout(500)
    left, top, width, height = lively.heat
    box = lively.stage.bounding_box()
    page.evaluate(
        """([selector, x, y]) => {
            window.frames_ = { seen: 0, blank: 0 };
            const canvas = document.querySelector(`${selector} .rv-pixels`);
            const look = () => {
                const isSame = canvas.isConnected;
                const alpha = canvas.getContext("2d").getImageData(x, y, 1, 1).data[3];
                window.frames_.seen += 1;
                if (!isSame || alpha !== 255) window.frames_.blank += 1;
                requestAnimationFrame(look);
            };
            look();
        }""",
        [VIEWER, left - box["x"] + width / 2, top - box["y"] + height / 2],
    )
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
        scale = float(slider.get_attribute("aria-valuetext"))
        wait_until_painted(page, LIVELY.replace(weight_scale=scale))
    assert lively.ranges == before
    frames = page.evaluate("() => window.frames_")
    assert frames["blank"] == 0
    assert frames["seen"] > 10


def test_python_learns_the_window_and_sends_every_digit_for_it(open_page):
    viewer, states = Viewer(open_page("?" + LONG.to_query())), simulate(LONG).states
    viewer.page.mouse.move(*viewer.point(0.5, 0.5))
    assert "≈" in viewer.tip
    viewer.page.keyboard.down("Shift")
    viewer.drag(viewer.point(0.5, 0.4), viewer.point(0.52, 0.6))
    viewer.page.keyboard.up("Shift")
    viewer.wait_for_ranges("x[1] - x[0] < 300")
    viewer.page.mouse.move(*viewer.point(0.5, 0.5))
    viewer.page.wait_for_function("() => document.querySelector('.rv-tip-code')")
    step, unit = map(int, re.search(r"\[(\d+), (\d+)\]", viewer.tip).groups())
    assert viewer.tip.splitlines()[1] == minus(states[step, unit])


# Any size


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(timesteps=65_536, units=4, weight_scale=0.1),
        Experiment(timesteps=100_000, units=64, weight_scale=0.01),
        Experiment(timesteps=10_000, units=512, weight_scale=0.003),
        Experiment(timesteps=1, units=1),
    ],
    ids=lambda one: f"{one.timesteps}x{one.units}",
)
def test_no_size_is_blank(open_page, experiment):
    viewer = Viewer(open_page("?" + experiment.to_query()))
    pixels = viewer.pixels()
    assert (pixels[2:-2, 2:-2, 3] == 255).all()
    assert (pixels[..., 0] > pixels[..., 2]).mean() > 0.5, "the states are positive, hence red"


def test_least_and_greatest_can_be_seen_when_cells_are_reduced(open_page):
    noise = {"kernel_initializer": "random_normal", "recurrent_initializer": "orthogonal"}
    experiment = Experiment(timesteps=20_000, units=64, input_gain=10.0, **noise)
    viewer = Viewer(open_page("?" + experiment.to_query()))
    select = viewer.page.get_by_role("combobox", name=re.compile("several values"))
    redness = {}
    for name in ("min", "mean", "max"):
        select.select_option(label=name)
        wait_until_painted(viewer.page, experiment)
        pixels = viewer.pixels().astype(int)
        redness[name] = (pixels[..., 0] - pixels[..., 2]).mean()
    assert redness["min"] < redness["mean"] - 20
    assert redness["max"] > redness["mean"] + 20


def test_a_screen_with_more_pixels_gets_finer_blocks(open_page):
    def steps_in_a_block(ratio):
        viewer = Viewer(open_page("?" + LONG.to_query(), device_scale_factor=ratio))
        viewer.page.wait_for_timeout(1500)
        viewer.page.mouse.move(*viewer.point(0.7, 0.5))
        first, last = re.search(r"t = ([\d,]+)…([\d,]+)", viewer.tip).groups()
        return int(last.replace(",", "")) - int(first.replace(",", "")) + 1

    assert steps_in_a_block(1) == 16
    assert steps_in_a_block(2) == 8


def test_small_pictures_offer_no_reduction(lively):
    expect(lively.page.get_by_role("combobox", name=re.compile("several values"))).to_be_hidden()


# Live parameter


def grip(page, name):
    """Return the middle of a Streamlit slider's thumb."""
    thumb = page.get_by_role("slider", name=name).locator("xpath=ancestor::div[@style][1]")
    box = thumb.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_dragging_a_slider_repaints_and_letting_go_commits(open_page):
    page = open_page("?" + LIVELY.to_query())
    viewer, address = Viewer(page), page.url
    x, y = grip(page, "Weight scale")
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_timeout(400)
    shown, pictures = [], []
    for moved in range(0, 90, 3):
        page.mouse.move(x + moved, y)
        page.wait_for_timeout(40)
        shown.append(viewer.experiment)
        pictures.append(viewer.pixels()[..., :3].astype(int).mean())
    scales = [one.weight_scale for one in shown if one is not None]
    assert len(set(scales)) > 15, "the picture follows the finger"
    assert scales == sorted(scales)
    assert len(set(pictures)) > 10, "and it is really another picture"
    assert page.url == address, "nothing is committed before the finger lifts"
    dragged = viewer.pixels()
    page.mouse.up()
    page.wait_for_url(lambda url: url != address)
    final = Experiment(weight_scale=scales[-1])
    wait_until_painted(page, final)
    fresh = Viewer(open_page("?" + final.to_query()))
    page.mouse.move(2, 2)
    assert np.array_equal(viewer.pixels(), fresh.pixels())
    assert np.abs(dragged.astype(int) - fresh.pixels()).mean() < 1


def test_a_slider_that_comes_back_leaves_everything_as_it_was(open_page):
    page = open_page("?" + LIVELY.to_query())
    viewer = Viewer(page)
    before, address = viewer.pixels(), page.url
    x, y = grip(page, "Weight scale")
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_timeout(300)
    page.mouse.move(x + 60, y, steps=10)
    page.wait_for_timeout(200)
    assert viewer.experiment != LIVELY
    page.mouse.move(x, y, steps=10)
    page.mouse.up()
    wait_until_painted(page, LIVELY)
    assert np.array_equal(viewer.pixels(), before)
    assert page.url == address


@pytest.mark.parametrize("name", ["Units", "Timesteps"])
def test_a_knob_that_changes_the_size_is_followed_value_by_value(open_page, name):
    page = open_page("?" + LIVELY.to_query())
    viewer = Viewer(page)
    x, y = grip(page, name)
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for moved in range(0, 60, 4):
        page.mouse.move(x - moved, y)
        page.wait_for_timeout(120)
        seen.add(getattr(viewer.experiment or LIVELY, name.lower()))
    assert len(seen) > 4
    page.mouse.up()
    page.wait_for_url(lambda url: f"{name.lower()}=" in url and url.count("=") > 3)
    last = int(page.get_by_role("slider", name=name).get_attribute("aria-valuetext"))
    wait_until_painted(page, LIVELY.replace(**{name.lower(): last}))
    assert (viewer.pixels()[2:-2, 2:-2, 3] == 255).all()


def test_keys_repaint_before_the_server_answers(open_page):
    page = open_page("?" + LIVELY.to_query())
    viewer = Viewer(page)
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    page.wait_for_timeout(1500)  # the pictures of the whole range come
    page.evaluate(
        """([selector]) => {
            const root = document.querySelector(selector);
            window.paintedAt = [];
            new MutationObserver(() => {
                const { experiment } = root.dataset;
                if (experiment) window.paintedAt.push([experiment, location.search]);
            }).observe(root, { attributes: true, attributeFilter: ["data-experiment"] });
        }""",
        [VIEWER],
    )
    for _ in range(3):
        before = page.evaluate("() => location.search")
        slider.press("ArrowRight")
        shown = LIVELY.replace(weight_scale=float(slider.get_attribute("aria-valuetext")))
        page.wait_for_url(lambda url, before=before: not url.endswith(before))
        wait_until_painted(page, shown)
        assert [shown.to_query(), before] in page.evaluate("() => window.paintedAt")
    page.wait_for_timeout(500)
    fresh = Viewer(open_page("?" + shown.to_query()))
    assert np.array_equal(viewer.pixels(), fresh.pixels())


def test_keys_that_are_held_never_go_back(open_page):
    page = open_page("?" + LIVELY.to_query())
    slider = page.get_by_role("slider", name="Weight scale")
    slider.focus()
    page.wait_for_timeout(1500)
    page.evaluate(
        """([selector]) => {
            const root = document.querySelector(selector);
            window.shownScales = [];
            new MutationObserver(() => {
                const query = new URLSearchParams(root.dataset.experiment ?? "");
                if (query.has("weight_scale")) window.shownScales.push(query.get("weight_scale"));
            }).observe(root, { attributes: true, attributeFilter: ["data-experiment"] });
        }""",
        [VIEWER],
    )
    for _ in range(12):
        slider.press("ArrowRight")
        page.wait_for_timeout(30)
    last = LIVELY.replace(weight_scale=float(slider.get_attribute("aria-valuetext")))
    page.wait_for_timeout(2500)
    wait_until_painted(page, last)
    scales = [float(text) for text in page.evaluate("() => window.shownScales")]
    assert scales == sorted(scales), "an answer that comes late is not shown over a newer value"
    assert len(set(scales)) > 8


# Touch


def fingers(page):
    """Return a function that puts fingers down, moves or lifts them."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        places = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    return touch


@pytest.fixture
def phone(open_page):
    page = open_page(
        "?" + LIVELY.to_query(), width=390, height=844, has_touch=True, device_scale_factor=2
    )
    viewer = Viewer(page)
    viewer.stage.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    return viewer


def test_a_tap_chooses_a_cell_and_tells_its_value(phone):
    states = simulate(LIVELY).states
    phone.page.touchscreen.tap(*phone.cell(50, 32, states.shape))
    phone.page.wait_for_url(re.compile(r"[?&]t=(49|50|51)&unit="))
    step, unit = map(int, re.search(r"\[(\d+), (\d+)\]", phone.tip).groups())
    assert phone.tip.splitlines()[1] == minus(states[step, unit])


def test_a_finger_scrubs(phone):
    touch = fingers(phone.page)
    start, end = phone.point(0.2, 0.5), phone.point(0.8, 0.5)
    touch("touchStart", start)
    for share in np.linspace(0, 1, 12):
        touch("touchMove", (start[0] + share * (end[0] - start[0]), start[1]))
    touch("touchEnd")
    phone.page.wait_for_url(re.compile(r"[?&]t=(7[5-9]|8[0-4])\b"))


def test_two_fingers_zoom(phone):
    touch = fingers(phone.page)
    middle = phone.point(0.5, 0.5)
    for apart, kind in ((20, "touchStart"), (30, "touchMove"), (60, "touchMove")):
        points = [(middle[0] - apart, middle[1] - apart), (middle[0] + apart, middle[1] + apart)]
        touch(kind, *points)
    touch("touchEnd")
    phone.wait_for_ranges("x[1] - x[0] < 50 && y[1] - y[0] < 32")
    first, last = phone.ranges[0]
    assert (first + last) / 2 == pytest.approx(50, abs=4)


def test_a_phone_has_room_for_everything(phone):
    page = phone.page
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 390
    for control in page.locator(f"{VIEWER} button:visible, {VIEWER} select:visible").all():
        box = control.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert min(box["width"], box["height"]) >= 24


# Play


def test_play_walks_and_pause_tells_the_server(lively):
    page = lively.page
    page.get_by_role("combobox", name=re.compile("Speed")).select_option("50")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => Number(document.querySelector('.rv-cursor').value) > 20")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(100)  # the step that was due is painted with the next frame
    stopped = lively.step
    page.wait_for_url(re.compile(rf"[?&]t={stopped}\b"))
    page.wait_for_timeout(200)
    assert lively.step == stopped


def test_play_stops_at_the_end(lively):
    lively.slider.focus()
    lively.slider.press("End")
    for _ in range(3):
        lively.slider.press("ArrowLeft")
    lively.page.get_by_role("button", name="Play").click()
    expect(lively.page.get_by_role("button", name="Play")).to_be_visible()
    assert lively.step == 99


def test_reduced_motion_begins_slowly(open_page):
    viewer = Viewer(open_page("?" + LIVELY.to_query(), reduced_motion="reduce"))
    speed = viewer.page.get_by_role("combobox", name=re.compile("Speed"))
    assert int(speed.input_value()) <= 2


# Looks


def middle_colour(viewer):
    return viewer.pixels()[..., :3].astype(int).mean(axis=(0, 1))


def test_dark_pages_have_a_dark_middle(open_page):
    zero = f"{Experiment(weight_scale=0.001, bias_initializer='zeros').to_query()}&contrast=fixed"
    light = middle_colour(Viewer(open_page("?" + zero)))
    dark = middle_colour(Viewer(open_page("?" + zero, color_scheme="dark")))
    assert light.min() > 220
    assert dark.max() < 70


def test_the_other_palette_is_purple_and_orange(open_page):
    query = f"?{Experiment(weight_scale=0.05).to_query()}&palette=purple_orange"
    red, green, blue = middle_colour(Viewer(open_page(query)))
    assert red > green > blue
    assert green > 40, "orange or brown, not the red of the other palette"


def test_exact_cells_are_hatched_and_the_others_are_not(open_page):
    viewer = Viewer(open_page())
    pixels = viewer.pixels()[..., :3].astype(int)
    width = pixels.shape[1] // 100
    first, rest = pixels[4:-4, 1 : width - 1], pixels[4:-4, 3 * width :]
    assert rest.std(axis=(0, 1)).max() > 10, "lines over the exact ones"
    assert first.std(axis=(0, 1)).max() < 3
    expect(viewer.page.locator(f"{VIEWER} .rv-legend")).to_have_text("exactly 1")


def test_presentation_size_is_readable_from_afar(open_page):
    usual, large = open_page(), open_page("?presentation=1")

    def label_height(page):
        """Height in pixels of the ink left of the heatmap: the numbers of the units."""
        viewer, strip = Viewer(page), settled(page)
        box, (left, top, _, height) = viewer.stage.bounding_box(), viewer.heat
        strip = strip[int(top - box["y"]) : int(top - box["y"] + height // 2)]
        ink = (strip[:, 20 : int(left - box["x"]) - 8] < 150).all(axis=2).any(axis=1)
        runs = "".join("x" if row else " " for row in ink).split()
        return max(map(len, runs))

    assert label_height(large) >= 1.25 * label_height(usual)
    assert label_height(large) >= 11, "digits of 16 px letters"


def test_the_camera_takes_what_is_seen(lively):
    with lively.page.expect_download() as download:
        lively.page.get_by_role("button", name=re.compile("PNG")).click()
    photo = Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB")
    box = lively.stage.bounding_box()
    assert photo.width == pytest.approx(2 * box["width"], abs=3)
    pixels = np.asarray(photo).astype(int)
    left, top, width, height = lively.heat
    inside = pixels[
        int(2 * (top - box["y"] + 10)) : int(2 * (top - box["y"] + height - 10)),
        int(2 * (left - box["x"] + 40)) : int(2 * (left - box["x"] + width - 10)),
    ]
    assert np.abs(inside.mean(axis=(0, 1)) - middle_colour(lively)).max() < 6
    assert (pixels < 90).all(axis=2).any(), "axes and words are on it"


# What it costs to load


def test_the_viewer_itself_needs_no_plotly(chromium, server_url):
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server_url)
    page.wait_for_selector(f"{VIEWER}[data-experiment]")
    context.close()
    assert any(url.endswith("/viewer.js") for url in asked)
    assert not any("plotly" in url for url in asked)

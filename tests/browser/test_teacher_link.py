"""The teacher's link: made in the dialog, opened on a phone and on a projector, hostile or not."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from rnnviz import Experiment
from rnnviz.i18n import words
from rnnviz.spec.perspective import Perspective
from tests.browser.pixels import shown_experiment

SAY, KOREAN = words("en"), words("ko")
NOTE = "**Look** at $t = 5$\n\n- what is *still* red?"
SIZES = {"phone": (390, 844), "projector": (1280, 720)}


@pytest.fixture(scope="module")
def made(chromium, server_url):
    """A link made in the dialog, by keyboard: one control, locked, Korean, a note, large."""
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, locale="en-US")
    page = context.new_page()
    page.goto(f"{server_url}/?weight_scale=0.03&t=5&lens=slope")
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]', timeout=60_000)
    page.get_by_role("button", name=SAY("teach.open")).press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("img").first.wait_for()
    choose(page, SAY("teach.knobs"), SAY("knob.weight_scale.label"), "knobs=weight_scale")
    choose(page, SAY("teach.locked"), SAY("knob.weight_scale.label"), "locked=weight_scale")
    choose(page, SAY("knob.language.label"), "한국어", "lang=ko")
    for part in ("navigation", "actions"):
        dialog.get_by_role("button", name=SAY(f"part.{part}"), exact=True).press("Enter")
        expect(dialog.locator("code")).to_contain_text(part)
    dialog.get_by_role("switch", name=SAY("knob.presentation.label")).press("Space")
    expect(dialog.locator("code")).to_contain_text("presentation=1")
    dialog.get_by_role("textbox", name=SAY("teach.note")).fill(NOTE)
    page.keyboard.press("Control+Enter")
    expect(dialog.locator("code")).to_contain_text("note=")
    link = dialog.locator("code").inner_text().replace("\n", "")
    context.close()
    return link


def choose(page, label, choice, shown):
    """Pick an option of the dialog by typing it, and wait until the link says so."""
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("combobox", name=label)
    field.focus()
    field.press("ArrowDown")
    page.get_by_role("option", name=choice, exact=True).wait_for()
    field.fill(choice)
    field.press("Enter")
    expect(dialog.locator("code")).to_contain_text(shown)
    if page.get_by_role("option").count():
        field.press("Tab")


def test_the_link_says_what_was_chosen(made, server_url):
    assert made.startswith(f"{server_url}/?")
    pairs = parse_qsl(urlsplit(made).query)
    experiment, problems = Experiment.from_pairs(pairs)
    perspective, more = Perspective.from_pairs(pairs, dict(pairs))
    assert problems == more == []
    assert experiment == Experiment(weight_scale=0.03)
    assert perspective == Perspective(
        lens="slope",
        timestep=5,
        language="ko",
        presentation=True,
        note=NOTE,
        knobs=("weight_scale",),
        locked=("weight_scale",),
        hidden=("navigation", "actions"),
    )


@pytest.mark.parametrize("size", SIZES)
def test_it_opens_with_exactly_what_was_chosen(open_page, made, size):
    width, height = SIZES[size]
    page = open_page("?" + urlsplit(made).query, width=width, height=height)
    assert shown_experiment(page) == Experiment(weight_scale=0.03).to_query()
    page.wait_for_function("() => document.documentElement.lang === 'ko'")
    note = page.locator(".st-key-note")
    expect(note.locator("strong")).to_have_text("Look")
    expect(note.locator(".katex")).to_have_count(1)
    expect(page.get_by_role("radio", name=KOREAN("lens.slope.label"))).to_be_checked()
    cursor = page.get_by_role("slider", name=KOREAN("viewer.cursor"), exact=True)
    assert cursor.input_value() == "5"
    assert page.get_by_role("radio", name=KOREAN("pages.dynamics")).count() == 0
    assert page.get_by_role("button", name=KOREAN("page.resample")).count() == 0
    assert page.evaluate("document.body.classList.contains('rv-presentation')")
    slider = page.get_by_role("slider", name=KOREAN("knob.weight_scale.label"))
    expect(slider).to_be_visible()
    assert page.get_by_test_id("stSidebar").get_by_role("slider").count() == 1
    page.keyboard.press("Tab")
    slider.press("ArrowLeft", timeout=2000)
    page.wait_for_timeout(300)
    assert slider.get_attribute("aria-valuetext") == "0.03"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "wider than the screen"


HOSTILE = """<script>document.title='owned'</script>
<img src=x onerror="document.title='owned'"> <iframe src="//evil.example"></iframe>
![a](https://evil.example/a.png) ![b][c] [d](javascript:document.title='owned')
<svg onload=alert(1)> [e](data:text/html,<script>alert(1)</script>)

[c]: https://evil.example/c.png

$\\href{javascript:alert(1)}{x} \\rule{9999em}{9999em}$ :red[x] <style>body{display:none}</style>"""


def test_a_hostile_note_is_text(open_page, server_url):
    page = open_page()
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    query = urlencode(
        {"note": HOSTILE, "locked": "<b>x</b>", "lesson": "<script>", "hidden": "a b"}
    )
    page.goto(f"{server_url}/?{query}")
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]')
    note = page.locator(".st-key-note")
    expect(note).to_contain_text("<script>document.title")
    page.wait_for_timeout(500)
    assert page.title() == "rnnviz"
    assert dialogs == []
    assert not [url for url in asked if not url.startswith((server_url, "data:", "blob:"))]
    assert note.locator("img, script, iframe, svg[onload], style").count() == 0
    hrefs = note.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href') ?? '')")
    assert not [href for href in hrefs if href.lower().startswith(("javascript:", "data:"))]
    assert note.bounding_box()["height"] < 300, "the note keeps its place"
    for refused in ("<b>x</b>", "<script>", "a b"):
        assert page.get_by_test_id("stAlert").get_by_text(f"“{refused}”").is_visible()


def test_a_link_for_slides_shows_no_frame_and_stays_so(open_page):
    page = open_page("?embed=true&knobs=weight_scale", width=800, height=600, tour=True)
    assert page.get_by_test_id("stToolbar").count() == 0
    assert page.locator(".rv-tour").count() == 0
    expand = page.get_by_test_id("stExpandSidebarButton")
    if expand.count() and expand.is_visible():
        expand.press("Enter")
    slider = page.get_by_role("slider", name=SAY("knob.weight_scale.label"))
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_url(lambda url: "weight_scale=0.891" in url and "embed=true" in url)

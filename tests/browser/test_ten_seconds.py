"""The ten-second test: what a first visit sees, and what moves within two actions."""

from rnnviz.i18n import words
from tests.browser.first_visit import first_visit
from tests.browser.viewer import Viewer

SAY = words("en")
PATIENCE = 10.0


def test_the_first_screen_shows_what_it_is_and_a_network(open_page):
    page = open_page()
    assert page.get_by_text(SAY("tagline.text")).is_visible()
    for part in (".rn-network canvas", ".rv-viewer .rv-pixels", ".rv-starters", ".rv-play"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 768 + 1, f"{part} is on the first screen"
    scale = page.get_by_role("slider", name=SAY("knob.weight_scale.label"))
    assert scale.is_visible()


def test_from_a_cold_start_two_actions_move_the_page(chromium, server_url):
    """A first visit, tour and all: the slider under the hand, then a click to a living network."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")
    first, held, clicked = first_visit(context, server_url)
    context.close()
    assert held.moved_since(first) > 0.05, "the picture followed the hand"
    assert clicked.moved_since(held) > 0.15
    assert clicked.seconds < PATIENCE * 6, "a busy machine may take six times as long"


def test_one_drag_moves_picture_sentence_and_diagram(open_page):
    page = open_page()
    page.wait_for_selector(".rn-network[data-shown]")
    viewer = Viewer(page)
    before, said = viewer.pixels(), page.locator(".st-key-said h4").first.inner_text()
    slider = page.get_by_role("slider", name=SAY("knob.weight_scale.label"))
    slider.focus()
    for _ in range(30):
        slider.press("ArrowLeft")
    page.wait_for_function(
        """() => {
            const shown = document.querySelector(".rv-viewer").dataset.experiment;
            return shown && document.querySelector(".rn-network").dataset.identity === shown
                && !shown.includes("weight_scale=1.0");
        }"""
    )
    page.wait_for_function(
        "(said) => document.querySelector('.st-key-said h4').innerText !== said", arg=said
    )
    assert (viewer.pixels() != before).any()


def test_the_pictures_of_the_networks_are_in_the_palette_of_the_page(open_page):
    """Those of the usual palette come with the page; another's must weigh more."""
    ground = "getComputedStyle(document.querySelector('.rv-starter-chaos'))"
    seen = {
        open_page(f"?palette={palette}").evaluate(f"{ground}.backgroundImage")
        for palette in ("red_blue", "purple_orange")
    }
    assert len(seen) == 2
    assert all(one.startswith('url("data:image/png') for one in seen)

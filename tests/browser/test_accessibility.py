"""axe's rules on every page, light and dark, and everything within reach of the keyboard."""

from pathlib import Path

import axe_playwright_python
import pytest

from rnnviz.i18n import words
from rnnviz.spec.perspective import PAGES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SAY = words("en")
WITHOUT_STATES = ("lessons", "training", "atlas", "moments")
"""Pages that do not show the states over time."""
LINKS = {
    **{page: f"?page={page}" for page in PAGES if page not in WITHOUT_STATES},
    "difference": "?page=compare&difference=1",
    "predict": "?lesson=scaling",
    "do": "?lesson=initialisers&card=1",
    "why": "?lesson=gates&card=7",
    "presentation": "?presentation=1",
    "note": "?note=%23%20Look%0A%0A**here**%20%24x%5E2%24",
    "problems": "?timesteps=banana&lesson=nothing",
}


def violations(page):
    """Serious and critical violations, as short lines."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{one['impact']} {one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LINKS)
def test_axe_finds_nothing_serious(open_page, name, scheme):
    page = open_page(LINKS[name], color_scheme=scheme, bypass_csp=True)
    page.wait_for_timeout(300)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "painted"),
    [
        ("training", "canvas"),
        ("atlas", '[data-view="atlas"] .heatmaplayer image'),
        ("moments", "[data-testid=sequence][data-painted]"),
    ],
)
def test_axe_finds_nothing_serious_on_pages_without_states(
    chromium, server_url, name, painted, scheme
):
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{server_url}/?page={name}&units=4&timesteps=20&lang=en")
    page.wait_for_selector(painted, timeout=90_000)
    page.wait_for_timeout(500)
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_opens(open_page, scheme):
    page = open_page(color_scheme=scheme, bypass_csp=True, tour=True)
    page.locator(".rv-tour").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name=SAY("teach.open")).press("Enter")
    page.get_by_role("dialog").get_by_role("img").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.get_by_text(SAY("page.more"), exact=True).click()
    page.get_by_text(SAY("group.advanced.label")).wait_for()
    page.get_by_role("radio", name=SAY("pages.lessons")).press("Space")
    page.get_by_text(SAY("lessons.intro")).wait_for()
    page.wait_for_timeout(300)
    assert violations(page) == []


REACHABLE = """() => [...document.querySelectorAll(
    'button, a[href], input, select, textarea, [role="slider"], [role="combobox"], [tabindex="0"]')]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && !e.disabled
      && !e.closest('[aria-hidden="true"], [inert]');
  })"""
# Within a group of options the arrows go on; one of them stands for all.
LEFT_OUT = f"""() => {{
  const group = (e) =>
    e.closest('[role="radiogroup"], [role="toolbar"], [role="tablist"], .stSelectbox') ?? e;
  const seen = new Set(window.focused.map(group));
  return ({REACHABLE})().filter((e) => !seen.has(group(e))).map((e) => e.outerHTML.slice(0, 150));
}}"""


@pytest.mark.parametrize("link", ["", "?page=compare", "?lesson=scaling&card=1"])
def test_the_tab_key_reaches_everything(open_page, link):
    page = open_page(link)
    page.wait_for_timeout(300)
    page.evaluate("() => { window.focused = []; document.activeElement.blur(); }")
    for _ in range(90):
        page.keyboard.press("Tab")
        back = page.evaluate(
            """() => {
              const e = document.activeElement;
              const again = e === document.body || window.focused.includes(e);
              window.focused.push(e);
              return again;
            }"""
        )
        if back:
            break
    assert page.evaluate(LEFT_OUT) == []

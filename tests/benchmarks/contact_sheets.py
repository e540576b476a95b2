"""Every page at every size, light and dark, in both languages, side by side on sheets to look at.

    python -m tests.benchmarks.contact_sheets FOLDER [size …] [page …]

One sheet a size and page. What can be found without looking is printed: parts that are wider than
the screen, errors on the console, a first screen without its picture.
"""

import sys
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.hands import idle
from tests.browser.server import CHROMIUM_FLAGS, chromium_path, running

ROOT = Path(__file__).parents[2]
TOUCH = {"has_touch": True, "is_mobile": True}
SIZES = {
    "laptop": (1366, 768, "", {}),
    "large": (1920, 1080, "", {}),
    "phone": (390, 844, "", TOUCH),
    "presentation": (1280, 720, "presentation=1&", {}),
}
PAGES = {
    "states": "weight_scale=0.03",
    "dynamics": "page=dynamics&weight_scale=0.03&t=20",
    "compare": "page=compare",
    "keras": "page=keras",
    "training": "page=training",
    "atlas": "page=atlas",
    "moments": "page=moments&weight_scale=0.03",
    "lessons": "page=lessons",
    "lesson": "lesson=scaling&card=1&answers=1",
}
LOOKS = [(theme, language) for language in ("en", "ko") for theme in ("light", "dark")]
# Everything has come: no part is still to be loaded, and all pictures are painted.
THERE = """() => {
  const all = (selector) =>
    [...document.querySelectorAll(selector)].filter((one) => one.clientWidth);
  return !all('[data-testid="stSkeleton"]').length
    && all(".rv-viewer").every((one) => one.dataset.experiment)
    && all(".rv-figure").every((one) => one.dataset.painted)
    && all(".rn-network").every((one) => one.dataset.shown);
}"""
WIDER = """() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  const wide = [...document.querySelectorAll(".stMain *")].filter((one) => {
    const { left, right, width, height } = one.getBoundingClientRect();
    const scrolls = one.closest('pre, .stDataFrame, .rv-viewer, [class*="scroll"], .katex, [role="radiogroup"], [role="toolbar"]');
    return width && height && !scrolls && getComputedStyle(one).visibility !== "hidden"
      && (right > clientWidth + 1 || left < -1);
  });
  const named = (one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")}`.slice(0, 90);
  return [scrollWidth - clientWidth, wide.slice(0, 3).map(named)];
}"""  # noqa: E501  (a selector is not broken)


def pictures(browser, url, size):
    """Yield (page, its four pictures, what was found) of one size."""
    width, height, query, options = SIZES[size]
    for name in wanted(PAGES):
        taken, found = [], []
        for theme, language in LOOKS:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                locale={"en": "en-US", "ko": "ko-KR"}[language],
                color_scheme=theme,
                **options,
            )
            context.add_init_script("try { localStorage.setItem('rnnviz.tour', '1') } catch {}")
            page = context.new_page()
            page.on("console", partial(_note, found))
            page.goto(f"{url}/?{query}{PAGES[name]}")
            idle(page)
            page.wait_for_function(THERE, timeout=60_000)
            page.wait_for_timeout(700)
            over, wide = page.evaluate(WIDER)
            if over > 0 or wide:
                found.append(f"{theme} {language}: {over} px wider than the screen {wide}")
            taken.append(page.screenshot())
            context.close()
        yield name, taken, found


def _note(found, said):
    if said.type == "error":
        found.append(said.text[:120])


def sheet(taken, columns):
    """Join pictures of one size, so many in a row."""
    images = [Image.open(BytesIO(one)) for one in taken]
    width, height = images[0].size
    rows = -(-len(images) // columns)
    joined = Image.new("RGB", (columns * width, rows * height), "grey")
    for i, image in enumerate(images):
        joined.paste(image, (i % columns * width, i // columns * height))
    return joined


def wanted(names):
    """Return those that the command line names, all where it names none."""
    return [name for name in names if name in sys.argv[2:]] or list(names)


def main() -> int:
    """Write the sheets into a folder; 1 where something was found."""
    folder, wrong = Path(sys.argv[1]), 0
    folder.mkdir(parents=True, exist_ok=True)
    with running(ROOT / "app.py") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        for size in wanted(SIZES):
            for name, taken, found in pictures(browser, url, size):
                joined = sheet(taken, 4 if size == "phone" else 2)
                joined.save(folder / f"{size}_{name}.png")
                print(f"{size} {name}: {'; '.join(found) or 'nothing found'}", flush=True)
                wrong += bool(found)
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

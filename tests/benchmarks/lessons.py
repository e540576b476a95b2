"""Every lesson in both languages, on a phone and a laptop, wrong answers first. See ``main``.

    python -m tests.benchmarks.lessons [loop gates …] [--language ko] [--size 390x844] [--shots DIR]

Every task goes from unmet to met by its control, each prediction is answered wrongly at first (the
phone with one wrong answer, the laptop with the next), what is said of it is read, and the right
answer is given. No card may be wider than the screen, and no formula cut.
"""

import argparse
import sys
import time
from pathlib import Path

from rnnviz.lessons.registry import lessons
from rnnviz.spec.training import Training
from tests.browser.conftest import SEEN, STATE_VIEWER
from tests.browser.hands import idle
from tests.browser.lesson_walk import Walk
from tests.browser.server import launched, running

ROOT = Path(__file__).parents[2]
SIZES = {"390x844": (390, 844), "1280x720": (1280, 720)}
LANGUAGES = {"en": "en-US", "ko": "ko-KR"}
_TRAINING_VIEW = "[data-testid=training-view][data-painted]"


def walk(browser, url, lesson, language, size, shots) -> list[str]:
    """Walk one lesson; return what was wrong with it, nothing where all is well."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LANGUAGES[language],
        has_touch=width < 640,
    )
    context.add_init_script(SEEN)
    page, wrong, last = context.new_page(), [], [""]
    page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))

    def seen(card: str) -> None:
        last[0] = card
        idle(page)
        wrong.extend(f"{card}: {fault}" for fault in steps.faults())
        if shots is not None:
            folder = shots / f"{language}-{size}"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{lesson.name}-{len(names):02}-{card}.png")
        names.append(card)

    names: list[str] = []
    mistake = list(SIZES).index(size)
    steps = Walk(page, lesson, language, mistake, seen)
    try:
        page.goto(f"{url}/?lesson={lesson.name}&lang={language}")
        learns = isinstance(lesson.start, Training)
        page.wait_for_selector(_TRAINING_VIEW if learns else STATE_VIEWER, timeout=60_000)
        idle(page)
        steps.whole()
    except Exception as error:  # whatever stops a walk is what this looks for
        wrong.append(f"after {last[0] or 'the beginning'}: {str(error).strip()[:600]}")
        if shots is not None:
            shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=shots / f"STOPPED-{lesson.name}-{language}-{size}.png")
    finally:
        context.close()
    return wrong


def main() -> int:
    """Walk the lessons, a line each; return 1 if any is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="lessons; all where none is named")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    parser.add_argument("--size", choices=SIZES, action="append")
    parser.add_argument("--shots", type=Path, help="a folder for a picture of each card")
    asked = parser.parse_args()
    known, failed, count = lessons(), 0, 0
    with running(ROOT / "app.py") as url, launched() as browser:
        for name in asked.names or known:
            for language in asked.language or LANGUAGES:
                for size in asked.size or SIZES:
                    begun = time.monotonic()
                    wrong = walk(browser, url, known[name], language, size, asked.shots)
                    said = "; ".join(dict.fromkeys(wrong)) or "met"
                    seconds = time.monotonic() - begun
                    print(f"{name:20} {language} {size:9} {seconds:5.1f} s  {said}", flush=True)
                    failed, count = failed + bool(wrong), count + 1
    print(f"{count - failed} of {count} as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

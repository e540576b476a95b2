"""Pages of the app on paper, as Chromium prints them."""

import io

from pypdf import PdfReader

from rnnviz.i18n import words
from tests.browser.hands import idle

A4 = (595, 842)


def printed(page):
    """The pages of the PDF that the browser makes of a page of the app."""
    made = page.pdf(prefer_css_page_size=True, print_background=True)
    return PdfReader(io.BytesIO(made)).pages


def text_of(pages):
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def test_a_page_is_printed_whole_without_what_is_pressed(open_page):
    """States in the dark on one page that lies; a lesson of a phone on pages that stand."""
    say = words("en")
    page = open_page("?lang=en&weight_scale=0.03", color_scheme="dark")
    painted = page.locator(".rv-stage canvas").first.evaluate("(canvas) => canvas.width")
    (sheet,) = printed(page)
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == A4[::-1]
    text = text_of([sheet])
    assert "The network forgets" in text
    assert "weight_scale=0.03" in text.replace(" ", ""), "the link says what is shown"
    for name in ("page.more", "page.resample", "pages.lessons", "knob.weight_scale.label"):
        assert say(name) not in text
    # On the screen nothing has changed.
    assert page.locator(".rv-stage canvas").first.evaluate("(canvas) => canvas.width") == painted
    assert not page.locator("html").get_attribute("class")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{page.url.partition('?')[0]}?lesson=scaling&lang=en")
    page.get_by_text(say("lessons.place", number=1, count=7)).wait_for()
    page.wait_for_selector('[data-testid="state-viewer"][data-experiment]')
    idle(page)
    sheets = printed(page)
    assert {round(one.mediabox.width) for one in sheets} == {A4[0]}
    text = text_of(sheets)
    assert "About half" in text, "the answers are a part of the question"
    assert say("lessons.leave") not in text

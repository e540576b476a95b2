"""Korean and English in a real browser: what the page says, declares and is written in."""

import re

import pytest
from playwright.sync_api import expect

from rnnviz.i18n import words
from rnnviz.i18n.glossary import glossary
from rnnviz.lessons.registry import lessons
from rnnviz.spec.perspective import PAGES
from tests.i18n.spoken import spoken

SEEN = """() => {
  const texts = [];
  const hidden = '.katex, code, [data-testid="stIconMaterial"], [role="log"], script, style, title';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent && !parent.closest(hidden) && parent.getClientRects().length)
      texts.push(walk.currentNode.textContent);
  }
  const names = ["aria-label", "title", "placeholder", "data-title"];
  for (const e of document.querySelectorAll(`[${names.join("], [")}]`))
    if (e.getClientRects().length && !e.closest(hidden))
      texts.push(...names.map((name) => e.getAttribute(name) ?? ""));
  return texts.map((text) => text.trim()).filter(Boolean);
}"""
SAME = ("English", "한국어")
NAMES = re.compile(
    r"\b(?:SimpleRNN|LSTM|GRU|Keras|NumPy|PyTorch|Bidirectional|Embedding|JSON|NPZ|HTML)\b"
)
ENGLISH_RUN = re.compile(r"[A-Za-z]{2,}(?:[ ,;:]+[A-Za-z]{2,}){2,}")
SAY = words("en")
# What Streamlit and Plotly say by themselves, in English only, unless somebody stops them.
FRAME = [
    re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(sentence)))
    for key, sentence in SAY.sentences.items()
    if key.startswith("frame.")
]
PAINTED = {
    "?page=training": "canvas",
    "?page=atlas": '[data-view="atlas"] .heatmaplayer image',
    "?page=moments": "[data-testid=sequence][data-painted]",
}
"""Pages that do not show the states over time, and what they show."""
LINKS = [*(f"?page={page}" for page in PAGES if page != "lessons"), "?lesson=gates&card=2"]


def seen(page):
    page.wait_for_timeout(300)
    return [text for text in page.evaluate(SEEN) if text not in SAME]


def english_in(texts):
    return [
        text
        for text in texts
        if ENGLISH_RUN.search(NAMES.sub(" ", text)) or any(one.fullmatch(text) for one in FRAME)
    ]


@pytest.fixture
def korean_page(open_page, chromium, server_url):
    """Open a link in a Korean browser and wait until its page shows what it is for."""
    contexts = []

    def open_it(link):
        if link not in PAINTED:
            return open_page(link, locale="ko-KR")
        contexts.append(chromium.new_context(locale="ko-KR"))
        page = contexts[0].new_page()
        page.goto(f"{server_url}/{link}&units=4&timesteps=20")
        page.wait_for_selector(PAINTED[link], timeout=90_000)
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("link", LINKS)
def test_each_page_speaks_one_language(korean_page, link):
    page = korean_page(link)
    korean = seen(page)
    assert any(re.search("[가-힣]", text) for text in korean)
    assert english_in(korean) == []
    assert page.evaluate("document.documentElement.lang") == "ko"
    page.get_by_role("radio", name="English").press("Space")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    page.wait_for_url(re.compile("lang=en"))
    assert [text for text in seen(page) if re.search("[가-힣]", text)] == []


def test_what_opens_speaks_one_language_too(open_page):
    """Menus and dialogs stand outside the page itself, and half of what they say is Streamlit's."""
    say, page = words("ko"), open_page("?page=states", locale="ko-KR")
    page.locator(".st-key-take-away button").first.press("Enter")
    for tab in ("data", "code", "link", "open", "picture"):
        page.get_by_role("tab", name=say(f"take_away.{tab}.tab")).click()
        assert english_in(seen(page)) == [], tab
    page.keyboard.press("Escape")
    page.locator(".st-key-teach button").first.click()
    page.get_by_role("dialog").get_by_text(say("teach.intro")).wait_for()
    assert english_in(seen(page)) == []
    page.keyboard.press("Escape")
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    assert english_in(seen(page)) == []


def test_the_page_of_lessons_speaks_one_language(open_page):
    page = open_page(locale="ko-KR")
    page.get_by_role("radio", name=words("ko")("pages.lessons")).press("Space")
    page.get_by_text(words("ko")("lessons.intro")).wait_for()
    texts = seen(page)
    # The glossary has each term's English beside it, on purpose.
    beside = {text for term in glossary() for text in (term.names["en"], term.meanings["ko"])}
    assert english_in(text for text in texts if text.removeprefix("· ") not in beside) == []
    for name in lessons():
        assert any(spoken("ko")(f"lesson.{name}.title") in text for text in texts)


def test_hangul_comes_along_and_breaks_between_words(open_page):
    page = open_page(locale="ko-KR", width=390, height=844)
    page.wait_for_function(
        "() => [...document.fonts].some(f => f.status === 'loaded' && f.family === 'Pretendard')"
    )
    heading = page.locator(".stMain h4").first
    assert page.locator(".stMain p").count() > 5
    for text in (*page.locator(".stMain p").all(), heading):
        assert text.evaluate("e => getComputedStyle(e).wordBreak") == "keep-all"
    assert "Pretendard" in heading.evaluate("e => getComputedStyle(e).fontFamily")
    expect(page.locator("html")).to_have_attribute("lang", "ko")

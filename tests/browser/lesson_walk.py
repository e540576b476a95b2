"""The way through a lesson as a student goes it: predict, do, notice, by the page's own controls.

The browser tests walk each lesson once; `python -m tests.benchmarks.lessons` walks them all in both
languages and two sizes, and answers wrongly first.
"""

import contextlib
import re

from playwright.sync_api import TimeoutError, expect

from rnnviz.i18n import words
from rnnviz.lessons.example import EXAMPLES, content_of
from rnnviz.lessons.lesson import FILE, Do, Notice, Predict, Why
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.training import TABLE as TRAINING
from rnnviz.spec.training import Training
from tests.browser.hands import idle, move
from tests.i18n.spoken import spoken

OPEN, MET = ".st-key-task_open", ".st-key-task_met"
_CUT = """() => {
  const formulas = [...document.querySelectorAll(".stMain .katex-display")];
  const cut = formulas.filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 3);
  const page = document.documentElement;
  const beyond = page.scrollWidth - page.clientWidth;
  const faults = cut.map((one) => `cut: ${one.textContent.slice(0, 40)}`);
  return beyond > 0 ? [`the page is ${beyond} px too wide`, ...faults] : faults;
}"""
"""Formulas wider than their place, and how far the page reaches beyond the screen."""


class Walk:
    """One way through a lesson.

    Parameters
    ----------
    page : Page
        Where the lesson's link was opened.
    lesson : Lesson
        The lesson.
    language : str
        The language of the link.
    mistake : int or None
        With a number, each prediction is answered wrongly at first, with this one of its wrong
        answers (counted round); what is said of it is read, and then the right one is given.
    seen : callable (str) -> None
        Told the name of each card when all of it is there; for screenshots.
    """

    def __init__(self, page, lesson, language, mistake=None, seen=lambda name: None):
        self.page, self.lesson, self.language = page, lesson, language
        self.say, self.mistake, self.seen = spoken(language), mistake, seen
        self.learns = isinstance(lesson.start, Training)
        self.missed = {}  # place of a prediction -> the wrong answer that was given

    def whole(self):
        """Walk from the first card to the list of lessons, where the walk ends."""
        title = self.say(f"lesson.{self.lesson.name}.title")
        expect(self.page.get_by_role("heading", name=title)).to_be_visible()
        for index in range(len(self.lesson.cards)):
            self.arrive(index)
            self.act(index)
        self.press("lessons.finish")
        self.page.get_by_text(self.say("lessons.intro")).wait_for()
        assert "lesson=" not in self.page.url

    def act(self, index):
        """Do what a card asks for, and turn to the next one; the last card stays."""
        card = self.lesson.cards[index]
        if isinstance(card, Predict):
            self.seen(card.name)
            self.predict(index, card)
            return
        if isinstance(card, Do):
            self.do(card)
        self.read_outcome(index, card)
        self.seen(card.name)
        if isinstance(card, Why):
            # A closer look that the lesson opened has formulas of its own.
            own = self.page.locator(".katex-display:not(.st-key-at-cursor-one-step *)")
            expect(own).to_have_count(len(card.formulas))
        if index + 1 < len(self.lesson.cards):
            self.press("lessons.next")

    def arrive(self, index):
        """Wait for a card: its address is written when a run of the page is complete."""
        self.page.wait_for_url(
            lambda url: index == 0 or f"card={index}&" in f"{url}&", timeout=15_000
        )
        place = self.say("lessons.place", number=index + 1, count=len(self.lesson.cards))
        expect(self.page.get_by_text(place)).to_be_visible()

    def press(self, name):
        """Press one of the buttons that turn cards, by the key of its words."""
        button = self.page.get_by_role("button", name=self.say(name), exact=True)
        button.press("Enter", timeout=20_000)

    def predict(self, index, card):
        """The control waits, locked, until an answer is picked."""
        page = self.page
        if index not in self.missed:
            expect(
                page.get_by_role("button", name=self.say("lessons.next"), exact=True)
            ).to_have_count(0)
            control = page.locator(".st-key-lesson_control")
            locked = '[disabled], [aria-disabled="true"], [data-disabled]'
            expect(control.locator(locked).first).to_be_attached()
        picked = card.answer
        if self.mistake is not None and index not in self.missed:
            wrong = [option for option in card.options if option != card.answer]
            picked = self.missed[index] = wrong[self.mistake % len(wrong)]
        key = f"lesson.{self.lesson.name}.{card.name}.option.{picked}"
        page.get_by_role("button", name=seen_text(self.say(key)), exact=True).press("Enter")

    def do(self, card):
        """Unmet at first, met by the solution and nothing but the control; a training goes on."""
        page = self.page
        expect(page.locator(OPEN)).to_be_visible()
        expect(page.locator(MET)).to_have_count(0)
        self.seen(f"{card.name}-open")
        if self.learns:
            idle(page)
        for knob, value in card.solution.items():
            value = value[-1] if isinstance(value, tuple) else value
            if knob == FILE.name:
                self.bring(value)
                continue
            move(page, knob, value, self.language, card.stops)
        if self.learns:
            # The training of these values has to be there before it is told to go on.
            page.wait_for_url(lambda url: holds(url, card.solution), timeout=30_000)
            idle(page)
            play = words(self.language)("training.play")
            page.get_by_role("button", name=play, exact=True).press("Enter")
        expect(page.locator(MET)).to_be_visible(timeout=180_000 if self.learns else 15_000)
        expect(page.locator(OPEN)).to_have_count(0)

    def bring(self, example):
        """Open a file as a visitor does; data is looked at first."""
        name, content = EXAMPLES[example], content_of(example)
        field = self.page.locator('[data-testid="stFileUploaderDropzoneInput"]')
        field.set_input_files({"name": name, "mimeType": "", "buffer": content})
        if example == "example_data":
            self.press("open.show")
        self.page.wait_for_url(lambda url: name in url)

    def read_outcome(self, index, card):
        """Read how the prediction turned out; a wrong one is told why, and then made right."""
        settled = self.lesson.settled_at(index) if isinstance(card, Notice) else None
        if settled is None or self.mistake is None:
            return
        place, question = settled
        key = f"lesson.{self.lesson.name}.{question.name}"
        told = self.page.locator('[data-testid="stAlert"]').first
        expect(told).to_contain_text(plainest(self.say(f"{key}.tempting.{self.missed[place]}")))
        expect(told).to_contain_text(plainest(self.say(f"{key}.option.{question.answer}")))
        self.seen(f"{card.name}-wrong")
        for back in range(index - 1, place - 1, -1):
            self.press("lessons.back")
            self.arrive(back)
        for again in range(place, index):
            self.again(again)
            self.arrive(again + 1)
        right = self.say("lessons.right", answer=self.say(f"{key}.option.{question.answer}"))
        expect(told).to_contain_text(plainest(right))

    def again(self, index):
        """Go on from a card that one came back to; a task that it set anew is done anew."""
        card = self.lesson.cards[index]
        if isinstance(card, Predict):
            self.predict(index, card)
            return
        if isinstance(card, Do):
            idle(self.page)
            if self.page.locator(OPEN).count():
                self.do(card)
        self.press("lessons.next")

    def faults(self):
        """Return what does not fit: formulas that are cut, a page wider than the screen.

        Formulas are set and fitted a moment after the page has run.
        """
        with contextlib.suppress(TimeoutError):
            self.page.wait_for_function(f"() => !({_CUT})().length", timeout=2000)
        return self.page.evaluate(_CUT)


def plainest(text):
    """The longest part of a sentence that Markdown leaves alone."""
    return max(re.split(r"\$[^$]*\$|[*`\\_~\[\]{}]+|\s\s+|\n", text), key=len).strip()


def seen_text(text):
    """A button's words as they are read out: what Markdown makes of them."""
    return re.sub(r"[*`]|\$", "", text)


def holds(url, solution):
    """Whether the address holds these values; quiet knobs are left out at their defaults."""
    for name, value in solution.items():
        row = TABLE[name] if name in TABLE else TRAINING[name]
        there = f"&{row.link}={row.kind.write(value)}&" in f"{url}&"
        if not there and not (row.quiet and value == row.default and f"&{row.link}=" not in url):
            return False
    return True

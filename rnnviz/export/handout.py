"""A lesson on paper: a handout with questions and room for answers, a key, and slides, as HTML.

Chromium prints it (:mod:`rnnviz.export.printing`); any browser does. The numbers in the sentences
are measured on the lesson's own networks, as the page measures them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from rnnviz.export.fonts import faces_css
from rnnviz.export.lesson_text import marked_up, mathml, paragraphs
from rnnviz.i18n import Words
from rnnviz.lessons.homework import Homework
from rnnviz.lessons.lesson import (
    Card,
    Do,
    Lesson,
    Measured,
    Notice,
    Predict,
    Recipe,
    Why,
    changed_recipe,
    measured_at_once,
)
from rnnviz.lessons.tally import HandedIn, table

KINDS = ("handout", "key", "slides")
_LINES = {"predict": 3, "do": 4, "notice": 3}
"""Lines for writing below a card."""


def handout(lesson: Lesson, say: Words, kind: str) -> str:
    """Return a whole HTML page.

    Parameters
    ----------
    lesson : Lesson
        What is printed.
    say : Words
        The words of the language to print in.
    kind : {"handout", "key", "slides"}
        Questions with room for answers; all that the lesson says and the answers; a card a page.
    """
    say = lesson.words(say)
    title = marked_up(say(f"lesson.{lesson.name}.title"))
    cards = "".join(_cards(lesson, say, kind))
    head = _head(lesson, say, kind)
    return _PAGE.format(
        language=say.language,
        title=title,
        style=_STYLE + (_SLIDES if kind == "slides" else _SHEET),
        faces=faces_css(f"{head}{cards}"),
        kind=kind,
        head=head,
        cards=cards,
    )


def homework_sheet(lesson: Lesson, homework: Homework, link: str, say: Words) -> str:
    """Return what a student hands in as a page: the table's row, and the link that holds it all."""
    row, *_ = table([HandedIn(homework)], lesson, say)
    title = marked_up(lesson.title(say))
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in row.items()
    )
    proof = f"<p>{escape(say('homework.no_proof'))}</p>"
    address = f'<p class=link><a href="{escape(link)}">{escape(link)}</a></p>'
    return _PAGE.format(
        language=say.language,
        title=title,
        style=_STYLE + _SHEET,
        faces=faces_css(f"{title}{cells}{proof}"),
        kind="homework",
        head=f"<header><h1>{title}</h1></header>",
        cards=f"<table>{cells}</table>{address}{proof}",
    )


def _head(lesson: Lesson, say: Words, kind: str) -> str:
    title = marked_up(say(f"lesson.{lesson.name}.title"))
    summary = marked_up(say(f"lesson.{lesson.name}.summary"))
    link = f"?lesson={lesson.name}"
    lines = [f"<h1>{title}</h1>", f"<p class=summary>{summary}</p>"]
    if kind == "handout":
        lines.append(
            f"<p class=who><span>{escape(say('handout.name'))}</span>"
            f"<span>{escape(say('handout.date'))}</span></p>"
        )
    if kind == "key":
        lines.append(f"<p class=mark>{escape(say('handout.key_mark'))}</p>")
    lines.append(f"<p class=link>rnnviz · <code>{escape(link)}</code></p>")
    return f"<header>{''.join(lines)}</header>"


def _cards(lesson: Lesson, say: Words, kind: str) -> Iterator[str]:
    """Yield the cards; a handout leaves out what would tell an answer before it is given."""
    asked = False
    for index, card in enumerate(lesson.cards):
        asked = asked or isinstance(card, Predict | Do)
        tells = asked and isinstance(card, Notice | Why)
        inside = _inside(lesson, index, say, kind, told=not (kind == "handout" and tells))
        number = escape(say("lessons.place", number=index + 1, count=len(lesson.cards)))
        name = escape(say(f"lessons.{card.kind}"))
        yield (
            f"<section class={card.kind}><h2>{name} <small>{number}</small></h2>{inside}</section>"
        )


def _inside(lesson: Lesson, index: int, say: Words, kind: str, *, told: bool) -> str:
    card = lesson.cards[index]
    if not told:
        ask = say("handout.notice" if isinstance(card, Notice) else "handout.why")
        return f"<p>{escape(ask)}</p>{_room(_LINES['notice'])}"
    key = f"lesson.{lesson.name}.{card.name}"
    parts = [paragraphs(say(f"{key}.text", **_numbers(lesson, index)))]
    parts += [f"<p class=formula>{mathml(formula, block=True)}</p>" for formula in card.formulas]
    if isinstance(card, Predict):
        parts.append(_options(lesson, card, say, answered=kind == "key"))
    if isinstance(card, Do) and kind == "key":
        parts.append(_solution(lesson, index, card, say))
    if kind == "handout" and isinstance(card, Predict | Do):
        parts.append(_room(_LINES[card.kind], say(f"handout.{card.kind}")))
    return "".join(parts)


def _options(lesson: Lesson, card: Predict, say: Words, *, answered: bool) -> str:
    key, lines = f"lesson.{lesson.name}.{card.name}", []
    for option in card.options:
        right = answered and option == card.answer
        line = f"{'☑' if right else '☐'} {marked_up(say(f'{key}.option.{option}'))}"
        if answered and option != card.answer:
            line += f"<br><small>{marked_up(say(f'{key}.tempting.{option}'))}</small>"
        lines.append(f"<li{' class=right' if right else ''}>{line}</li>")
    return f"<ul class=options>{''.join(lines)}</ul>"


def _solution(lesson: Lesson, index: int, card: Do, say: Words) -> str:
    """Return one way to solve a task, and what is measured then."""
    values = ", ".join(
        f"{say(f'knob.{name}.label')} = {_value(value, say)}"
        for name, value in card.solution.items()
    )
    solved = changed_recipe(lesson.experiment_at(index), card.solution)
    measured = say(
        f"lesson.{lesson.name}.{card.name}.measure", **card.check(_measured(solved)).numbers
    )
    told = say("handout.solution", values=values)
    return f"<p class=right>{escape(told)}<br>{marked_up(measured)}</p>"


def _value(value: object, say: Words) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(one, say) for one in value)
    if isinstance(value, bool):
        return say("handout.on" if value else "handout.off")
    key = f"choice.{value}"
    return say(key) if key in say else str(value)


def _numbers(lesson: Lesson, index: int) -> dict[str, object]:
    """Return what a card quotes: measured where the tasks before it are solved."""
    card: Card = lesson.cards[index]
    return dict(card.numbers(_measured(lesson.experiment_at(index))))


@lru_cache(maxsize=32)
def _measured(recipe: Recipe) -> Measured:
    """Return what the numbers are measured on; a training is done once for all that is printed."""
    return measured_at_once(recipe)


def _room(lines: int, label: str = "") -> str:
    told = f"<span>{escape(label)}</span>" if label else ""
    return f"<div class=room>{told}{'<i></i>' * lines}</div>"


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} · rnnviz</title>
<style>{faces}
{style}</style>
</head>
<body class="{kind}">
{head}
<main>{cards}</main>
</body>
</html>
"""
_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; color: #16181d; background: #fff; word-break: keep-all; }
body { font: 11pt/1.55 "Source Sans", Pretendard, "Noto Sans KR", sans-serif; }
body { overflow-wrap: break-word; }
h1 { margin: 0; font-size: 1.8em; line-height: 1.25; }
h2 { margin: 0 0 0.3em; font-size: 1.05em; }
h2 small { margin-left: 0.5em; font-weight: 400; color: #555; }
p { margin: 0 0 0.5em; }
ul { margin: 0 0 0.5em; padding: 0; list-style: none; }
li { margin: 0 0 0.25em; padding-left: 1.5em; text-indent: -1.5em; }
li small { display: block; text-indent: 0; color: #333; }
code { font-family: ui-monospace, monospace; font-size: 0.92em; }
.formula { text-align: center; }
.points { padding-left: 1.2em; list-style: disc; }
.points li { padding: 0; text-indent: 0; }
mtd[columnalign="left"] { text-align: left; }
/* Brackets grow with a table only where a font for mathematics is installed: drawn instead. */
mrow > mo:first-child:has(+ mtable), mrow > mtable + mo:last-child { display: none; }
mo:first-child + mtable { border-left: 1pt solid; border-radius: 0.5em; padding: 0 0.3em; }
mtable:has(+ mo:last-child) { border-right: 1pt solid; border-radius: 0.5em; }
.right { font-weight: 600; }
.whole { white-space: nowrap; }
.link { color: #555; font-size: 0.85em; }
"""
_SHEET = """
@page { size: A4; margin: 14mm 17mm; }
body { font-size: 10.5pt; line-height: 1.5; }
header { margin-bottom: 1em; border-bottom: 1.5pt solid #16181d; }
.who { display: flex; gap: 2em; margin: 0.7em 0; }
.who span { flex: 2; border-bottom: 0.7pt solid #555; padding-bottom: 0.2em; }
.who span:last-child { flex: 1; }
.mark { font-weight: 700; }
section { break-inside: avoid; margin-bottom: 1em; }
table { margin-bottom: 1em; border-collapse: collapse; }
th, td { padding: 0.2em 0.8em 0.2em 0; border-bottom: 0.5pt solid #999; text-align: left; }
.link { overflow-wrap: anywhere; word-break: break-all; }
.room span { color: #333; font-size: 0.9em; }
.room i { display: block; height: 7mm; border-bottom: 0.6pt solid #888; }
"""
_SLIDES = """
@page { size: 254mm 142.9mm; margin: 11mm 15mm; }
body { font-size: 20pt; line-height: 1.45; }
header, section { break-after: page; min-height: 118mm; }
header, section { display: flex; flex-direction: column; justify-content: center; }
section:last-child { break-after: auto; }
h1 { font-size: 2em; }
h2 { font-size: 0.8em; color: #1c5a8a; }
li { margin-bottom: 0.4em; }
.why, .notice { font-size: 0.9em; }
.formula { font-size: 0.95em; }
"""

"""A lesson as one HTML file: cards, predictions and tasks that are checked, without a server.

Every experiment that the lesson can come to is run here, and what its tasks measure stands in the
file as a table: the file says what rnnviz says, word by word. The pictures of those that differ in
the size of the weights alone are computed in the file, from the weights of one of them; the others
bring their states along.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterable, Mapping
from functools import cache
from string import Template
from typing import Any

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.export.failures import ExportFailure
from rnnviz.export.file_engine import computable, engine_layers
from rnnviz.export.html_page import Head, viewer_html
from rnnviz.export.lesson_settings import Control, LessonSettings
from rnnviz.export.lesson_text import marked_up, mathml, paragraphs
from rnnviz.export.viewer_page import readings_of
from rnnviz.i18n import LANGUAGES, Words, words
from rnnviz.lessons.lesson import FILE, Card, Do, Lesson, Predict
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.spec.training import Training
from rnnviz.viewer.packing import Pool, pack
from rnnviz.viewer.payload import picture_parts
from rnnviz.views import states
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import views

SIZE_LIMIT = 1_500_000
"""Most bytes of such a file: it goes through a class by mail or by a link."""
_SCALES = ("weight_scale", "input_gain", "recurrent_gain")
"""Knobs that multiply weights and do nothing else."""
_SAID = ("lessons.", "lens.state.", "field.state.", "field.missing.", "contrast.", "file.")
_LOOKS = ("timestep", "unit")
_BODY = Template("""\
<header><h1 data-part="title">$title</h1>
<div class="rf-choices" role="group" data-part="languages"></div>
<div class="rf-choices" role="group" data-part="themes"></div></header>
<main class="rf-lesson">
<section class="rf-card" data-part="card" aria-live="polite"><p>$summary</p></section>
<div><div class="rf-reading" data-part="reading"></div>
<div data-part="viewer"></div></div>
</main>
<footer>$origin</footer>""")


def lesson_page(lesson: Lesson, language: str, *, theme: str = "auto") -> bytes:
    """Return a lesson as one HTML page, UTF-8, in both languages.

    Parameters
    ----------
    lesson : Lesson
        That starts from an experiment.
    language : {"en", "ko"}
        That it begins in; the reader can change it.
    theme : {"auto", "light", "dark"}
        That it begins in; the reader can change it.

    Raises
    ------
    ExportFailure
        Where the file would have to train a network, or would be too large.
    """
    reason = why_no_file(lesson)
    if reason is not None:
        raise ExportFailure(reason)
    assert isinstance(lesson.start, Experiment)
    made = _Made(lesson)
    parts = made.parts() | {"language": language, "theme": theme}
    data = pack(parts, made.arrays)
    say = lesson.words(words(language))
    title = say(f"lesson.{lesson.name}.title")
    body = _BODY.substitute(
        title=html.escape(title),
        summary=marked_up(say(f"lesson.{lesson.name}.summary")),
        origin=f"rnnviz · <code>?lesson={html.escape(lesson.name)}</code>",
    )
    page = viewer_html(
        Head(language, title, lesson.start.to_json()),
        body,
        data,
        module="file_lesson.js",
        styles=("viewer.css", "file.css"),
        needs_script=say("file.needs_script"),
    )
    if len(page) > SIZE_LIMIT:
        sizes = {"size": f"{len(page) / 1e6:.2f}", "most": f"{SIZE_LIMIT / 1e6:.2f}"}
        raise ExportFailure("lesson_too_large", **sizes)
    return page


def why_no_file(lesson: Lesson) -> str | None:
    """Return the key of the problem that keeps a lesson from being a file; None if there is none.

    How large it would be is only known once it is made.
    """
    if isinstance(lesson.start, Training):
        return "lesson_trains"
    changed = {name for card in lesson.cards for name in card.changes}
    if not isinstance(lesson.start, Experiment) or FILE.name in {*lesson.knobs, *changed}:
        return "lesson_opens_files"
    return None


class _Made:
    """What a file of a lesson holds, while it is made."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.arrays = Pool()
        self.layer = int(lesson.look.get("layer", 0))
        self.trial = int(lesson.look.get("trial", 0))
        self.settings = LessonSettings(lesson, self.layer)
        self.variants: dict[Experiment, int] = {}
        self.shown: list[dict[str, Any]] = []
        self.run = cache(simulate)

    def parts(self) -> dict[str, Any]:
        """Return the header of the file; the arrays are in ``arrays``."""
        reached = self.settings.reached
        every = list(dict.fromkeys(one for card in reached for one in card))
        numbers = {one: index for index, one in enumerate(every)}
        settings = [self._setting(one) for one in every]
        cards = [self._card(index, reached[index], numbers) for index in range(len(reached))]
        names = {name: self.lesson.words(words(name)) for name in LANGUAGES}
        return {
            "names": self.settings.names,
            "start": self.settings.values(every[0]),
            "settings": settings,
            "variants": self.shown,
            "cards": cards,
            "titles": {name: self.lesson.title(say) for name, say in names.items()},
            "sentences": {name: _sentences(say) for name, say in names.items()},
        }

    def _card(
        self, index: int, reached: Iterable[Experiment], numbers: Mapping[Experiment, int]
    ) -> dict[str, Any]:
        """Return a card: what it does, and what it says in each language on each experiment."""
        lesson, card = self.lesson, self.lesson.cards[index]
        locked = isinstance(card, Predict)
        controls = self.settings.controls_next(index) if locked else self.settings.controls(index)
        settled = lesson.settled_at(index)
        look = {**(lesson.look if index == 0 else {}), **card.look}
        found: dict[str, Any] = {
            "kind": card.kind,
            "changes": dict(card.changes),
            "look": {name: look[name] for name in _LOOKS if name in look},
            "locked": locked,
            "controls": [_control(one) for one in controls],
            "settles": None if settled is None else settled[0],
            "solution": dict(card.solution) if isinstance(card, Do) else None,
            "answer": card.options.index(card.answer) if isinstance(card, Predict) else None,
            "said": {name: self._said(card, look, lesson.words(words(name))) for name in LANGUAGES},
            "texts": {name: {} for name in LANGUAGES},
            "progress": {},
        }
        for one in reached:
            self._measure(found, card, one, numbers[one])
        for name, texts in found["texts"].items():
            if len(set(texts.values())) == 1:
                found["texts"][name] = next(iter(texts.values()))
        return found

    def _measure(self, found: dict[str, Any], card: Card, one: Experiment, number: int) -> None:
        """Add what a card says on an experiment, and how far its task has come there."""
        run, key = self.run(one), f"lesson.{self.lesson.name}.{card.name}"
        quoted = card.numbers(run)
        progress = card.check(run) if isinstance(card, Do) else None
        if progress is not None:
            found["progress"][number] = {"closeness": progress.closeness, "met": progress.met}
        for name in LANGUAGES:
            say = self.lesson.words(words(name))
            found["texts"][name][number] = paragraphs(say(f"{key}.text", **quoted))
            if progress is not None:
                measured = marked_up(say(f"{key}.measure", **progress.numbers))
                found["progress"][number][name] = measured

    def _said(self, card: Card, look: Mapping[str, Any], say: Words) -> dict[str, Any]:
        """Return what a card says whatever the experiment is."""
        key = f"lesson.{self.lesson.name}.{card.name}"
        said: dict[str, Any] = {"formulas": [mathml(one, block=True) for one in card.formulas]}
        if (view := look.get("view")) in views():
            said["elsewhere"] = say("file.lesson.view", view=say(f"view.{view}.title"))
        elif look.get("page", "states") != "states":
            said["elsewhere"] = say("file.lesson.page")
        if not isinstance(card, Predict):
            return said
        said["options"] = [marked_up(say(f"{key}.option.{one}")) for one in card.options]
        truth = say(f"{key}.option.{card.answer}")
        said["outcomes"] = []
        for one in card.options:
            values = {"answer": say(f"{key}.option.{one}")}
            told = say("lessons.right", **values)
            if one != card.answer:
                told = say("lessons.wrong", **values, truth=truth)
                told = f"{told} {say(f'{key}.tempting.{one}')}"
            said["outcomes"].append(marked_up(told))
        return said

    def _setting(self, experiment: Experiment) -> dict[str, Any]:
        """Return an experiment: its knobs, what is said of it, and where its picture comes from."""
        run = self.run(experiment).trial(self.trial if experiment.sequences > 1 else 0)
        layer = min(self.layer, len(run.layers) - 1)
        readings = readings_of(run, layer)
        found = {
            "values": self.settings.values(experiment),
            "readings": {name: readings[f"{layer} {name}"] for name in LANGUAGES},
            "factors": None,
            "name": experiment.to_query(),
        }
        plain = self._unscaled(experiment)
        if plain is None or not computable(self.run(plain)) or not computable(run):
            return found | {"variant": self._variant(experiment, run, layer, exact=True)}
        scale, gain, recurrent = (
            getattr(experiment, name) / getattr(plain, name) for name in _SCALES
        )
        factors = {"kernel": scale * gain, "recurrent": scale * recurrent, "bias": scale}
        variant = self._variant(plain, self.run(plain), layer, exact=False)
        return found | {"variant": variant, "factors": factors}

    def _unscaled(self, experiment: Experiment) -> Experiment | None:
        """Return the experiment with plain weights; None where knobs do more than multiply them."""
        moved = [name for name in _SCALES if name in self.settings.names]
        values = [getattr(experiment, name) for name in _SCALES]
        if any(isinstance(value, tuple) for value in values) or experiment.spectral_radius:
            return None
        if not all(getattr(experiment, name) > 0 for name in _SCALES if name not in moved):
            return None
        return experiment.replace(**dict.fromkeys(moved, 1.0))

    def _variant(self, experiment: Experiment, run: Run, layer: int, *, exact: bool) -> int:
        """Return the number of a picture, which is there once; with weights unless ``exact``."""
        if experiment not in self.variants:
            self.variants[experiment] = len(self.shown)
            picture = states.analyse(run, Perspective(layer=layer))
            if not exact:
                # The frame alone: the file computes the cells.
                blank = np.zeros_like(picture.field.values)
                field = dataclasses.replace(picture.field, values=blank)
                picture = dataclasses.replace(picture, field=field)
            parts = {
                name: picture_parts(self.arrays, picture, Style(name), exact=exact)
                for name in LANGUAGES
            }
            engine = None if exact else engine_layers(run, self.arrays)
            self.shown.append({"pictures": parts, "engine": engine, "layer": layer})
        return self.variants[experiment]


def _control(control: Control) -> dict[str, Any]:
    """Return a control: its kind, its values, and how both languages write them."""
    labels, texts = {}, {}
    for name in LANGUAGES:
        say = words(name)
        labels[name] = say(f"knob.{control.row.link}.label")
        texts[name] = [_written(stop, say) for stop in control.stops]
    numbers = all(isinstance(stop, int | float | tuple) for stop in control.stops)
    flags = all(isinstance(stop, bool) for stop in control.stops)
    kind = "slider" if numbers and not flags else "list"
    found = {"name": control.row.name, "kind": kind, "stops": control.stops}
    return found | {"labels": labels, "texts": texts}


def _written(value: Any, say: Words) -> str:
    if isinstance(value, tuple):
        return ", ".join(_written(one, say) for one in value)
    if isinstance(value, bool):
        return say("handout.on" if value else "handout.off")
    if isinstance(value, str):
        key = f"choice.{value}"
        return say(key) if key in say else value
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _sentences(say: Words) -> dict[str, str]:
    """Return the sentences that the file says by itself."""
    return {key: text for key, text in say.sentences.items() if key.startswith(_SAID)}

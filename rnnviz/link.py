"""The one reader and writer of links: what is shown, how, what stands beside it, what was wrong.

Page, command line, captions, the teacher's links and notebooks use it and nothing else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from rnnviz.analysis.registry import analyses
from rnnviz.engine.source import Given
from rnnviz.knobs import LINK_LIMIT, Problem
from rnnviz.lessons.reading import unpack
from rnnviz.lessons.registry import lesson_of, lessons
from rnnviz.spec import packed_pairs
from rnnviz.spec.codec import FILE_NAMES, VERSION
from rnnviz.spec.experiment import TABLE as EXPERIMENT
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import acting_pairs, given_of, recipe_of, with_recipe
from rnnviz.spec.perspective import PARTS, SECOND, Perspective, of_the_first, of_the_second
from rnnviz.spec.training import TABLE as TRAINING
from rnnviz.spec.training import Training
from rnnviz.views import view_names

Pairs = tuple[tuple[str, str], ...]
Shown = Experiment | Given

_KNOBS = frozenset(row.link for row in EXPERIMENT.values())
_TRAINING = frozenset(row.link for row in TRAINING.values())
_NAMES = {"hidden": PARTS, "knobs": EXPERIMENT, "locked": EXPERIMENT}
_KERAS_PANELS = ("summary", "code")
"""What the Keras page shows besides views."""
_CAPTION_KNOBS = ("timesteps", "input_features", "units", "weight_scale", "seed")
"""Knobs that the link of a caption always names."""


@dataclass(frozen=True)
class Link:
    """The content of one link.

    Parameters
    ----------
    source : Experiment or Given
        What is computed: a recipe, or a recipe with a network or inputs from a file.
    perspective : Perspective
        How it is looked at.
    problems : tuple of Problem
        What could not be read in the link that led here, each said once.
    second : Experiment, Given or None
        What stands beside it, where two are compared.
    training : Training or None
        How a network with this recipe is trained, where the link says so.
    """

    source: Shown = dataclasses.field(default_factory=Experiment)
    perspective: Perspective = dataclasses.field(default_factory=Perspective)
    problems: tuple[Problem, ...] = ()
    second: Shown | None = None
    training: Training | None = None

    @property
    def experiment(self) -> Experiment:
        """The recipe: all of what is computed, or what acts on the files that are given."""
        return recipe_of(self.source)

    def with_experiment(self, experiment: Experiment) -> Link:
        """The same with another recipe; files that are given stay."""
        return dataclasses.replace(self, source=with_recipe(self.source, experiment))

    @classmethod
    def parse(cls, link: str | Iterable[tuple[str, str]]) -> Link:
        """Read a link: a whole address, its query, or its (name, text) pairs.

        Never raises, however hostile the text: what cannot be read is at its default and named in
        ``problems``.
        """
        if isinstance(link, str):
            query = query_of(link)
            if len(query) > LINK_LIMIT:
                return cls(problems=(_too_long(),))
            pairs = parse_qsl(query, keep_blank_values=True)
            if query and not pairs:
                return cls(problems=(Problem("no_link"),))
        else:
            pairs = list(link)
            if sum(len(name) + len(text) + 2 for name, text in pairs) > LINK_LIMIT:
                return cls(problems=(_too_long(),))
        return cls._of_pairs(pairs)

    @classmethod
    def _of_pairs(cls, pairs: list[tuple[str, str]]) -> Link:
        if pairs[:1] and pairs[0][0] == packed_pairs.NAME:
            unpacked = packed_pairs.unpack(pairs[0][1])
            if unpacked is None:
                return cls(problems=(Problem("no_link"),))
            return cls.parse([*unpacked, *pairs[1:]])
        named = [(name, text) for name, text in pairs if name in _TRAINING]
        training: Training | None = None
        problems: list[Problem] = []
        if named:
            training, problems = Training.read_pairs(list(of_the_first(pairs)))
            pairs = [pair for pair in pairs if pair[0] not in _TRAINING]
        source, more = _source(pairs)
        problems += more
        if training is not None and not any(name in _KNOBS for name, _ in pairs):
            source = training.experiment
        perspective, more = Perspective.from_pairs(pairs, {name for name, _ in pairs})
        perspective, unknown = _known_names(perspective)
        problems += more + unknown
        second = None
        if beside := of_the_second(pairs):
            second, more = _source(beside)
            problems += more
        lesson = lesson_of(perspective)
        if lesson and not any(name in _KNOBS for name, _ in pairs):
            # Typed by hand, ``?lesson=loop`` is enough.
            perspective = lesson.opened(perspective)
            recipe = lesson.experiment_at(perspective.card)
            if isinstance(recipe, Training):
                source, training = recipe.experiment, recipe
            else:
                source = recipe
        return cls(source, perspective, tuple(dict.fromkeys(problems)), second, training)

    @cached_property
    def pairs(self) -> Pairs:
        """The (name, text) pairs of the link, which never change meaning."""
        first = (*_source_pairs(self.source), *self.perspective.pairs())
        if self.training is not None:
            first = (*first, *self.training.own_pairs())
        if self.second is None:
            return first
        return (*first, *((SECOND + name, text) for name, text in _source_pairs(self.second)))

    @cached_property
    def text(self) -> str:
        """The link's query, without the question mark."""
        return urlencode(self.pairs, safe=",")

    @property
    def short_pairs(self) -> Pairs:
        """The pairs without what stands at its default, for codes that cameras read.

        They open the very same thing on this version; what must last longer is the whole link.
        """
        usual = frozenset(Link(second=Experiment()).pairs)
        short = tuple(pair for pair in self.pairs if pair not in usual)
        opened = Link.parse(short)
        same = opened.pairs == self.pairs and not opened.problems
        return short if same else self.pairs

    @property
    def packed_pairs(self) -> Pairs:
        """The short pairs compressed into one, for codes that would not hold them otherwise."""
        return ((packed_pairs.NAME, packed_pairs.pack(self.short_pairs)),)

    def caption(self, address: str = "") -> str:
        """A link to print: the version, main knobs and seed, and what is unusual.

        What it leaves out stands at its default. That is safe because it names its version, and
        within a version no default ever changes. ``address`` is where rnnviz is served.
        """
        named = {"v", *(EXPERIMENT[name].link for name in _CAPTION_KNOBS)}
        usual = frozenset(Link(second=Experiment()).pairs)
        kept = [pair for pair in self.pairs if pair[0] in named or pair not in usual]
        return f"{address.partition('?')[0]}?{urlencode(kept, safe=',')}"


def query_of(link: str) -> str:
    """The query of a whole address, or of a query alone, without ``?`` and ``#``."""
    link = link.strip().partition("#")[0]
    _, mark, query = link.partition("?")
    return query if mark or "://" in link else link


def address_of(link: str) -> str:
    """Where a link leads, without its query; "" for a query alone."""
    link = link.strip().partition("#")[0]
    address, mark, _ = link.partition("?")
    return address if mark or "://" in link else ""


def _source(pairs: list[tuple[str, str]]) -> tuple[Shown, list[Problem]]:
    """What is computed, and what was wrong: the first of two, if the pairs hold two."""
    experiment, problems = Experiment.from_pairs(pairs)
    files = [(name, text) for name, text in of_the_first(pairs) if name in FILE_NAMES]
    if not files:
        return experiment, problems
    given, more = given_of(files, experiment)
    return given, problems + more


def _source_pairs(source: Shown) -> list[tuple[str, str]]:
    if isinstance(source, Experiment):
        return source.pairs()
    return [("v", str(VERSION)), *acting_pairs(source), *source.pairs()]


def _known_names(perspective: Perspective) -> tuple[Perspective, list[Problem]]:
    """Drop names of knobs, parts, views and lessons that there are none of, and say so."""
    problems = []
    changes: dict[str, object] = {}
    for setting, known in _NAMES.items():
        names = getattr(perspective, setting)
        changes[setting] = tuple(name for name in names if name in known)
        strange = [name for name in names if name not in known]
        problems += [Problem("unknown_name", (("name", name),)) for name in strange]
    if perspective.view is not None and perspective.view not in (*view_names(), *_KERAS_PANELS):
        problems.append(Problem("unknown_view", (("name", perspective.view),)))
        changes["view"] = None
    lesson, wrong_lesson = _known_lesson(perspective)
    changes |= lesson
    problems += wrong_lesson
    known_lessons = [name for name in perspective.course if name in lessons()]
    strange = [name for name in perspective.course if name not in lessons()]
    problems += [Problem("unknown_lesson", (("name", name),)) for name in strange]
    changes["course"] = tuple(known_lessons)
    changes["parameters"], wrong = known_parameters(perspective.parameters)
    return perspective.replace(**changes), problems + wrong


def _known_lesson(perspective: Perspective) -> tuple[dict[str, object], list[Problem]]:
    """Return what is to change where a link holds or names no lesson that there is, and why."""
    left: dict[str, object] = {"lesson": None, "lesson_text": "", "card": 0, "answers": ""}
    left["work"] = ""
    if perspective.lesson_text:
        lesson = unpack(perspective.lesson_text)
        if lesson is None:
            return left, [Problem("unreadable_lesson")]
        return {"lesson": lesson.name}, []
    if perspective.lesson is not None and lesson_of(perspective) is None:
        return left, [Problem("unknown_lesson", (("name", perspective.lesson),))]
    return {}, []


def known_parameters(pairs: Iterable[tuple[str, str]]) -> tuple[Pairs, list[Problem]]:
    """Return what is set about analyses, spelled the one way and without defaults, and problems."""
    kept, problems = [], []
    for name, text in pairs:
        view, _, parameter = name.partition(".")
        analysis = analyses().get(view)
        if analysis is None or parameter not in analysis.table:
            problems.append(Problem("unknown_name", (("name", name),)))
            continue
        settings, wrong = analysis.read({parameter: text})
        problems += wrong
        row, value = analysis.table[parameter], getattr(settings, parameter)
        if value != row.default:
            kept.append((name, row.kind.write(value)))
    return tuple(kept), problems


def _too_long() -> Problem:
    return Problem("link_too_long", (("limit", f"{LINK_LIMIT:,}"),))

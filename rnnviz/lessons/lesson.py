"""What a lesson is: an experiment to start from, and cards that predict, do, notice and ask why.

A lesson of a file brings its sentences along (``texts``); those of a lesson that is a module are
``lesson.<name>.*`` in the words. Either way the page asks ``lesson.words(say)`` for them. A lesson
drives the page through what a link can say, and nothing else.
"""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.knobs import Choice, Knob
from rnnviz.learn import Trainer
from rnnviz.lessons.example import EXAMPLES, run_of_examples, with_example
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import recipe_of, with_recipe
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.spec.train import carry_on, trainer_of
from rnnviz.spec.training import Training

Numbers = Mapping[str, Any]
Recipe = Experiment | Training | Given
"""What a lesson shows: a network as it was drawn, one that learns, or one from a file."""
Measured = Run | Trainer
"""What a lesson measures: the run of an experiment, or a training as far as it has gone."""

FILE = Knob("file", None, Choice(tuple(EXAMPLES)), "file", control="file")
"""The control of a task for which a file is opened: any file that the page takes. Its values are
the examples that come with rnnviz, for a solution."""


def changed_recipe(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return a recipe with knobs changed; ExperimentError if the result is not allowed."""
    if isinstance(recipe, Training):
        return recipe.with_knobs(**changes)
    knobs = {name: value for name, value in changes.items() if name != FILE.name}
    changed = with_recipe(recipe, recipe_of(recipe).replace(**knobs))
    return with_example(changed, changes[FILE.name]) if FILE.name in changes else changed


def measured_at_once(recipe: Recipe, *, to_the_end: bool = True) -> Measured:
    """Return what is measured of a recipe: its run, or its training to the end or not begun."""
    if isinstance(recipe, Given):
        return run_of_examples(recipe)
    if not isinstance(recipe, Training):
        return simulate(recipe)
    trainer = trainer_of(recipe)
    if to_the_end:
        carry_on(recipe, trainer)
    else:
        trainer.keep_checkpoint(())
    return trainer


@dataclass(frozen=True)
class Progress:
    """How far a task has come, measured on a run.

    Parameters
    ----------
    closeness : float
        0 at the start or beyond it, 1 when the task is met; never 1 before.
    numbers : Mapping of str to str
        What was measured, for the sentence ``lesson.<lesson>.<card>.measure``.
    """

    closeness: float
    numbers: Numbers = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the task is done."""
        return self.closeness >= 1


def toward(value: float, start: float, goal: float, *, met: bool | None = None) -> float:
    """Return how far ``value`` has come from ``start`` to ``goal``, 0 to 1.

    Parameters
    ----------
    value, start, goal : float
        Infinite ones count as no way at all.
    met : bool, optional
        Whether the task is met; by default when ``value`` reached ``goal``. Only then is it 1.
    """
    way = (value - start) / (goal - start)
    reached = way >= 1 if met is None else met
    if reached:
        return 1.0
    return min(max(0.0, way), 0.99) if way == way else 0.0


def _no_numbers(run: Measured) -> Numbers:
    return {}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card of a lesson.

    Parameters
    ----------
    name : str
        Its words are ``lesson.<lesson>.<name>.text`` and so on.
    changes : Mapping
        Knobs that are set when this card is turned to.
    look : Mapping
        Fields of the Perspective that are set then: lens, page, cursor.
    numbers : callable (run) -> Mapping
        Numbers of the run that stand in the text.
    formulas : tuple of str
        LaTeX, shown under the text in this order.
    """

    name: str
    changes: Numbers = field(default_factory=dict)
    look: Numbers = field(default_factory=dict)
    numbers: Callable[[Measured], Numbers] = _no_numbers
    formulas: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``"predict"``, ``"do"``, ``"notice"`` or ``"why"``."""
        return type(self).__name__.lower()


@dataclass(frozen=True, kw_only=True)
class Predict(Card):
    """A question before the knob unlocks.

    Parameters
    ----------
    options : tuple of str
        Names of the answers, ``lesson.<lesson>.<card>.option.<name>``.
    answer : str
        The right one.
    """

    options: tuple[str, ...]
    answer: str


@dataclass(frozen=True, kw_only=True)
class Do(Card):
    """A task with the one control it needs.

    Parameters
    ----------
    knobs : tuple of str
        The knobs of the task, by their names in Experiment.
    check : callable (run) -> Progress
        How far the task has come.
    solution : Mapping
        Knobs that meet the task; the page can show it, and the tests drive it.
    stops : tuple of float
        Where its one control is a slider over these values instead of a field for a number.
    """

    knobs: tuple[str, ...]
    check: Callable[[Measured], Progress]
    solution: Numbers
    stops: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Notice(Card):
    """What to look at now; tells how the prediction before it turned out."""


@dataclass(frozen=True, kw_only=True)
class Why(Card):
    """The explanation, with its mathematics."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A sequence of cards about one question.

    Parameters
    ----------
    name : str
        Its name in links; title and summary are ``lesson.<name>.title`` and ``.summary``.
    order : int
        Place in the list.
    start : Experiment or Training
        Where it begins; with a training it stands on the page that shows one.
    cards : tuple of Card
        From first to last.
    look : Mapping
        Fields of the Perspective at the beginning.
    level : {1, 2, 3}
        First steps, further on, or for those who want to know exactly.
    texts : Mapping of str to Mapping
        By language, the sentences that a file brings along: key without ``lesson.<name>.`` ->
        sentence. Empty for a lesson whose sentences are in the words.
    packed : str
        The file's text as a link holds it, for a lesson that came with one.
    """

    name: str
    order: int
    start: Recipe
    cards: tuple[Card, ...]
    look: Numbers = field(default_factory=dict)
    level: int = 1
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    packed: str = ""

    def words(self, say: Words) -> Words:
        """Return the words of the page with the lesson's own sentences among them.

        A file that does not speak the language of the page speaks the one that it has.
        """
        if not self.texts:
            return say
        own = self.texts.get(say.language) or next(iter(self.texts.values()))
        named = {f"lesson.{self.name}.{key}": text for key, text in own.items()}
        return dataclasses.replace(say, sentences=ChainMap(named, dict(say.sentences)))

    def title(self, say: Words) -> str:
        """Return what the lesson is called."""
        return self.words(say)(f"lesson.{self.name}.title")

    @property
    def knobs(self) -> tuple[str, ...]:
        """Every knob that some task of the lesson moves, in order of appearance."""
        tasks = (card for card in self.cards if isinstance(card, Do))
        return tuple(dict.fromkeys(name for card in tasks for name in card.knobs))

    def knobs_at(self, index: int) -> tuple[str, ...]:
        """Return the knobs that can be moved at a card: none while a prediction is awaited."""
        if isinstance(self.cards[index], Predict):
            return ()
        tasks = [card for card in self.cards[: index + 1] if isinstance(card, Do)]
        return tasks[-1].knobs if tasks else ()

    def stops_at(self, index: int) -> tuple[float, ...]:
        """Return the stops of the slider that can be moved at a card, or is shown locked there."""
        before = [card for card in self.cards[: index + 1] if isinstance(card, Do)]
        after = [card for card in self.cards[index:] if isinstance(card, Do)]
        tasks = after[:1] if isinstance(self.cards[index], Predict) else before[-1:]
        return tasks[0].stops if tasks else ()

    def knobs_next(self, index: int) -> tuple[str, ...]:
        """Return the knobs of the first task after a card: shown locked while one predicts."""
        return next((card.knobs for card in self.cards[index:] if isinstance(card, Do)), ())

    def predictions_until(self, index: int) -> int:
        """Return how many predictions come before a card."""
        return sum(isinstance(card, Predict) for card in self.cards[:index])

    def answer(self, index: int, answers: str) -> str | None:
        """Return the option that was picked at a prediction; None while there is none.

        Parameters
        ----------
        index : int
            Place of the prediction among the cards.
        answers : str
            One digit a prediction, as the link holds them.
        """
        card, place = self.cards[index], self.predictions_until(index)
        digit = answers[place : place + 1]
        if not isinstance(card, Predict) or not digit or int(digit) >= len(card.options):
            return None
        return card.options[int(digit)]

    def awaits_answer(self, card: int, answers: str) -> bool:
        """Whether a card asks for a prediction that has not been made: nothing may tell it then."""
        index = min(card, len(self.cards) - 1)
        return isinstance(self.cards[index], Predict) and self.answer(index, answers) is None

    def settled_at(self, index: int) -> tuple[int, Predict] | None:
        """Return the prediction that a card settles, with its place among the cards.

        The first card after a prediction that says what there is to notice settles it.
        """
        if not isinstance(self.cards[index], Notice):
            return None
        for before in range(index - 1, -1, -1):
            card = self.cards[before]
            if isinstance(card, Notice):
                return None
            if isinstance(card, Predict):
                return before, card
        return None

    def begin(self, perspective: Perspective) -> Perspective:
        """Return the look at the first card; language, size and colours stay as they are."""
        page = "training" if isinstance(self.start, Training) else "states"
        plain: dict[str, Any] = {"page": page, "lens": "state", "view": None}
        plain |= dict.fromkeys(("timestep", "unit", "layer", "trial"), 0)
        return self._turned(perspective.replace(answers="", work="", homework="", **plain), 0)

    def experiment_at(self, index: int) -> Recipe:
        """Return what is shown at a card when every earlier task has been solved."""
        recipe = self.start
        for card in self.cards[:index]:
            recipe = changed_recipe(recipe, card.changes)
            if isinstance(card, Do):
                recipe = changed_recipe(recipe, card.solution)
        return changed_recipe(recipe, self.cards[index].changes)

    def opened(self, perspective: Perspective) -> Perspective:
        """Return the look at the card that a short link names, as if one had turned there."""
        card = min(perspective.card, len(self.cards) - 1)
        kept = {"answers": perspective.answers, "work": perspective.work}
        return self._turned(self.begin(perspective).replace(**kept), card)

    def turn(
        self, recipe: Recipe, perspective: Perspective, index: int
    ) -> tuple[Recipe, Perspective]:
        """Return what is shown after turning to a card (forwards: with what the card sets)."""
        if index <= perspective.card:
            return recipe, perspective.replace(card=index)
        changed = changed_recipe(recipe, self.cards[index].changes)
        return changed, self._turned(perspective, index)

    def _turned(self, perspective: Perspective, index: int) -> Perspective:
        look = {**(self.look if index == 0 else {}), **self.cards[index].look}
        return dataclasses.replace(
            perspective, lesson=self.name, lesson_text=self.packed, card=index, **look
        )

"""The front door: language, controls, the page that the link names, and the link that is shown."""

from __future__ import annotations

import dataclasses
from base64 import b64encode
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from rnnviz.app.components.shell import shell
from rnnviz.app.pages import PAGES
from rnnviz.app.pages.training import as_it_ran
from rnnviz.app.panels.choices import choose, offered
from rnnviz.app.panels.files import ask_for_file, choose_trial
from rnnviz.app.panels.found import show_found
from rnnviz.app.panels.lesson import lesson_panel
from rnnviz.app.panels.note import show_note
from rnnviz.app.panels.problems import show_problems
from rnnviz.app.runtime import state
from rnnviz.app.runtime.errors import failed
from rnnviz.app.runtime.opened import NotOpenedError
from rnnviz.app.runtime.results import MEMORY
from rnnviz.app.runtime.variations import variation
from rnnviz.app.runtime.visibility import Visibility, visibility
from rnnviz.app.runtime.waiting import keep_a_place
from rnnviz.app.server.streamlit_private import FragmentHandledException
from rnnviz.app.sidebar.compare import two_experiments
from rnnviz.app.sidebar.controls import experiment_controls
from rnnviz.app.sidebar.open_file import open_file
from rnnviz.app.sidebar.stack_editor import STACK_KNOBS, Bench, draw_stack
from rnnviz.app.sidebar.starters import starters
from rnnviz.app.sidebar.take_away import take_away
from rnnviz.app.sidebar.teacher import teacher_button
from rnnviz.app.sidebar.training import open_training, training_controls
from rnnviz.app.sidebar.weights_preset import PRESET_KNOBS, weights_preset
from rnnviz.codegen import keras_layers
from rnnviz.engine.source import Given
from rnnviz.i18n import LANGUAGES, Words, preferred_language, words
from rnnviz.knobs import Problem
from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.registry import lesson_of
from rnnviz.link import Link, Shown
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.given import acting_knobs, recipe_of, with_recipe
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import Training
from rnnviz.spec.wishes import unmet_wishes

_STATIC = Path(__file__).with_name("static")
# Our own and read once: Streamlit would fetch one from the internet.
_ICON = f"data:image/svg+xml;base64,{b64encode((_STATIC / 'icon.svg').read_bytes()).decode()}"
_LECTURE = Experiment()
_UNDER_WAY = 20
"""Where the cursor stands when the page of the dynamics is first opened: at the first step there is
no earlier state, and so no gradient to follow back."""
_LANGUAGE_NAMES = {"en": "English", "ko": "한국어"}


def show() -> None:
    """Run the page once: link -> experiment -> picture -> link."""
    st.set_page_config(page_title="rnnviz", page_icon=_ICON, layout="wide")
    say = words(preferred_language(st.context.locale))
    try:
        with MEMORY.page():
            _show(say)
    except FragmentHandledException:
        raise  # said already, where the part of the page stands
    except Exception as error:
        failed(error)


def _show(say: Words) -> None:
    situation = state.arrive()
    lesson = lesson_of(situation.perspective)
    beside, stage = _rooms(lesson)
    with beside:
        perspective = _language(situation.perspective, say.language)
    say = words(perspective.language or say.language, perspective.palette)
    look = visibility(perspective)
    with stage:
        if look.shows("navigation"):
            perspective = _navigation(situation, perspective, say)
    if perspective.page == "training" and situation.training is None:
        open_training(Training.of("flip_flop"), perspective)
    bench = None
    if perspective.page == "keras" and not lesson and isinstance(situation.source, Experiment):
        with stage:
            bench = draw_stack(situation.experiment, look, say)
    with beside:
        # Where a teacher chose the controls, they are what stands there: a phone shows two at once.
        if look.shows("take_away") and not lesson and not perspective.knobs:
            open_file(situation, say)
        situation, problems = _controls(situation, perspective, look, say, bench)
    perspective = situation.perspective
    with stage:
        remarks = st.container()
        with remarks:
            show_found(situation, say)
            show_problems(say("page.link_problems"), situation.problems, situation, say)
            with bench.notes if bench else remarks:
                show_problems(say("page.not_allowed"), problems, situation, say)
            show_problems(say("page.unmet"), unmet_wishes(situation.experiment), situation, say)
            show_note(perspective.note, say)
        keep_a_place(remarks, say)
        more: dict[str, dict[str, Any]] = {
            "compare": {"second": situation.second},
            "keras": {"bench": bench},
            "training": {"training": situation.training},
        }
        page = PAGES[perspective.page]
        try:
            perspective = page.show(
                situation.source, perspective, say, **more.get(perspective.page, {})
            )
        except NotOpenedError as missing:
            ask_for_file(missing, say)
        except ExperimentError as error:
            # Of a network of a file: what a recipe itself would take is known before.
            show_problems(say("page.not_allowed"), error.problems, situation, say)
    shell(perspective, look, say)
    situation = dataclasses.replace(situation, perspective=perspective)
    if perspective.page == "training" and situation.training is not None:
        situation = dataclasses.replace(situation, training=as_it_ran(situation.training))
    state.commit(situation)
    if look.shows("take_away"):
        take_away(situation, say)


def _rooms(lesson: Lesson | None):
    """Return where the controls and where the page stand.

    A lesson has its control on its own card, which a phone must show first: so it stands in a
    column and not in the sidebar, which phones fold away.
    """
    if lesson is None:
        return st.sidebar, nullcontext()
    return st.columns([1, 2.3], gap="medium")


def _controls(
    situation: Link,
    perspective: Perspective,
    look: Visibility,
    say: Words,
    bench: Bench | None,
) -> tuple[Link, tuple[Problem, ...]]:
    """Draw what can be moved here, and return what is shown then, and why it is not more."""
    shown = dataclasses.replace(situation, perspective=perspective)
    if lesson := lesson_of(perspective):
        return _of_lesson(lesson, shown, say)
    if perspective.page == "lessons":
        # Nothing of the network is shown there, so nothing of it can be moved.
        return dataclasses.replace(shown, perspective=_extras(shown, look, say)), ()
    if perspective.page == "training":
        moved, problems = training_controls(situation, look, say)
        moved = dataclasses.replace(moved, perspective=perspective)
    elif perspective.page == "compare":
        moved, problems = two_experiments(shown, look, say)
    else:
        moved, problems = _of_network(shown, look, say, bench)
    return dataclasses.replace(moved, perspective=_actions(moved, look, say)), problems


def _of_lesson(lesson: Lesson, shown: Link, say: Words) -> tuple[Link, tuple[Problem, ...]]:
    """Draw the card of a lesson with the one control that it has."""
    learns = shown.training if isinstance(lesson.start, Training) else None
    recipe = learns or shown.source
    asked, perspective, problems = lesson_panel(
        lesson, recipe, shown.perspective, lesson.words(say)
    )
    if isinstance(asked, Training):
        moved = dataclasses.replace(shown, source=asked.experiment, training=asked)
    else:
        moved = dataclasses.replace(shown, source=asked)
    return dataclasses.replace(moved, perspective=perspective), problems


def _of_network(
    shown: Link, look: Visibility, say: Words, bench: Bench | None
) -> tuple[Link, tuple[Problem, ...]]:
    """Draw the controls of one network; ``bench`` has those of a stack on the page itself."""
    perspective, experiment = shown.perspective, shown.experiment
    layer, locked = perspective.layer, look.locked_knobs
    hidden = look.hidden_knobs | (frozenset(TABLE) - frozenset(acting_knobs(shown.source)))
    wrong: tuple[Problem, ...] = ()
    plain = look.shows("actions") and not perspective.knobs
    begins = plain and perspective.page in ("states", "dynamics")
    place = st.container() if begins else None
    if bench:
        experiment, wrong, hidden = bench.experiment, bench.problems, hidden | STACK_KNOBS
    elif len(names := _layer_names(shown)) > 1:
        perspective = _layer(names, perspective, say)
        layer = perspective.layer
    perspective = choose_trial(shown.source, perspective, say)
    preset = None
    if not hidden & set(PRESET_KNOBS) and not bench:
        preset = partial(_preset, shown, perspective, say, locked)
    experiment, problems = experiment_controls(
        experiment, layer, say, hidden, locked, preset=preset
    )
    moved = dataclasses.replace(shown.with_experiment(experiment), perspective=perspective)
    if place is not None:
        with place:  # above the sliders, and after them: which one is shown is up to them
            starters(moved.source, shown.second, perspective, say)
    return moved, wrong + problems


def _preset(situation: Link, perspective: Perspective, say: Words, locked: frozenset[str]) -> None:
    """Draw the choice of how weights are drawn; another one is another link."""
    chosen = weights_preset(situation.experiment, say, bool(locked & set(PRESET_KNOBS)))
    if chosen is not None:
        state.go(with_recipe(situation.source, chosen), perspective)
        st.rerun()


def _language(perspective: Perspective, spoken: str) -> Perspective:
    """Draw the language switch; until it is used, the visitor's browser decides."""
    say = words(state.moved("language") or perspective.language or spoken)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {say('page.title')}", width="stretch")
        chosen = choose(
            "language",
            LANGUAGES,
            perspective.language or spoken,
            say("page.language"),
            _LANGUAGE_NAMES.__getitem__,
        )
    if perspective.language is None and chosen == spoken:
        return perspective
    return perspective.replace(language=chosen)


def _navigation(situation: Link, perspective: Perspective, say: Words) -> Perspective:
    """Draw the way to the other pages, and say what this is."""
    page = choose(
        "page", PAGES, perspective.page, say("page.pages"), lambda name: say(f"pages.{name}")
    )
    st.html(f'<p class="rv-tagline">{escape(say("tagline.text"))}</p>')
    if page == "dynamics" != perspective.page and perspective.timestep == 0:
        state.go(situation.source, perspective.replace(page=page, timestep=_UNDER_WAY))
        st.rerun()
    return perspective.replace(page=page)


def _layer_names(shown: Link) -> list[str]:
    """Return the names of the recurrent layers; none where the network has yet to be opened."""
    if isinstance(shown.source, Given) and shown.source.network:
        network = state.opened().network(shown.source.network)
        return list(network.layer_names) if network else []
    return [layer.name for layer in keras_layers(shown.experiment) if layer.spec is not None]


def _layer(names: list[str], perspective: Perspective, say: Words) -> Perspective:
    """Draw the choice of the layer that the knobs move and the page looks into."""
    standing = min(perspective.layer, len(names) - 1)
    layer = st.selectbox(
        say("knob.layer.label"),
        range(len(names)),
        format_func=names.__getitem__,
        key=state.widget("layer", standing),
    )
    return perspective.replace(layer=offered(layer, range(len(names)), standing))


def _actions(situation: Link, look: Visibility, say: Words) -> Perspective:
    """Draw the buttons that go to another link, and what else there is to do."""
    if look.shows("actions"):
        source, perspective = situation.source, situation.perspective
        if "seed" in acting_knobs(source):
            _go("resample", ":material/casino:", partial(_resample, source), perspective, say)
        _go("back_to_lecture", ":material/restart_alt:", lambda: _LECTURE, perspective, say)
    return _extras(situation, look, say)


def _resample(source: Shown) -> Shown:
    """Return the same network with other random numbers."""
    experiment = recipe_of(source)
    return with_recipe(source, variation(experiment, seed=(experiment.seed + 1) % 2**32))


def _extras(situation: Link, look: Visibility, say: Words) -> Perspective:
    """Draw what there is on every page: the link for a class, the tour, the size for a room."""
    perspective = situation.perspective
    with st.container(horizontal=True):
        if look.shows("teach"):
            teacher_button(situation, say)
        if look.shows("tour"):
            # The browser's own: shell/tour.js listens for it.
            st.button(say("tour.again"), help=say("tour.again_help"), key="tour_again")
    if not look.shows("teach"):
        return perspective
    large = st.toggle(
        say("knob.presentation.label"),
        help=say("page.presentation_help"),
        key=state.widget("presentation", perspective.presentation),
    )
    return perspective.replace(presentation=large)


def _go(
    name: str, icon: str, target: Callable[[], Shown], perspective: Perspective, say: Words
) -> None:
    """Draw a button that goes to what ``target`` gives, which is asked for at the click."""
    st.button(
        say(f"page.{name}"),
        icon=icon,
        help=say(f"page.{name}_help"),
        on_click=lambda: state.go(target(), perspective),
        width="stretch",
    )

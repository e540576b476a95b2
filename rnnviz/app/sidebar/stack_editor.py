"""The stack in the page: one line a layer, as in ``model.add``, with what each line can change.

Two halves, because a button takes along all that is shown when it is drawn: :func:`draw_stack`
draws the knobs and leaves places, and :func:`draw_buttons` fills those when everything is known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.app.runtime.visibility import Visibility
from rnnviz.app.sidebar.controls import changed, control, is_shown
from rnnviz.codegen import NOTES_MODELS, keras_layers
from rnnviz.i18n import Words
from rnnviz.knobs import Problem
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.restack import added, duplicated, moved, removed

_PLACE = "stack."
_LAYER_WIDTHS: dict[str, int | Literal["content"]] = {
    "cell": 116,
    "units": 80,
    "activation": 98,
    "return_sequences": "content",
}
_HEAD_WIDTHS = {"dense_units": 80, "dense_activation": 98}
_INPUT_WIDTHS = {"signal": 250, "split": 120, "vocabulary_size": 140}
_NAME_WIDTH = 112
_HEAD_NAME_WIDTH = 236
"""As wide as a layer's name and cell together, so that all units stand below each other."""
_HEAD = {"dense_units": 1, "dense_activation": "sigmoid"}
"""How courses end a stack that answers yes or no."""

STACK_KNOBS = frozenset({*_LAYER_WIDTHS, *_HEAD_WIDTHS, *_INPUT_WIDTHS, "text"})
"""The knobs that stand in the stack, and so not in the sidebar."""


@dataclass(frozen=True)
class Bench:
    """The stack as it was drawn: what its knobs ask for, and the places left free.

    Parameters
    ----------
    experiment : Experiment
        What the knobs ask for, or the one that came in when that is not allowed.
    problems : tuple of Problem
        Why it is not allowed.
    models, actions, notes, beside : container
        Where the models of the notes, the buttons that change the stack, what is wrong with it,
        and its picture go.
    names : tuple of container
        Where the name of each layer goes.
    """

    experiment: Experiment
    problems: tuple[Problem, ...]
    models: Any
    names: tuple[Any, ...]
    actions: Any
    notes: Any
    beside: Any


def draw_stack(experiment: Experiment, look: Visibility, say: Words) -> Bench:
    """Draw the knobs of input and layers, and leave places for the rest."""
    models = st.container()
    stack, beside = st.columns([2.15, 1], gap="medium")
    with stack:
        asked = _input_line(experiment, look, say)
        names = []
        several: dict[str, list[Any]] = {}
        for index in range(len(experiment.layers)):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                names.append(st.container(width=_NAME_WIDTH))
                for name, value in _layer_knobs(experiment, index, look, say).items():
                    several.setdefault(name, []).append(value)
        asked |= _head_line(experiment, look, say)
        actions = st.container(horizontal=True, gap="xsmall")
        notes = st.container()
    asked |= {name: tuple(values) for name, values in several.items()}
    experiment, problems = changed(experiment, asked)
    return Bench(experiment, problems, models, tuple(names), actions, notes, beside)


def _input_line(experiment: Experiment, look: Visibility, say: Words) -> dict[str, Any]:
    """Draw what the stack reads, and return what is asked for."""
    values: dict[str, Any] = {}

    def draw(name: str, width: int | str) -> None:
        row = TABLE[name]
        now = {knob: getattr(experiment, knob) for knob, _ in row.when} | values
        if name not in look.hidden_knobs and is_shown(row, now):
            style = {"width": width, "disabled": name in look.locked_knobs}
            values[name] = control(row, experiment, 0, say, _PLACE, **style)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        for name, width in _INPUT_WIDTHS.items():
            draw(name, width)
    draw("text", "stretch")
    return values


def _head_line(experiment: Experiment, look: Visibility, say: Words) -> dict[str, Any]:
    """Draw the Dense layer on top, where there is one, and return what is asked of it."""
    if not experiment.dense_units:
        return {}
    values = {}
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        head = keras_layers(experiment)[-1]
        explained = say("knob.dense_units.help")
        st.markdown(f"{head.name} · {head.class_name}", width=_HEAD_NAME_WIDTH, help=explained)
        for name, width in _HEAD_WIDTHS.items():
            if name not in look.hidden_knobs:
                style = {"width": width, "disabled": name in look.locked_knobs}
                more = {**style, "label_visibility": "collapsed"}
                values[name] = control(TABLE[name], experiment, 0, say, _PLACE, **more)
    return values


def _layer_knobs(
    experiment: Experiment, index: int, look: Visibility, say: Words
) -> dict[str, Any]:
    """Draw the knobs of one layer in a line, and return what they stand at."""
    values: dict[str, Any] = {}
    spec = experiment.layers[index]
    for name, width in _LAYER_WIDTHS.items():
        if name in look.hidden_knobs:
            continue
        row = TABLE[name]
        now = {knob: getattr(spec, knob) for knob, _ in row.when} | values
        if not is_shown(row, now):
            values[name] = getattr(spec, name)
            st.markdown("\u00a0", width=width)  # so that what follows stands below its like
            continue
        style: dict[str, Any] = {"width": width, "disabled": name in look.locked_knobs}
        if name != "return_sequences":
            style["label_visibility"] = "collapsed"
        elif index:
            style["help"] = None  # once is enough
        if name == "units":
            row = dataclasses.replace(row, control="number")
        values[name] = control(row, experiment, index, say, _PLACE, **style)
    return values


def draw_buttons(
    bench: Bench, experiment: Experiment, perspective: Perspective, say: Words
) -> None:
    """Fill the places: the models of the notes, the layers' names, and what can be done to them.

    Parameters
    ----------
    bench : Bench
        From :func:`draw_stack`.
    experiment : Experiment
        All that is shown now, which every button takes along.
    perspective : Perspective
        Its ``layer`` is the chosen one.
    say : Words
        The words of the page.
    """
    chosen = perspective.layer_in(experiment.layers)
    layers = [layer for layer in keras_layers(experiment) if layer.spec is not None]
    for index, (layer, place) in enumerate(zip(layers, bench.names, strict=False)):
        place.button(
            layer.name,
            key=f"choose.{index}",
            help=say("stack.choose", layer=index + 1),
            type="primary" if index == chosen else "secondary",
            width="stretch",
            on_click=state.go,
            args=(experiment, perspective.replace(layer=index)),
        )
    if "actions" not in perspective.hidden:
        with bench.models:
            _models(experiment, perspective, say)
        with bench.actions:
            _actions(experiment, perspective, chosen, say)


def _models(experiment: Experiment, perspective: Perspective, say: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="models"):
        st.markdown(f"**{say('models.title')}**", width="content")
        for name, model in NOTES_MODELS.items():
            st.button(
                say(f"models.{name}"),
                key=f"model.{name}",
                help=say(f"models.{name}_help"),
                type="primary" if model == experiment else "secondary",
                on_click=state.go,
                args=(model, perspective.replace(layer=len(model.layers) - 1)),
            )


def _actions(experiment: Experiment, perspective: Perspective, chosen: int, say: Words) -> None:
    """Draw what can be done to the chosen layer; what cannot be is greyed out."""
    count = len(experiment.layers)
    steps: dict[str, tuple[str, Callable[[], Experiment], int, bool]] = {
        "add": (":material/add:", lambda: added(experiment), count, True),
        "duplicate": (
            ":material/content_copy:", lambda: duplicated(experiment, chosen), chosen + 1, True,
        ),
        "up": (
            ":material/arrow_upward:",
            lambda: moved(experiment, chosen, chosen - 1), chosen - 1, chosen > 0,
        ),
        "down": (
            ":material/arrow_downward:",
            lambda: moved(experiment, chosen, chosen + 1), chosen + 1, chosen < count - 1,
        ),
        "remove": (
            ":material/delete:", lambda: removed(experiment, chosen), max(0, chosen - 1), count > 1,
        ),
    }  # fmt: skip
    for name, (icon, step, then, possible) in steps.items():
        target = _tried(step) if possible else None
        st.button(
            say(f"stack.{name}"),
            key=f"stack.do.{name}",
            icon=icon,
            help=say(f"stack.{name}_help"),
            disabled=target is None,
            on_click=state.go,
            args=(target, perspective.replace(layer=then if target else chosen)),
        )
    _head_button(experiment, perspective, say)


def _head_button(experiment: Experiment, perspective: Perspective, say: Words) -> None:
    """Draw the button that puts a Dense layer on top, or takes it away."""
    standing = experiment.dense_units > 0
    name = "headless" if standing else "head"
    plain = {name: TABLE[name].default for name in _HEAD}
    st.button(
        say(f"stack.{name}"),
        key="stack.do.head",
        icon=":material/remove:" if standing else ":material/add:",
        help=say(f"stack.{name}_help"),
        on_click=state.go,
        args=(experiment.replace(**(plain if standing else _HEAD)), perspective),
    )


def _tried(step: Callable[[], Experiment]) -> Experiment | None:
    """Return the stack after a step, None if it would be too large."""
    try:
        return step()
    except ExperimentError:
        return None

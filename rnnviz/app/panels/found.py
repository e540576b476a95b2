"""What was found in the files that are shown, told in a line; as trained is one click away."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.data_preview import shape_of
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.engine import Network
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.link import Link
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import WHAT_IF, recipe_of, with_recipe

_MOST_NOTES = 24


def show_found(shown: Link, say: Words) -> None:
    """Say which network and data are shown, and offer the way back; nothing for a drawn one."""
    beside = shown.second if shown.perspective.page == "compare" else None
    given = [one for one in (shown.source, beside) if isinstance(one, Given)]
    lines = dict.fromkeys(line for one in given for line in _lines(one, say))
    if not lines:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="found"):
        st.markdown("  \n".join(lines), width="stretch")
        _notes(given, say)
        if isinstance(shown.source, Given):
            _buttons(shown, state.opened().network(shown.source.network), say)


def _lines(source: Given, say: Words) -> list[str]:
    """Return a line for each of its files that is open here."""
    opened = state.opened()
    network, inputs = opened.network(source.network), opened.data(source.inputs)
    lines = []
    if network is not None:
        lines.append(network_line(network, opened.found.get(network.sha256), say))
    if inputs is not None:
        lines.append(f"**{plain(inputs.name)}**: {plain(shape_of(inputs, say))}")
    return lines


def _notes(given: list[Given], say: Words) -> None:
    """Offer what was said while the files were read."""
    hashes = [one for source in given for one in (source.network, source.inputs)]
    found = [state.opened().found.get(one) for one in hashes]
    notes = [note for one in found if one is not None for note in one.notes]
    if notes:
        with st.popover(say("open.notes", count=len(notes)), icon=":material/info:"):
            for note in notes[:_MOST_NOTES]:
                st.caption(plain(note.sentence(say.language)))


def network_line(network: Network, found, say: Words) -> str:
    """Return a network in a line: its layers, parameters, dtype and hash."""
    parts = []
    if network.embedding is not None:
        parts.append(f"Embedding({network.embedding.input_dim:,})")
    for layer in network.layers:
        parts += [type(one).__name__ for one in layer.before]
        name = f"{layer.cell}({layer.units})"
        parts.append(f"Bidirectional({name})" if layer.bidirectional else name)
    parts += [f"{type(one).__name__}({one.units})" for one in network.head]
    format = f"{say(f'reader.format.{found.format}')} · " if found and found.format else ""
    rest = say(
        "open.network",
        parameters=f"{network.parameter_count:,}",
        dtype=network.dtype.name,
        hash=network.sha256[:12],
    )
    return f"**{plain(network.name)}**: {format}{plain(' → '.join(parts))} · {plain(rest)}"


def _buttons(shown: Link, network: Network | None, say: Words) -> None:
    recipe, plain_recipe = recipe_of(shown.source), Experiment()
    moved = [name for name in WHAT_IF if getattr(recipe, name) != getattr(plain_recipe, name)]
    if network is not None and moved:
        trained = recipe.replace(**{name: getattr(plain_recipe, name) for name in moved})
        st.button(
            say("open.as_trained"),
            icon=":material/undo:",
            key="open.as_trained",
            help=say("open.as_trained_help"),
            on_click=state.go,
            args=(with_recipe(shown.source, trained), shown.perspective),
        )
    if shown.perspective.lesson is not None:
        return  # what a lesson shows is closed by leaving it
    st.button(
        say("open.close"),
        icon=":material/close:",
        key="open.close",
        help=say("open.close_help"),
        on_click=state.go,
        args=(Experiment(), shown.perspective.replace(trial=0, layer=0)),
    )

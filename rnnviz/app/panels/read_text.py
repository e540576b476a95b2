"""Text and network: what it continues a text with, and a text coloured by what one unit does."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime.training import TrainingSession
from rnnviz.engine import Inputs, Network, run
from rnnviz.i18n import Words
from rnnviz.learn.generate import generate
from rnnviz.learn.tasks import NextCharacter
from rnnviz.moments import has_losses, switch_off
from rnnviz.moments.explain import LEAST_STEPS, explain_units
from rnnviz.sentences.units import lost

SHOWN = 400
"""Characters of the held-out text that are coloured."""
SAMPLED = 240
ASKED = 3000
"""Characters of the held-out text on which units are asked what they follow."""
SHUFFLES = 59
SWITCHED_OFF = 2
"""So many units that follow a class of characters are switched off, to see what is lost."""
LISTED = 12
READ_FIRST = 40
"""Characters of the held-out text that are read before a sample begins."""
_LOW, _HIGH = "33, 102, 172", "178, 24, 43"
"""Blue below zero and red above it, as in the pictures of states."""


def read_text(session: TrainingSession, step: int | None, say: Words) -> None:
    """Draw a sample at a temperature, and the text coloured by a unit, of one checkpoint.

    Parameters
    ----------
    session : TrainingSession
        Of the task that reads characters.
    step : int or None
        Of the checkpoint; None for the last.
    say : Words
        The words of the page.
    """
    task = session.trainer.task
    if not isinstance(task, NextCharacter):
        return
    network, _ = session.network_of(step)
    kept = task.kept if len(task.kept) > READ_FIRST else task.tokens

    @st.fragment
    def panel() -> None:
        st.subheader(say("training.text"), anchor=False)
        place, button = st.columns([3, 1], vertical_alignment="bottom")
        temperature = place.slider(
            say("training.temperature"),
            0.0,
            2.0,
            0.7,
            0.1,
            help=say("training.temperature_help"),
            key="training.temperature",
        )
        again = button.button(
            say("training.sample"), icon=":material/edit_note:", key="training.sample"
        )
        session.samples += bool(again)
        generator = np.random.default_rng(session.samples)
        sample = generate(network, kept[:READ_FIRST], SAMPLED, temperature, generator)
        _coloured(network, task.vocabulary, kept, sample, say)

    panel()


def _coloured(
    network: Network,
    vocabulary: Sequence[str],
    kept: np.ndarray,
    sample: np.ndarray,
    say: Words,
) -> None:
    """Draw both texts, coloured by the unit that is chosen."""
    units = network.layers[-1].units
    if units == 1:
        unit = 0
    else:
        unit = st.slider(say("training.unit"), 0, units - 1, 0, key="training.unit")
    if st.button(say("training.ask_units"), icon=":material/search:", key="training.ask_units"):
        st.markdown(followed(network, vocabulary, kept, say))
    begin = "".join(vocabulary[token] for token in kept[:READ_FIRST])
    st.caption(say("training.sampled", start=_whole(begin)))
    st.html(coloured_text(network, vocabulary, np.concatenate([kept[:READ_FIRST], sample]), unit))
    st.caption(say("training.held_out_text"))
    st.html(coloured_text(network, vocabulary, kept[:SHOWN], unit))


def followed(network: Network, vocabulary: Sequence[str], kept: np.ndarray, say: Words) -> str:
    """Return a list of the units that follow something in the held-out text, the clearest first."""
    inputs = Inputs(kept[:ASKED], vocabulary=tuple(vocabulary))
    if len(inputs.values) < LEAST_STEPS:
        return say("training.follow_nothing")
    ran = run(network, inputs)
    found = explain_units(ran, shuffles=SHUFFLES).findings
    lines = [
        say(
            "training.unit_follows",
            unit=one.unit,
            what=say(f"training.follows.{one.feature.key.replace('.', '_')}"),
            measure={"auc": "AUC", "r2": "R²"}[one.measure],
            score=f"{one.score:.2f}",
        )
        for one in found[:LISTED]
    ]
    if has_losses(ran):
        clearest = [one for one in found if one.feature.binary][:SWITCHED_OFF]
        lines += [
            plain(lost(switch_off(ran, one.unit, one.feature.values), one.feature, say))
            for one in clearest
        ]
    return "\n".join(f"- {line}" for line in lines) or say("training.follow_nothing")


def coloured_text(
    network: Network, vocabulary: Sequence[str], tokens: np.ndarray, unit: int
) -> str:
    """Return HTML of a text: behind each character, a unit's state after reading it.

    Parameters
    ----------
    network : Network
        Reads the text from a state of zeros.
    vocabulary : sequence of str
        The character of each token.
    tokens : ndarray (timesteps,)
        The text.
    unit : int
        Of the top layer.
    """
    states = run(network, Inputs(tokens)).states[:, unit]
    spans = []
    for token, state in zip(tokens, states, strict=True):
        character = vocabulary[token]
        shown = "↵<br>" if character == "\n" else escape(character)
        colour = _HIGH if state > 0 else _LOW
        strength = min(1.0, abs(float(state)))
        spans.append(
            f'<span title="{state:+.2f}" style="background:rgba({colour},{strength:.2f})">'
            f"{shown}</span>"
        )
    text = "".join(spans)
    return (
        '<div data-testid="coloured-text" style="font-family:monospace;white-space:pre-wrap;'
        f'line-height:1.7;overflow-wrap:anywhere">{text}</div>'
    )


def _whole(text: str) -> str:
    """A text with its letters put together again, on one line, without marks of Markdown."""
    joined = unicodedata.normalize("NFC", text).replace("\n", " ")
    return "".join(f"\\{one}" if one in "\\`*_[]$:<>#" else one for one in joined)

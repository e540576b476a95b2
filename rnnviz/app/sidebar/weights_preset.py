"""How W, U and b are drawn, as one choice: the knob that decides between dead and alive."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment, ExperimentError

PRESET_KNOBS = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
"""The knobs that a preset sets at once."""
_OWN = "own"
_KEY = "weights_preset"

PRESETS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "lecture": tuple(getattr(Experiment(), name) for name in PRESET_KNOBS),
        "keras": ("glorot_uniform", "orthogonal", "zeros"),
        "torch": ("pytorch_uniform", "pytorch_uniform", "pytorch_uniform"),
        "gaussian": ("lecun_normal", "lecun_normal", "zeros"),
    }
)
"""By name, the initialisers of W, U and b; its words are ``weights_preset.<name>``."""


def preset_of(experiment: Experiment, layer: int) -> str:
    """Return the name of a layer's preset, ``"own"`` where it has none."""
    spec = experiment.layers[layer]
    drawn = tuple(getattr(spec, name) for name in PRESET_KNOBS)
    return next((name for name, one in PRESETS.items() if one == drawn), _OWN)


def weights_preset(experiment: Experiment, say: Words, disabled: bool = False) -> Experiment | None:
    """Draw the choice, and return the experiment that was chosen just now; None if none was."""
    moved = state.moved(_KEY)
    standing = preset_of(experiment, 0)
    options = [*PRESETS, *([_OWN] if standing == _OWN or moved == _OWN else [])]
    st.selectbox(
        say("weights_preset.label"),
        options,
        format_func=lambda name: say(f"weights_preset.{name}"),
        help=say("weights_preset.help"),
        key=state.follower(_KEY, standing),
        disabled=disabled,
    )
    if moved not in PRESETS or moved == standing or disabled:
        return None
    try:
        return experiment.replace(**dict(zip(PRESET_KNOBS, PRESETS[moved], strict=True)))
    except ExperimentError:
        return None

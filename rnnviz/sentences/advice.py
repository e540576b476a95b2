"""One thing to try: the change of the experiment that a diagnosis suggests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.analysis.diagnosis import Diagnosis
from rnnviz.engine import CELLS
from rnnviz.knobs import Real
from rnnviz.spec.experiment import TABLE, Experiment

KERAS_WEIGHTS = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
    "input_gain": 1.0,
    "recurrent_gain": 1.0,
    "spectral_radius": None,
    "weight_scale": 1.0,
}
"""Zero-mean weights with an orthogonal recurrent kernel: Keras's own defaults, as drawn."""

_ONE_SIGNED = ("numpy_random", "ones")
_KEPT_LENGTH = ("orthogonal", "identity")
_ROOM = 1000


@dataclass(frozen=True)
class Advice:
    """A change of an experiment.

    Parameters
    ----------
    key : str
        Its words are ``advice.<key>``; the field ``value`` is what the knob is set to.
    changes : Mapping of str to object
        Knobs and their new values.
    value : object
        The number in the words, if there is one.
    """

    key: str
    changes: Mapping[str, object]
    value: object = ""


def advise(experiment: Experiment, layer: int, diagnosis: Diagnosis) -> Advice | None:
    """Return what to try next, None where there is nothing to be bettered.

    Parameters
    ----------
    experiment : Experiment
        What is shown.
    layer : int
        Which layer was diagnosed.
    diagnosis : Diagnosis
        Of that layer.
    """
    advice = _advice(experiment, experiment.layers[layer], diagnosis)
    if advice is None or experiment.replace(**advice.changes) == experiment:
        return None
    return advice


def _advice(experiment: Experiment, spec, diagnosis: Diagnosis) -> Advice | None:
    kind, rate = diagnosis.kind, diagnosis.rate
    drawn = (spec.kernel_initializer, spec.recurrent_initializer, spec.bias_initializer)
    one_signed = any(name in _ONE_SIGNED for name in drawn[:2])
    if kind in ("diverged", "growing"):
        return _scaled(experiment, math.exp(-rate) if rate > 0 else 0.5, down=True)
    if kind == "dead":
        return _revived(experiment)
    if kind in ("edge", "brief"):
        return _longer(experiment)
    if kind in ("chaotic", "expanding"):
        return _scaled(experiment, max(0.3, math.exp(-2 * rate)))
    if "recurrent_kernel" not in CELLS[spec.cell].weight_names():
        return None  # what follows is about U
    if one_signed or (kind != "saturated" and drawn[1] not in _KEPT_LENGTH):
        return Advice("keras", KERAS_WEIGHTS)
    if kind == "saturated":
        return _scaled(experiment, 0.5)
    return _scaled(experiment, min(3.0, math.exp(-rate)))


def _scaled(experiment: Experiment, factor: float, *, down: bool = False) -> Advice | None:
    """Suggest another weight scale with three digits, rounded ``down`` where less is safer."""
    wanted = experiment.weight_scale * factor
    if not wanted > 0:
        return Advice("keras", KERAS_WEIGHTS)
    unit = 10.0 ** (math.floor(math.log10(wanted)) - 2)
    digits = math.floor(wanted / unit) if down else round(wanted / unit)
    kind = TABLE["weight_scale"].kind
    assert isinstance(kind, Real)
    value = min(float(f"{digits * unit:.3g}"), kind.maximum)
    return Advice("scale", {"weight_scale": value}, f"{value:g}")


def _revived(experiment: Experiment) -> Advice:
    silent = experiment.signal == "zeros" or experiment.signal_amplitude == 0
    if silent:
        return Advice("input", {"signal": "uniform", "signal_amplitude": 1.0} | KERAS_WEIGHTS)
    return Advice("keras", KERAS_WEIGHTS)


def _longer(experiment: Experiment) -> Advice | None:
    if experiment.signal == "text" or experiment.timesteps >= _ROOM:
        return None
    timesteps = 100 if experiment.timesteps < 100 else _ROOM
    return Advice("longer", {"timesteps": timesteps}, f"{timesteps:,}")

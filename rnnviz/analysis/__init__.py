"""One question a file, answered by a frozen result. Knows the engine, never an Experiment.

>>> from rnnviz.analysis import analyse, analyses
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Analysis": "registry",
    "Cursor": "registry",
    "analyse": "registry",
    "analyses": "registry",
    "Bifurcation": "bifurcation",
    "BifurcationParameters": "bifurcation",
    "Diagnosis": "diagnosis",
    "FixedPoints": "fixed_points",
    "FixedPointsParameters": "fixed_points",
    "Gradients": "gradients",
    "GradientsParameters": "gradients",
    "Lyapunov": "lyapunov",
    "LyapunovParameters": "lyapunov",
    "Memory": "memory",
    "MemoryParameters": "memory",
    "Projection": "trajectory",
    "Richness": "richness",
    "Saturation": "saturation",
    "Spectrum": "spectrum",
    "Twins": "twins",
    "TwinsParameters": "twins",
    "Verdict": "verdict",
}
"""Public names and the files that they live in; loaded when they are asked for."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]

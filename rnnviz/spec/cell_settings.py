"""The knobs of the cells' own settings: what each cell tells of them, as rows of a table."""

from __future__ import annotations

import dataclasses
from typing import Any

from rnnviz.engine import CELLS
from rnnviz.engine.cells.facts import Setting
from rnnviz.knobs import Choice, Flag, Kind, Real, knob

_PLACED = ("activation", "recurrent_activation", "reset_after", "unit_forget_bias")
"""Settings with rows of their own in Experiment: where links have had them since version 1."""


def cells_with_setting(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return when a knob shows that is a setting of some cells: while one of them is chosen."""
    having = (cell for cell, kind in CELLS.items() if name in {one.name for one in kind.settings})
    return (("cell", tuple(having)),)


def cells_with_weight(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return when a knob shows that acts on one weight: while a cell is chosen that has it."""
    return (("cell", tuple(cell for cell, kind in CELLS.items() if name in kind.weight_names())),)


def _kind(setting: Setting) -> tuple[Kind, str]:
    """Return what values a setting takes, and its control."""
    if isinstance(setting.default, bool):
        return Flag(), "toggle"
    if isinstance(setting.default, str):
        return Choice(setting.options), "select"
    return Real(setting.low, setting.high), "number"


def _row(setting: Setting) -> Any:
    kind, control = _kind(setting)
    return knob(
        setting.default,
        kind,
        group="weights" if setting.drawn else "layer",
        control=control,
        per_layer=True,
        when=cells_with_setting(setting.name),
        quiet=True,
    )


def _others() -> dict[str, Setting]:
    """Return the settings of all cells that have no row elsewhere, by name.

    Raises
    ------
    ValueError
        If two cells mean different things by one name: a link could not tell them apart.
    """
    found: dict[str, Setting] = {}
    for name, cell in CELLS.items():
        for setting in cell.settings:
            if setting.name in _PLACED:
                continue
            if found.setdefault(setting.name, setting) != setting:
                raise ValueError(f"{name} has another setting {setting.name!r} than other cells.")
    return found


CellSettings = dataclasses.make_dataclass(
    "CellSettings",
    [(name, Any, _row(setting)) for name, setting in _others().items()],
    frozen=True,
    kw_only=True,
)
CellSettings.__module__ = __name__
CellSettings.__doc__ = """A table with one per-layer knob for each setting of a cell.

They are left out of links while they stand at their defaults.
"""

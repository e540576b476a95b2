"""The sliders of an experiment in a notebook: where they stand, and what they would run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rnnviz.i18n import Words
from rnnviz.notebook.shown import ShownRun
from rnnviz.spec.experiment import TABLE, Experiment
from rnnviz.spec.simulate import simulate

KNOBS = ("timesteps", "input_features", "units", "weight_scale")


@dataclass(frozen=True)
class Settings:
    """An experiment whose four main knobs are moved.

    Parameters
    ----------
    experiment : Experiment
        Where they stand.
    """

    experiment: Experiment

    def value(self, name: str) -> Any:
        """Return what a knob stands at; of several layers, the lowest one's."""
        value = getattr(self.experiment, name)
        return value[0] if isinstance(value, tuple) else value

    def stops(self, name: str) -> tuple[Any, ...]:
        """Return the stops of a slider; a value between two of them has a stop of its own."""
        options, value = TABLE[name].options, self.value(name)
        return options if value in options else tuple(sorted((*options, value)))

    def places(self) -> dict[str, int]:
        """Return the number of the stop at which each slider stands."""
        return {name: self.stops(name).index(self.value(name)) for name in self._names()}

    def knobs(self, say: Words) -> list[dict[str, Any]]:
        """Return what the browser needs to draw the sliders."""
        return [
            {
                "name": name,
                "label": say(f"knob.{name}.label"),
                "texts": [_plain(stop) for stop in self.stops(name)],
            }
            for name in self._names()
        ]

    def moved(self, places: Mapping[str, Any]) -> Settings:
        """Return the settings with the sliders elsewhere; what is no place is left as it was.

        Raises
        ------
        ExperimentError
            If that run would be too much.
        """
        changes: dict[str, Any] = {}
        for name in self._names():
            stops, place = self.stops(name), places.get(name)
            if isinstance(place, int) and 0 <= place < len(stops):
                changes[name] = self._whole(name, stops[place])
        return Settings(self.experiment.replace(**changes))

    def shown(self) -> ShownRun:
        """Run the experiment."""
        return ShownRun(simulate(self.experiment))

    def _names(self) -> tuple[str, ...]:
        """Return the knobs that do something: a text has as many timesteps as it has."""
        signal = self.experiment.signal
        signals = {name: dict(TABLE[name].when).get("signal", (signal,)) for name in KNOBS}
        return tuple(name for name in KNOBS if signal in signals[name])

    def _whole(self, name: str, value: Any) -> Any:
        """Return a knob's value for all layers: those above the lowest keep theirs."""
        before = getattr(self.experiment, name)
        return (value, *before[1:]) if isinstance(before, tuple) else value


def _plain(value: float) -> str:
    """Return a stop as it is written by hand: 100,000 and 0.0316, never 1e+05."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"

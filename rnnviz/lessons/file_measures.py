"""What lessons measure of files that were opened, by name: whether one is shown, and what it is."""

from __future__ import annotations

from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.lessons.named_measure import NamedMeasure


def _network_opened(run: Run) -> float:
    """1 where the network that is shown came from a file, 0 where it was drawn."""
    return float(isinstance(run.source, Given) and bool(run.source.network))


def _data_opened(run: Run) -> float:
    """1 where what the network reads came from a file, 0 where it was drawn."""
    return float(isinstance(run.source, Given) and bool(run.source.inputs))


def _file_network(run: Run) -> str:
    return "–" if not _network_opened(run) else run.network.name


def _file_layers(run: Run) -> str:
    """The recurrent layers as Keras writes them, such as ``GRU(16)``."""
    names = [f"{layer.cell}({layer.units})" for layer in run.network.layers]
    return " → ".join(names) if _network_opened(run) else "–"


def _file_parameters(run: Run) -> float:
    if not _network_opened(run):
        raise ValueError("the network was drawn")
    return run.network.parameter_count


def _file_trials(run: Run) -> float:
    if not _data_opened(run):
        raise ValueError("the inputs were drawn")
    return run.trials


def _yes_or_no(value: float) -> str:
    return "✓" if value else "–"


def _count(value: float) -> str:
    return f"{value:,.0f}"


FILE_MEASURES: dict[str, NamedMeasure] = {
    "network_opened": NamedMeasure(_network_opened, _yes_or_no),
    "data_opened": NamedMeasure(_data_opened, _yes_or_no),
    "file_network": NamedMeasure(text=_file_network),
    "file_layers": NamedMeasure(text=_file_layers),
    "file_parameters": NamedMeasure(_file_parameters, _count),
    "file_trials": NamedMeasure(_file_trials, _count),
}
"""Measures by name; ``measured.<name>`` in the words says what each is."""

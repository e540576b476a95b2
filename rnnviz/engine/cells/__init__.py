"""The recurrent cells, one a file, in Keras's layout and gate order; a file's is its ``CELL``."""

import importlib
import pkgutil

from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.check import check_cell
from rnnviz.engine.cells.gru import GRU
from rnnviz.engine.cells.lstm import LSTM
from rnnviz.engine.cells.simple_rnn import SimpleRNN

__all__ = ["CELLS", "GRU", "LSTM", "RecurrentCell", "SimpleRNN", "check_cell"]


def _found() -> dict[str, type[RecurrentCell]]:
    """Every cell of this folder by the name of its class, in their order."""
    modules = (
        importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)
    )
    cells = [module.CELL for module in modules if hasattr(module, "CELL")]
    return {cell.__name__: cell for cell in sorted(cells, key=lambda cell: cell.order)}


CELLS: dict[str, type[RecurrentCell]] = _found()
"""Every cell by the name of its class."""

"""The recurrent cells, one a file, in Keras's layout and gate order."""

from rnnviz.engine.cells.gru import GRU
from rnnviz.engine.cells.lstm import LSTM
from rnnviz.engine.cells.simple_rnn import SimpleRNN

CELLS = {cell.__name__: cell for cell in (SimpleRNN, LSTM, GRU)}

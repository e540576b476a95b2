"""See and move the hidden states of recurrent networks."""

__version__ = "0.1.0"

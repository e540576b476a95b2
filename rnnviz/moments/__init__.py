"""Where else does a network do this, and what does each unit follow?"""

from rnnviz.moments.explain import UnitFinding, UnitFindings, explain_units
from rnnviz.moments.index import StateIndex, index_of, index_states, open_index
from rnnviz.moments.losses import Losses, has_losses, losses_of
from rnnviz.moments.next_token import NextToken, next_token
from rnnviz.moments.search import MEASURES, Moments, find
from rnnviz.moments.switch_off import SwitchedOff, switch_off

__all__ = [
    "MEASURES",
    "Losses",
    "Moments",
    "NextToken",
    "StateIndex",
    "SwitchedOff",
    "UnitFinding",
    "UnitFindings",
    "explain_units",
    "find",
    "has_losses",
    "index_of",
    "index_states",
    "losses_of",
    "next_token",
    "open_index",
    "switch_off",
]

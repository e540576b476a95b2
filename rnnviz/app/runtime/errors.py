"""What nobody foresaw: the visitor sees a number, and the log has the same number and the rest."""

from __future__ import annotations

import logging
import uuid

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.i18n import preferred_language, words

_LOG = logging.getLogger(__name__)
_LONGEST_ADDRESS = 2000


def failed(error: Exception) -> bool:
    """Log an error with a new number and show the number; True, as ``st.App`` wants it.

    For errors in the page itself, and through ``st.App`` for those in its fragments and callbacks.
    """
    number = uuid.uuid4().hex[:8]
    address = repr(state.address())[:_LONGEST_ADDRESS]
    _LOG.error("error %s while showing %s", number, address, exc_info=error)
    say = words(preferred_language(st.context.locale))
    st.error(say("page.failed", number=number), icon=":material/error:")
    return True

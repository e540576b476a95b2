"""The glossary on the page: each term in the page's language, the other one beside it.

A list and not a table, which a phone would cut.
"""

from __future__ import annotations

import streamlit as st

from rnnviz.i18n import LANGUAGES, Words
from rnnviz.i18n.glossary import glossary


def show_glossary(say: Words) -> None:
    """Draw the list of terms, folded up."""
    own = say.language
    (other,) = (language for language in LANGUAGES if language != own)
    lines = [
        f"- **{term.names[own]}** · {term.names[other]}  \n{term.meanings[own]}"
        for term in glossary()
    ]
    with st.expander(say("glossary.title"), icon=":material/dictionary:"):
        st.markdown("\n".join(lines))

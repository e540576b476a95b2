"""What Streamlit says by itself is known word for word: another version may say it otherwise."""

import re
from functools import cache

import pytest
import streamlit

from rnnviz.app.server.streamlit_private import index_page
from rnnviz.export.standalone import plotly_file
from rnnviz.i18n import words

FRAME = {
    key: sentence for key, sentence in words("en").sentences.items() if key.startswith("frame.")
}


@cache
def scripts():
    """Everything that Streamlit and Plotly send to a browser as scripts."""
    found = sorted((index_page().parent / "static/js").glob("*.js"))
    assert len(found) > 100
    texts = [path.read_text(encoding="utf-8") for path in [*found, plotly_file()]]
    return "\n".join(texts)


@pytest.mark.parametrize("key", FRAME)
def test_it_is_said_there_word_for_word(key):
    # A field of ours, or of theirs: "Press ${key}+Enter to ${what}".
    field = r"\{\w+\}|Ctrl|⌘|(?<=to )apply$"
    pieces = [piece.strip() for piece in re.split(field, FRAME[key]) if piece.strip()]
    assert pieces, key
    missing = [piece for piece in pieces if piece not in scripts()]
    assert not missing, f"Streamlit {streamlit.__version__} does not say {missing}"

"""Text of our own as HTML, for elements of a page that Streamlit would draw as several."""

from __future__ import annotations


class Html(str):
    """Text that is HTML already: Streamlit would look for its indentation at every page run."""

    def _repr_html_(self) -> str:
        return self

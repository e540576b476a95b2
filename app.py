"""rnnviz: see and move the hidden states of recurrent networks.

    streamlit run app.py

Streamlit meets this file twice: the server imports it once and serves ``app``; each visit runs it
again as a script.
"""

import streamlit as st

from rnnviz.ui import front, server

if __name__ == "__main__":
    front.show()
else:
    app = st.App(__file__, routes=server.routes())

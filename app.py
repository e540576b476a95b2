"""rnnviz: see and move the hidden states of recurrent networks.

    streamlit run app.py

Streamlit meets this file twice: the server imports it once and serves ``app``; each visit runs it
again as a script.
"""

import streamlit as st

if __name__ == "__main__":
    from rnnviz.ui import front

    front.show()
else:
    from rnnviz.ui import service

    app = st.App(__file__, **service.parts())

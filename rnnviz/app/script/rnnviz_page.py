"""The script that ``rnnviz serve`` hands to Streamlit; ``app.py`` of the repository does the same.

Streamlit meets this file twice: the server imports it once and serves ``app``; each visit runs it
again as a script. It has a folder of its own, because Streamlit puts the script's folder on
Python's path, and shows the files of a folder ``pages`` beside it as pages. The settings are in
``.streamlit`` beside it, where Streamlit finds them whatever folder it is started in.
"""

import streamlit as st

if __name__ == "__main__":
    from rnnviz.app import main

    main.show()
else:
    from rnnviz.app.server import service

    app = st.App(__file__, **service.parts())

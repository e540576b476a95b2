"""The page from a checkout: ``streamlit run app.py``. Installed, it is ``rnnviz``.

It is what ``rnnviz/app/script/rnnviz_page.py`` is; Streamlit wants the name ``app`` in the file
that it is given.
"""

import os

import streamlit as st

if __name__ == "__main__":
    from rnnviz.app import main

    main.show()
else:
    # Half of the processor for the arithmetic of long computations, the rest for everybody's pages.
    # NumPy reads it when it is loaded, which is with the next line.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(max(1, (os.cpu_count() or 2) // 2)))
    from rnnviz.app.server import service

    app = st.App(__file__, **service.parts())

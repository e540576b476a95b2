"""The page itself, which also says on its log how long each simulation took."""

import time

import streamlit as st

SAYS = "simulated in ms:"

if __name__ == "__main__":
    from rnnviz.ui import front

    front.show()
else:
    from rnnviz.ui import runs, service

    _simulate = runs.simulate

    def _timed(*arguments):
        start = time.perf_counter()
        run = _simulate(*arguments)
        print(SAYS, 1000 * (time.perf_counter() - start), flush=True)
        return run

    runs.simulate = _timed
    app = st.App(__file__, **service.parts())

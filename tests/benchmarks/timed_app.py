"""The page itself, which also says on its log how long each simulation took."""

import time

import streamlit as st

SAYS = "simulated in ms:"

if __name__ == "__main__":
    from rnnviz.app import main

    main.show()
else:
    from rnnviz.app.runtime import results
    from rnnviz.app.server import service

    _simulate = results.simulate

    def _timed(*arguments):
        start = time.perf_counter()
        run = _simulate(*arguments)
        print(SAYS, 1000 * (time.perf_counter() - start), flush=True)
        return run

    results.simulate = _timed
    app = st.App(__file__, **service.parts())

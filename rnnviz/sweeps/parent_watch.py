"""Ends a worker process when its parent is gone: the first that a worker runs.

It is run by its path before anything else is imported (`rnnviz.sweeps.executors.Processes` says so
in the place of the main script), so that a worker that is still starting ends as soon as one that
computes. Importing it does nothing.
"""

import os
import threading
import time

PARENT = "RNNVIZ_SWEEP_PARENT"
"""Environment variable with the process id of the parent."""
WATCH_SECONDS = 0.1


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


if __name__ == "__mp_main__" and os.environ.get(PARENT, "").isdecimal():
    _parent = (int(os.environ[PARENT]),)
    threading.Thread(target=_watch, args=_parent, name="rnnviz-parent-watch", daemon=True).start()

"""What ``st.App`` is given besides the page: routes, the guard at the door, start and end."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from rnnviz.app.launch import OPEN_PAGE
from rnnviz.app.runtime.errors import failed
from rnnviz.app.runtime.results import JOBS, MEMORY
from rnnviz.app.server import assets, browser_tab, health, index_page, static_files
from rnnviz.app.server.guard import Guard, Rules
from rnnviz.app.server.guard.connections import Register
from rnnviz.app.server.guard.sockets import stand_before
from rnnviz.app.server.log_limit import limit_logs
from rnnviz.app.server.streamlit_private import (
    keep_finished_pages,
    keep_settings,
    keep_theme,
    lighten_components,
    pass_messages_on,
    send_together,
)
from rnnviz.app.server.wakeups import gather_wakeups

_LOG = logging.getLogger(__name__)
SWITCH_INTERVAL = 0.001
"""Seconds after which a busy thread lets another one run; Python's own 5 ms add up for a page run,
which gives up its turn at every message it sends."""


def parts() -> dict[str, Any]:
    """Return the arguments of ``st.App``; called once, when the server imports its script."""
    rules = Rules.from_settings()
    register = Register(rules.most_visitors)

    _speak()

    @asynccontextmanager
    async def life(app: st.App) -> AsyncIterator[None]:
        JOBS.neighbours = lambda: register.at_work
        register.resting = lambda: JOBS.waiting + MEMORY.waiting
        # The page's modules, before the first visitor asks; its components need the server.
        importlib.import_module("rnnviz.app.main")
        sys.setswitchinterval(SWITCH_INTERVAL)
        gather_wakeups(asyncio.get_running_loop())
        register.sockets = stand_before(asyncio.get_running_loop(), rules)
        limit_logs()
        first = index_page.page("en", packed=False).decode()
        threading.Thread(
            target=static_files.prepare, args=(first,), name="rnnviz-files", daemon=True
        ).start()
        # Streamlit looks through all its settings six times a page run, and none of them changes.
        keep_settings()
        keep_theme()
        pass_messages_on()
        lighten_components()
        keep_finished_pages()
        send_together()
        # What is loaded now stays for ever: later collections need not look at it again.
        gc.collect()
        gc.freeze()
        if os.environ.pop(OPEN_PAGE, None):
            browser_tab.open_soon()
        _LOG.info("answers to %s", ", ".join(rules.hosts))
        _LOG.info("health page: %s/rnnviz/health?token=%s", rules.base, health.TOKEN)
        yield

    return {
        "routes": [*assets.routes(), *health.routes(rules, register)],
        "middleware": [
            Middleware(Guard, rules=rules, register=register),
            Middleware(static_files.StaticFiles, base=rules.base),
            Middleware(assets.Hints),
            Middleware(index_page.IndexPage),
        ],
        "lifespan": life,
        "on_script_error": failed,
    }


def _speak() -> None:
    """Send what rnnviz logs to the terminal, with the time; where logging is set up, leave it."""
    log = logging.getLogger("rnnviz")
    if log.handlers or logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s rnnviz %(levelname)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)

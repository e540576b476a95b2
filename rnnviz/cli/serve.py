"""``rnnviz serve``: the page on this machine, and in a room if an address is given."""

from __future__ import annotations

import argparse
import os
import sys

from rnnviz.cli.lesson import FOLDER, lesson_folder
from rnnviz.export.failures import ExportFailure
from rnnviz.i18n import Words


def serve(request: argparse.Namespace, say: Words) -> int:
    """Serve the page until it is stopped, and return the server's exit code.

    Raises
    ------
    ExportFailure
        If what the page needs is not installed: without it, rnnviz still computes and draws.
    """
    from rnnviz.app import launch

    if not launch.can_serve():
        raise ExportFailure("no_page")
    settings = [f"--server.port={request.port}"] if request.port else []
    settings += [f"--server.address={request.address}"] if request.address else []
    if request.lessons:
        # The server is another process: it learns of the folder by its environment.
        os.environ[FOLDER] = lesson_folder(request.lessons, say)
    wanted = not request.no_browser and sys.stdout.isatty()
    return launch.serve([*settings, *request.settings], open_page=wanted)

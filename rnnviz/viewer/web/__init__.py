"""Where the viewer's modules and styles for the browser lie."""

from pathlib import Path

_HERE = Path(__file__).parent
FOLDERS = (_HERE / "viewer", _HERE / "cells", _HERE / "network", _HERE / "page")
"""Folders of modules; no two files of them share a name, and they import each other by name."""

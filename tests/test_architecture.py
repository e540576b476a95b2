"""The walls of the house: who may import whom, and what loads when."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rnnviz"

# Each room may import the rooms before it, and itself; i18n imports nothing of ours.
ORDER = (
    "i18n",
    "knobs",
    "engine",
    "learn",
    "spec",
    "analysis",
    "moments",
    "readers",
    "sweeps",
    "sentences",
    "codegen",
    "lessons",
    "views",
    "link",
    "viewer",
    "export",
    "notebook",
    "app",
    "cli",
)
ALONE = {"i18n", "engine"}
FIRST_PLOTLY = ORDER.index("views")


def _files():
    return [*sorted(path for path in PACKAGE.rglob("*.py")), ROOT / "app.py"]


def _room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


@cache
def _imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it the import stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _roots_at_import(path: Path) -> set[str]:
    """What a file loads when it is imported: its imports outside of functions."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def _rooms_imported(path: Path) -> set[str]:
    parts = [name.split(".") for name in _imports(path) if name.startswith("rnnviz.")]
    return {part[1] for part in parts if (PACKAGE / part[1]).exists() or _is_module(part[1])}


def _is_module(name: str) -> bool:
    return (PACKAGE / f"{name}.py").exists()


def test_nobody_imports_leftwards():
    for path in _files():
        assert _rooms_imported(path) <= _allowed(path), path


def _allowed(path: Path) -> set[str]:
    if path.name == "app.py":
        return {"app"}
    room = _room(path)
    if room in ("__init__", "__main__"):
        return _rooms_imported(path)
    assert room in ORDER, f"{room} is no room of the house; give it a place in ORDER"
    if room == "analysis":
        return {"analysis", "engine", "knobs"}
    return {room} if room in ALONE else set(ORDER[: ORDER.index(room) + 1])


def test_plotly_begins_at_views_and_streamlit_stays_in_app():
    for path in _files():
        roots = {name.split(".")[0] for name in _imports(path)}
        room = "app" if path.name == "app.py" else _room(path)
        if room != "app":
            assert "streamlit" not in roots, path
        if room in ORDER[:FIRST_PLOTLY]:
            assert "plotly" not in roots, path
        if room == "engine":
            # A function may load pandas for the table that it returns; the module itself may not.
            first = _roots_at_import(path)
            assert not first & {"pandas", "scipy", "plotly", "streamlit"}, path


def test_only_one_file_touches_what_streamlit_keeps_private():
    """Everywhere else it is ``import streamlit as st`` and its documented names."""
    for path in _files():
        if path.name == "streamlit_private.py":
            continue
        private = {name for name in _imports(path) if name.startswith("streamlit.")}
        assert not private, f"{path}: {private} belongs into app/server/streamlit_private.py"
        text = path.read_text(encoding="utf-8")
        assert "import streamlit\n" not in text, path
        assert not re.search(r"\bst\._[a-z]|\bst\.\w+\._[a-z]", text), path


def test_only_one_file_touches_session_state_and_query_parameters():
    for path in (PACKAGE / "app").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == "state.py":
            continue
        assert "query_params" not in text, path
        # It asks a session for the kinds of its widgets, never for their values.
        assert "session_state" not in text or path.name == "streamlit_private.py", path


def test_no_room_is_a_corridor():
    names = {path.stem for path in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}


def test_importing_rnnviz_loads_neither_streamlit_nor_plotly():
    code = "import sys, rnnviz; print(sorted({'streamlit','plotly','pandas'} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"


PEERS = {"keras", "tensorflow", "torch", "jax"}
"""What the package speaks of, writes programs for, and is held against, but never imports."""


def test_no_peer_is_imported():
    for path in _files():
        assert not {name.split(".")[0] for name in _imports(path)} & PEERS, path


def test_summaries_and_programs_need_no_peer():
    code = f"""
import sys
sys.modules.update(dict.fromkeys({sorted(PEERS)}))  # importing one of them fails
from rnnviz.codegen import NOTES_MODELS, SUMMARY_STYLES, summary
from rnnviz.codegen.programs import FRAMEWORKS, program
for experiment in NOTES_MODELS.values():
    print(sum(len(summary(experiment, style)) for style in SUMMARY_STYLES))
    print(sum(len(program(experiment, framework).text) for framework in FRAMEWORKS))
"""
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert min(map(int, answer.stdout.split())) > 900


def test_top_level_is_fixed():
    allowed = {"app.py", "rnnviz", "tests", "requirements.txt", "README.md", "pyproject.toml"}
    allowed |= {"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}
    listed = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {top for top in tops if not top.startswith(".")} <= allowed


def test_only_the_cells_of_the_browser_name_cells():
    """A cell's facts stand in its file of ``viewer/web/cells``, or come with its numbers."""
    own = PACKAGE / "viewer" / "web" / "cells"
    for path in PACKAGE.rglob("*.js"):
        if own not in path.parents:
            named = re.search(r"SimpleRNN|LSTM|GRU", path.read_text(encoding="utf-8"))
            assert not named, f"{path} names a cell"

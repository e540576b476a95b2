"""What is declared is what is imported, and what is installed is what was tested."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rnnviz"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = PROJECT["optional-dependencies"]
SHIPPED = [extra for extra in OPTIONAL if extra not in ("test", "parity", "peers")]


def requirements(lines):
    """The declared packages by name, without rnnviz's own extras."""
    found = map(Requirement, lines)
    return {one.name: one for one in found if one.name != PROJECT["name"]}


CORE = requirements(PROJECT["dependencies"])
EXTRAS = {extra: requirements(OPTIONAL[extra]) for extra in SHIPPED}


_PACKAGES = {"PIL": "pillow"}
"""Packages by the name of the module that is imported, where they have another."""


HOSTS = {"IPython", "marimo"}
"""Notebooks in which a viewer is shown: imported where one of them asks for it, and so is there."""


def imported():
    """The packages that the package imports, and where, standard library and own ones left out."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in {name.split(".")[0] for name in names}:
                if name not in sys.stdlib_module_names and name != "rnnviz":
                    found.setdefault(name, set()).add(path.relative_to(PACKAGE))
    return found


@pytest.mark.live
def test_declared_and_imported_are_the_same():
    declared = {name for names in (CORE, *EXTRAS.values()) for name in names}
    used = {_PACKAGES.get(name, name.replace("_", "-")) for name in imported()}
    assert used - HOSTS == declared


def test_the_core_is_numpy_pandas_and_plotly():
    assert set(CORE) == {"numpy", "pandas", "plotly"}


@pytest.mark.live
def test_what_only_the_page_needs_is_imported_by_the_page_alone():
    for name in EXTRAS["app"]:
        places = imported()[name]
        assert all(path.parts[0] == "app" for path in places), (name, places)


def test_the_requirements_of_a_visitor_are_core_page_and_pictures():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = requirements(line for line in lines if line and not line.startswith("#"))
    wanted = CORE | EXTRAS["app"] | EXTRAS["export"]
    assert {name: str(one) for name, one in listed.items()} == {
        name: str(one) for name, one in wanted.items()
    }


@pytest.mark.parametrize("name", sorted(CORE | EXTRAS["app"] | EXTRAS["export"]))
def test_what_is_installed_here_is_within_the_bounds(name):
    bounds = (CORE | EXTRAS["app"] | EXTRAS["export"])[name].specifier
    assert bounds.contains(version(name)), f"{name} {version(name)} was never tested: {bounds}"


def test_streamlit_is_held_to_minors():
    """A new minor may change what streamlit_private.py touches: it is let in by a test run."""
    (upper,) = [one for one in EXTRAS["app"]["streamlit"].specifier if one.operator == "<"]
    assert re.fullmatch(r"\d+\.\d+", upper.version)
    assert int(upper.version.split(".")[0]) < 2


def test_every_declared_package_has_a_lower_bound_that_can_be_tried():
    answer = subprocess.run(
        [sys.executable, ROOT / ".ci/lowest.py", *SHIPPED, "test"],
        capture_output=True,
        text=True,
        check=True,
    )
    pinned = dict(line.split("==") for line in answer.stdout.split())
    assert set(CORE) | set(EXTRAS["app"]) <= set(pinned)
    for name, bound in (CORE | EXTRAS["app"] | EXTRAS["export"]).items():
        assert bound.specifier.contains(pinned[name])


def test_the_settings_of_the_page_are_the_same_from_a_checkout_and_from_a_wheel():
    """``streamlit run app.py`` reads one file and ``rnnviz`` the other."""
    checkout = (ROOT / ".streamlit/config.toml").read_bytes()
    assert checkout == (PACKAGE / "app/script/.streamlit/config.toml").read_bytes(), (
        "cp rnnviz/app/script/.streamlit/config.toml .streamlit/config.toml"
    )


def test_the_two_scripts_do_the_same():
    def body(path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        (branch,) = [node for node in tree.body if isinstance(node, ast.If)]
        page = ast.unparse(branch.body)
        served = [ast.unparse(node) for node in branch.orelse if "environ" not in ast.unparse(node)]
        return page, served

    assert body(ROOT / "app.py") == body(PACKAGE / "app/script/rnnviz_page.py")


def test_every_file_of_the_package_is_in_the_wheel():
    """A kind of file that no pattern names would be missing where rnnviz is installed."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    patterns = settings["setuptools"]["package-data"]["rnnviz"]
    covered = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    tracked = subprocess.run(
        ["git", "ls-files", "rnnviz"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    files = {ROOT / name for name in tracked.stdout.splitlines()}
    assert {path for path in files if path.suffix != ".py"} - covered == set()


def test_the_knobs_of_a_layer_have_types():
    """All but the settings that come from the cells are written out for a type checker."""
    from rnnviz.engine import CELLS
    from rnnviz.spec.experiment import TABLE, LayerSpec
    from rnnviz.spec.layer_fields import LayerFields

    of_layers = {row.name for row in TABLE.values() if row.per_layer}
    of_cells = {one.name for cell in CELLS.values() for one in cell.settings}
    written = set(LayerFields.__annotations__)
    assert written <= of_layers
    assert of_layers - written <= of_cells
    assert set(LayerSpec.__dataclass_fields__) == of_layers


def test_a_view_is_typed_by_its_result():
    from rnnviz.views.registry import View

    assert View[int].__args__ == (int,)
    assert (PACKAGE / "py.typed").exists()


def test_no_module_is_left_out_of_the_type_checker():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["packages"] == ["rnnviz"]
    assert not any(one.get("ignore_errors") for one in [settings, *settings["overrides"]])
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "mypy: ignore-errors" not in text, path
        assert not re.search(r"# type: ignore(?!\[)", text), f"{path}: say which error is ignored"

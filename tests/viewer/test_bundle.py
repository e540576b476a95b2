"""The modules in one text: all of them, each once, and nothing left for a host to fetch."""

import re
from pathlib import Path

import pytest

from rnnviz.viewer.bundle import BundleError, bundle, stylesheet
from rnnviz.viewer.web import FOLDERS

CONTRACT = (Path(FOLDERS[0]).parents[1] / "CONTRACT.md").read_text(encoding="utf-8")


def test_a_bundle_imports_nothing_and_exports_what_its_entries_do():
    text = bundle("viewer.js", "network.js")
    assert not re.search(r"^import\b", text, re.M)
    exported = re.findall(r"^export const (\w+) = ", text, re.M)
    assert exported[:2] == ["VERSION", "mount"]
    assert "network_mount" in exported
    modules = re.findall(r"^const (\$\w+) = \(\(\) =>", text, re.M)
    assert len(modules) == len(set(modules)) > 20


def test_no_two_modules_share_a_name():
    names = [path.name for folder in FOLDERS for path in folder.iterdir()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('import "./other.js";\n', "cannot be bundled"),
        ("export default 1;\n", "cannot be bundled"),
        ('import { one } from "./gone.js";\n', "no module gone.js"),
        ('import { one } from "./first.js";\n', "in a circle"),
    ],
)
def test_what_cannot_be_bundled_is_an_error(tmp_path, text, message):
    (tmp_path / "first.js").write_text(text, encoding="utf-8")
    (tmp_path / "other.js").write_text("export const one = 1;\n", encoding="utf-8")
    with pytest.raises(BundleError, match=message):
        bundle("first.js", folders=(tmp_path,))


def test_the_contract_states_version_and_sizes():
    version = re.search(r"VERSION = (\d+)", bundle())[1]
    assert f"contract, version {version}" in CONTRACT
    stated = [
        int(size) * 1000 for size in re.findall(r"(\d+) kB", CONTRACT.partition("## Hosts")[0])
    ]
    sizes = [
        len(text.encode())
        for text in (
            bundle(),
            bundle("viewer.js", "network.js"),
            stylesheet("viewer.css", "network.css"),
        )
    ]
    for told, size in zip(stated, sizes, strict=True):
        assert abs(told - size) < 0.1 * size, (told, size)


def test_the_modules_know_no_host():
    for folder in FOLDERS:
        for path in folder.iterdir():
            text = path.read_text(encoding="utf-8")
            for name in ("streamlit", "--st-", ".st-key", ".stE", "anywidget"):
                assert name not in text, (path.name, name)


def test_the_lines_of_the_adapters_are_as_the_contract_says():
    package = Path(FOLDERS[0]).parents[2]
    rows = re.findall(r"^\| [^|]+ \| ([^|]*`[^|]*) \| ([\d +;]+) \|$", CONTRACT, re.M)
    assert len(rows) == 5
    for names, told in rows:
        files = re.findall(r"`([\w/.]+\.(?:js|py))`", names)
        counts = [int(one) for one in re.findall(r"\d+", told)]
        for name, count in zip(files, counts, strict=False):
            (path,) = package.rglob(Path(name).name)
            assert len(path.read_text(encoding="utf-8").splitlines()) == count, name


def test_the_bytes_of_the_widget_are_as_the_contract_says():
    pytest.importorskip("anywidget", reason="needs the extra notebook")
    from rnnviz.notebook.widget import script, styles

    told = re.search(r"(\d+) kB of script and (\d+) kB of styles", CONTRACT)
    assert told is not None
    for text, stated in zip((script(), styles()), told.groups(), strict=True):
        assert abs(len(text.encode()) - 1000 * int(stated)) < 100 * int(stated)

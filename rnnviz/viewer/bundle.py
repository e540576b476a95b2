"""All modules of the viewer as one module text, for hosts that have no server to import from.

Each module becomes a function that returns what the module exports; its imports become constants.
So names that two modules both use inside stay apart, and no build tool is needed. Only the forms of
``import`` and ``export`` that the viewer's modules use are known; another one is an error, not a
wrong bundle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from rnnviz.viewer.web import FOLDERS

_IMPORT = re.compile(
    r'^import\s+(?P<what>\{[^}]*\}|\* as \w+)\s+from\s+"\./(?P<file>[\w.]+)";\n', re.M
)
_EXPORT = re.compile(r"^export (?P<kind>(?:async )?function\*?|class|const) (?P<name>\w+)", re.M)
_COMMENT = re.compile(r"^ *(?:/\*\*?[\s\S]*?\*/|//[^\n]*)\n", re.M)


class BundleError(ValueError):
    """A module uses a form that cannot be bundled, or imports in a circle."""


def bundle(*entries: str, folders: Iterable[Path] = FOLDERS) -> str:
    """Return one ES module that exports what the entry modules export.

    Parameters
    ----------
    *entries : str
        Names of modules, ``"viewer.js"`` by default; e.g. ``"network.js"`` beside it. Where two of
        them export one name (``mount``), the first keeps it; a later one has it with its module's
        name before, ``network_mount``.
    folders : iterable of Path
        Where modules are looked for.
    """
    return _bundle(entries or ("viewer.js",), tuple(folders))


@cache
def _bundle(entries: tuple[str, ...], folders: tuple[Path, ...]) -> str:
    files = {path.name: path for folder in folders for path in sorted(folder.glob("*.js"))}
    order: list[str] = []
    for entry in entries:
        _visit(entry, files, order, ())
    modules = [_module(name, files[name].read_text(encoding="utf-8")) for name in order]
    named: dict[str, str] = {}
    for entry in entries:
        for name in _exported(files[entry].read_text(encoding="utf-8")):
            shown = f"{Path(entry).stem}_{name}" if name in named else name
            named[shown] = f"{_constant(entry)}.{name}"
    exports = [f"export const {shown} = {value};\n" for shown, value in named.items()]
    return "".join([*modules, *exports])


def stylesheet(*names: str, folders: Iterable[Path] = FOLDERS) -> str:
    """Return the styles of those names joined, ``"viewer.css"`` by default."""
    files = {path.name: path for folder in folders for path in folder.glob("*.css")}
    return "\n".join(files[name].read_text(encoding="utf-8") for name in names or ("viewer.css",))


def _visit(name: str, files: dict[str, Path], order: list[str], above: tuple[str, ...]) -> None:
    """Append a module after all that it imports."""
    if name in above:
        raise BundleError(f"{' -> '.join([*above, name])}: modules that import in a circle")
    if name in order:
        return
    if name not in files:
        raise BundleError(f"{above[-1] if above else 'bundle'}: no module {name}")
    for found in _IMPORT.finditer(files[name].read_text(encoding="utf-8")):
        _visit(found["file"], files, order, (*above, name))
    order.append(name)


def _module(name: str, text: str) -> str:
    """Return a module as a constant that holds what it exports."""
    body = _EXPORT.sub(r"\g<kind> \g<name>", _IMPORT.sub(_as_constant, text))
    for number, line in enumerate(body.splitlines(), start=1):
        if re.match(r"(import|export)\b(?!\.)", line):
            raise BundleError(f"{name}: a form that cannot be bundled: {line!r} ({number})")
    held = ", ".join(_exported(text))
    body = _COMMENT.sub("", body).strip()
    return f"const {_constant(name)} = (() => {{\n{body}\nreturn {{ {held} }};\n}})();\n"


def _as_constant(found: re.Match[str]) -> str:
    what = found["what"]
    if what.startswith("*"):
        return f"const {what.removeprefix('* as ')} = {_constant(found['file'])};\n"
    return f"const {what.replace(' as ', ': ')} = {_constant(found['file'])};\n"


def _exported(text: str) -> list[str]:
    return [found["name"] for found in _EXPORT.finditer(text)]


def _constant(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))

"""A task's way to draw its trials, as the lines of a program: taken from the task itself.

So a program can draw nothing else than the task does. What the lines read of the task is written
down as numbers, or comes from the program's file where it is an array.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from rnnviz.learn.tasks import Task

ARRAY_PREFIX = "task_"
"""Of the names under which a task's arrays lie in the program's file."""


def task_lines(task: Task) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return the class ``Task`` of a program, which can ``draw``, and the arrays that it reads."""
    methods = _methods(task)
    names = sorted({name for tree in methods.values() for name in _read_of_self(tree)})
    values = {name: getattr(task, name) for name in names if name not in methods}
    arrays = {name: one for name, one in values.items() if isinstance(one, np.ndarray)}
    settings = sorted({one for tree in methods.values() for one in _read_of_settings(tree)})
    lines = ["", 'Batch = namedtuple("Batch", "values targets mask", defaults=[None])']
    lines += [f"{name} = {value!r}" for name, value in _constants(task, methods).items()]
    lines += ["", "", "class Task:"]
    for name, value in values.items():
        if name in arrays:
            lines.append(f'    {name} = arrays["{ARRAY_PREFIX}{name}"]')
        elif name == "settings":
            told = ", ".join(f"{one}={getattr(value, one)!r}" for one in settings)
            lines.append(f"    settings = SimpleNamespace({told})")
        else:
            lines.append(f"    {name} = {value!r}")
    for tree in methods.values():
        lines += ["", *textwrap.indent(ast.unparse(tree), "    ").split("\n")]
    return [*lines, "", ""], {ARRAY_PREFIX + name: one for name, one in arrays.items()}


def _methods(task: Task) -> dict[str, ast.FunctionDef]:
    """``draw`` and every method that it calls, without docstrings and types."""
    kind, found, asked = type(task), {}, ["draw"]
    while asked:
        name = asked.pop()
        method = inspect.getattr_static(kind, name, None)
        if name in found or not inspect.isfunction(method):
            continue
        found[name] = _plain(method)
        asked += _read_of_self(found[name])
    return found


def _plain(method: Callable[..., Any]) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(method))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    tree.returns, tree.decorator_list = None, []
    for argument in tree.args.args:
        argument.annotation = None
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:]
    return tree


def _read_of_self(tree: ast.AST) -> set[str]:
    """Names that are read of ``self``."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def _read_of_settings(tree: ast.AST) -> set[str]:
    """Names that are read of ``self.settings``."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "settings"
    }


def _constants(task: Task, methods: dict[str, ast.FunctionDef]) -> dict[str, Any]:
    """The numbers and texts of the task's module that the lines name."""
    module = vars(inspect.getmodule(type(task)))
    named = (
        node.id
        for tree in methods.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
    )
    return {name: module[name] for name in sorted(set(named)) if _is_constant(module.get(name))}


def _is_constant(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_constant, value))
    return isinstance(value, (int, float, str)) and not isinstance(value, bool)

"""Check at run time the shapes that stand in the annotations of the package's frozen values.

``Annotated[np.ndarray, "... timesteps units"]``: a name stands for one length everywhere in the
same value, a number for itself, ``_`` for any length, ``...`` for any axes, none included.
"""

import dataclasses
import functools
import importlib
import inspect
import pkgutil
import sys
import typing

import numpy as np


class WrongShapeError(AssertionError):
    """An array has another shape than its annotation says."""


def fit(shape: tuple[int, ...], axes: str, lengths: dict[str, int]) -> bool:
    """Whether a shape fits, with the lengths known so far; those that are new are added."""
    names = axes.split()
    if "..." in names:
        at = names.index("...")
        after = len(names) - at - 1
        if len(shape) < len(names) - 1:
            return False
        names = names[:at] + names[at + 1 :]
        shape = shape[:at] + shape[len(shape) - after :]
    if len(shape) != len(names):
        return False
    return all(
        name == "_" or length == (int(name) if name.isdigit() else lengths.setdefault(name, length))
        for name, length in zip(names, shape, strict=True)
    )


def axes_of(owner: type) -> dict[str, str]:
    """The axes of each field of a dataclass that names some."""
    found = {}
    for name, annotation in inspect.get_annotations(owner).items():
        if isinstance(annotation, str):
            if "Annotated[" not in annotation:
                continue
            annotation = eval(annotation, vars(sys.modules[owner.__module__]))
        for part in (annotation, *typing.get_args(annotation)):
            if typing.get_origin(part) is typing.Annotated:
                found[name] = part.__metadata__[0]
    return found


def check(value: object, axes: dict[str, str]) -> None:
    """Raise `WrongShapeError` where an array of a value has another shape than it should."""
    lengths: dict[str, int] = {}
    for name, wanted in axes.items():
        array = getattr(value, name)
        if array is None:
            continue
        if not isinstance(array, np.ndarray) or not fit(array.shape, wanted, lengths):
            found = getattr(array, "shape", type(array))
            kind = type(value).__name__
            raise WrongShapeError(f"{kind}.{name} is {found}, but ({wanted}) with {lengths}")


def _checked(owner: type) -> None:
    axes, first = axes_of(owner), owner.__init__
    if not axes or hasattr(first, "checks_shapes"):
        return

    @functools.wraps(first)
    def init(self, *args, **named):
        first(self, *args, **named)
        check(self, axes)

    init.checks_shapes = True
    owner.__init__ = init


def check_package(name: str) -> list[type]:
    """Check every value that a package's dataclasses make from now on; return those with axes."""
    package, checked = importlib.import_module(name), []
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        for owner in vars(importlib.import_module(module.name)).values():
            mine = isinstance(owner, type) and owner.__module__ == module.name
            if mine and dataclasses.is_dataclass(owner):
                _checked(owner)
                checked += [owner] if axes_of(owner) else []
    return checked

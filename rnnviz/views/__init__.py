"""Results become Plotly figures: one view a file, one template, one registry of views."""

import pkgutil
from functools import cache

_NO_VIEWS = ("registry",)


@cache
def view_names() -> tuple[str, ...]:
    """Return the name of every view, which is that of its file; loads none of them."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(name for name in names if name not in _NO_VIEWS and not name.startswith("_"))

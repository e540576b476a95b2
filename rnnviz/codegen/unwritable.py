"""What a framework does not have, as an error that becomes a sentence in either language."""

from __future__ import annotations

from rnnviz.knobs import ProblemError


class Unwritable(ProblemError, ValueError):  # noqa: N818 - the framework's limit, not ours
    """A training or a network that a framework cannot hold; ``.problem`` says why."""

"""Why something could not be taken away, as a value that becomes a sentence."""

from __future__ import annotations

from rnnviz.knobs import ProblemError


class ExportFailure(ProblemError):  # noqa: N818 - not a fault of the program: it says what to do
    """Something could not be written or read; ``.problem`` says why and what to do."""

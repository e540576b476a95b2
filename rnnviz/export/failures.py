"""Why something could not be taken away, as a value that becomes a sentence."""

from __future__ import annotations

from rnnviz.i18n import DEFAULT_LANGUAGE
from rnnviz.knobs import Problem


class ExportFailure(Exception):  # noqa: N818 - not a fault of the program: it says what to do
    """Something could not be written or read; ``.problem`` says why and what to do.

    Parameters
    ----------
    key : str
        Key of the sentence, under ``problem.``.
    **values
        Fields of the sentence.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.problem = Problem(key, tuple(values.items()))
        super().__init__(self.sentence())

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return what went wrong in a language, in one line."""
        return self.problem.sentence(language)

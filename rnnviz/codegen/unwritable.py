"""What a framework does not have, as an error that becomes a sentence in either language."""

from __future__ import annotations

from rnnviz.i18n import DEFAULT_LANGUAGE
from rnnviz.knobs import Problem


class Unwritable(ValueError):  # noqa: N818 - the framework's limit, not a fault of the program
    """A training or a network that a framework cannot hold; ``.problem`` says why.

    Parameters
    ----------
    key : str
        Key of the sentence, under ``problem.``.
    **values
        Fields of the sentence.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.problem = Problem(key, tuple(values.items()))
        super().__init__(self.sentence("en"))

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return why, in a language."""
        return self.problem.sentence(language)

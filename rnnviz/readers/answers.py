"""What is answered where a file leaves something open: one table for Python, terminal and page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnviz.readers.messages import Question, Refused, Unanswered, question

ANSWERS = (
    "name",
    "nonlinearity",
    "recurrent_activation",
    "hard_sigmoid",
    "gate_order",
    "layer_order",
    "merge_mode",
    "reset_after",
    "embedding",
    "head",
    "array",
)
"""Arguments of `open_network` beyond the path, and options of the command line."""


@dataclass
class Answers:
    """The answers that were given, and the ones that were used.

    Parameters
    ----------
    given : Mapping of str to str
        Answers by the key of their question; unknown keys are refused where they are given.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.given = {key: value for key, value in self.given.items() if value is not None}
        for key in self.given:
            if key not in ANSWERS:
                raise Refused("no_such_answer", argument=key, known=", ".join(ANSWERS))

    def ask(self, key: str, options: tuple[str, ...], why: str = "", **values: object) -> str:
        """Return the answer to a question.

        Raises
        ------
        Unanswered
            Where there is none.
        Refused
            Where it is none of the options.
        """
        asked = question(key, tuple(options), why, **values)
        if asked not in self.asked:
            self.asked.append(asked)
        answer = self.given.get(key)
        if answer is None:
            raise Unanswered(asked)
        if answer not in options:
            raise Refused(
                "no_such_option", argument=key, answer=str(answer), options=", ".join(options)
            )
        return answer

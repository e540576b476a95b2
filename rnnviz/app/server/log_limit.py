"""A limit on what is logged: a fault that repeats must not fill the disk."""

from __future__ import annotations

import logging
import time

OF_A_KIND = (10, 60.0)
"""Lines of one kind that are logged in so many seconds."""
IN_ALL = 600
"""Lines of all kinds that are logged in those seconds."""
_MOST_KINDS = 500


class LogLimit(logging.Filter):
    """Lets few lines of a kind pass in each period; the next one says how many it left out.

    A kind is a logger and a message before its values are filled in.
    """

    def __init__(self) -> None:
        super().__init__()
        self._began = 0.0
        self._passed: dict[tuple[str, str], int] = {}
        self._left_out: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged."""
        now, (most, period) = time.monotonic(), OF_A_KIND
        if now - self._began > period or len(self._passed) > _MOST_KINDS:
            self._began = now
            self._passed.clear()
        kind = record.name, str(record.msg)[:100]
        passed = self._passed[kind] = self._passed.get(kind, 0) + 1
        if passed > most or sum(min(count, most) for count in self._passed.values()) > IN_ALL:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            if len(self._left_out) > _MOST_KINDS:
                self._left_out.clear()
            return False
        left_out = self._left_out.pop(kind, 0)
        if left_out and isinstance(record.msg, str):
            record.msg += f" ({left_out} more like it were left out)"
        return True


def limit_logs() -> LogLimit:
    """Put one limit on every logger that there is; filters of a parent do not see its children."""
    limit = LogLimit()
    known = [*logging.Logger.manager.loggerDict.values(), logging.getLogger()]
    for logger in known:
        if isinstance(logger, logging.Logger):
            logger.addFilter(limit)
    return limit

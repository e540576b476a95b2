"""JSON from strangers: bounded in size, and any damage is one refusal."""

from __future__ import annotations

import json
from typing import Any

from rnnviz.readers.messages import Refused

MOST_JSON = 2 * 2**20
"""Bytes: JSON takes up to twenty times its size as Python objects."""


def parsed(content: bytes | memoryview | str, where: str) -> dict[str, Any]:
    """Return a JSON object; see `value_of`.

    Raises
    ------
    Refused
        Where it is no object either.
    """
    value = value_of(content, where)
    if not isinstance(value, dict):
        raise Refused("json_damaged", where=where)
    return value


def value_of(content: bytes | memoryview | str, where: str) -> Any:
    """Return what a JSON text holds.

    Raises
    ------
    Refused
        Where it is too large, nested too deeply, or damaged.
    """
    if len(content) > MOST_JSON:
        raise Refused("entry_too_large", name=where, limit=f"{MOST_JSON:,}")
    try:
        # Always UTF-8: json would load other codecs by the first bytes.
        return json.loads(content if isinstance(content, str) else bytes(content).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused("json_damaged", where=where) from error

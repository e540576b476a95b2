"""Views below the viewer of a file, and what each of them shows wherever the cursor stands.

Some views move their traces with the cursor by themselves (`View.follow`). Others are computed
anew for each timestep; of those the file holds one figure, and what is different in it at up to
:data:`MOST_STOPS` timesteps.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer.packing import Arrays, figure_bytes
from rnnviz.views._plot.follow import MOST_NUMBERS
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View

MOST_STOPS = 100
_SECONDS = 10.0
"""A view that would take longer for all stops stays at the timestep that it was drawn for."""
_THEMES = ("light", "dark")
_Path = tuple[str | int, ...]


def figure_part(
    run: Run, perspective: Perspective, shown: View[Any], arrays: Arrays
) -> dict[str, Any]:
    """Add a view in both languages and themes, and return what a file's page needs of it."""
    begun = time.thread_time()
    result = shown.analyse(run, perspective)
    took = time.thread_time() - begun
    moves = shown.follow(result) if shown.follow else ()
    follow = moves if sum(one.size for one in moves) <= MOST_NUMBERS else ()
    waits = shown.at_cursor and not follow
    styles = _styles(perspective)
    packed: dict[str, int] = {}
    for name, style in styles.items():
        drawn = _drawn(shown, run, perspective, result, style)
        at = perspective.timestep if waits else None
        data = figure_bytes(drawn, shown.name, follow, at=at)
        packed[name] = arrays.add(np.frombuffer(data, np.uint8))
    told = {name: shown.told(run, perspective, words(name)) for name in LANGUAGES}
    said = {
        name: {"title": one.title, "how_to_read": one.how_to_read} for name, one in told.items()
    }
    stops = _stops(run) if waits and took * min(MOST_STOPS, run.timesteps) < _SECONDS else ()
    steps = _steps(run, perspective, shown, stops) if stops else None
    return {"name": shown.name, "said": said, "packed": packed, "steps": steps}


def _styles(perspective: Perspective) -> dict[str, Style]:
    """Return every look of a figure by its name in the file: language and theme."""
    return {
        f"{language} {theme}": Style(language, theme, perspective.palette, perspective.presentation)
        for language in LANGUAGES
        for theme in _THEMES
    }


def _drawn(shown: View[Any], run: Run, perspective: Perspective, result: Any, style: Style) -> Any:
    drawn = shown.figure(run, perspective, result, style)
    return drawn.update_layout(paper_bgcolor="rgba(0,0,0,0)")


def _stops(run: Run) -> tuple[int, ...]:
    """Return timesteps, all or evenly apart."""
    count = min(MOST_STOPS, run.timesteps)
    return tuple(int(stop) for stop in np.linspace(0, run.timesteps - 1, count))


def _steps(
    run: Run, perspective: Perspective, shown: View[Any], stops: tuple[int, ...]
) -> dict[str, Any]:
    """Return, for each stop, what its figure has other than that of the perspective.

    ``pieces`` are (path, value) pairs, each there once; ``changes`` has their numbers by language
    and stop. What languages share, which is nearly all of the numbers, is there once. A theme
    changes colours, which do not depend on the timestep.
    """
    styles = {
        name.removesuffix(f" {_THEMES[0]}"): style
        for name, style in _styles(perspective).items()
        if name.endswith(_THEMES[0])
    }
    start = shown.analyse(run, perspective)

    def plain(result: Any, style: Style) -> Any:
        return json.loads(_drawn(shown, run, perspective, result, style).to_json())

    bases = {name: plain(start, style) for name, style in styles.items()}
    pieces: dict[str, int] = {}
    changes: dict[str, list[list[int]]] = {name: [] for name in styles}
    for stop in stops:
        result = shown.analyse(run, perspective.replace(timestep=stop))
        for name, style in styles.items():
            found = _differences(bases[name], plain(result, style))
            texts = [json.dumps([*one], ensure_ascii=False) for one in found]
            changes[name].append([pieces.setdefault(text, len(pieces)) for text in texts])
    return {"stops": stops, "pieces": [json.loads(text) for text in pieces], "changes": changes}


def _differences(base: Any, other: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    """Yield where two figures differ, and what stands in the other one there."""
    if base == other:
        return
    if isinstance(base, dict) and isinstance(other, dict) and base.keys() == other.keys():
        # Arrays in base64 are replaced whole.
        if "bdata" not in base:
            for key in base:
                yield from _differences(base[key], other[key], (*path, key))
            return
    elif _are_alike(base, other):
        for index, (one, another) in enumerate(zip(base, other, strict=True)):
            yield from _differences(one, another, (*path, index))
        return
    yield path, other


def _are_alike(base: Any, other: Any) -> bool:
    """Return whether both are lists of as many parts, such as traces or annotations."""
    if not isinstance(base, list) or not isinstance(other, list) or len(base) != len(other):
        return False
    return all(isinstance(one, dict) for one in base)

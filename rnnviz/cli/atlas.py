"""``rnnviz render atlas``: the map of a sweep whose numbers lie in a store, as a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import rnnviz
from rnnviz.cli.options import look_of
from rnnviz.cli.progress import Bar
from rnnviz.cli.shown import Misunderstood
from rnnviz.cli.terminal import visible
from rnnviz.export.browser import PICTURES, missing
from rnnviz.export.caption import Caption
from rnnviz.export.failures import ExportFailure
from rnnviz.export.files import check_free, writing
from rnnviz.export.formats import TEXTS, developing
from rnnviz.export.looks import Look
from rnnviz.export.sheets import Sheet
from rnnviz.export.source import source_json
from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.link import Link
from rnnviz.spec.perspective import MOST_GRID, MOST_REPEATS, Perspective
from rnnviz.sweeps.reading import SEED, StoredMap, frames, read_map
from rnnviz.sweeps.store import StoreError
from rnnviz.sweeps.sweep import Sweep
from rnnviz.sweeps.theory import expected_radii
from rnnviz.views._plot import atlas

ATLAS = "atlas"
"""What the view is called on the command line."""
TABLES = ("csv", "parquet")
"""Formats that hold the numbers of every network instead of a map."""


def render_atlas(request: argparse.Namespace, say: Words) -> None:
    """Write the map of a store as a picture or a page, or its numbers as a table."""
    if request.store is None:
        raise Misunderstood(say("cli.atlas.needs_store"))
    formats = (*PICTURES, *TEXTS, *TABLES)
    ending = request.out.suffix.lstrip(".").lower()
    if ending not in formats:
        options = ", ".join(f".{name}" for name in formats)
        raise Misunderstood(say("cli.no_format", path=request.out, options=options))
    failure = missing() if ending in PICTURES else None
    if failure:
        raise failure
    check_free(request.out, force=request.force)
    try:
        if ending in TABLES:
            _write_table(request.store, request.out, ending, request.force)
        else:
            _write_map(request, ending, say)
    except StoreError as error:
        raise ExportFailure("store", reason=str(error)) from error
    print(visible(str(request.out)))


def _write_map(request: argparse.Namespace, ending: str, say: Words) -> None:
    spoken = words(request.language or say.language or DEFAULT_LANGUAGE)
    result = read_map(request.store)
    sheet = sheet_of_map(result, request.measure, look_of(request), spoken)
    with Bar(1) as bar:
        (content,) = developing([sheet], ending)
        with writing(request.out, force=request.force) as file:
            file.write(content)
        bar.piece()


def _write_table(store: str, path: Path, ending: str, force: bool) -> None:
    """Write every finished network, chunk by chunk."""
    with writing(path, force=force) as file:
        writers: dict[str, Callable[[Iterator[Any], Any], None]] = {
            "csv": _as_csv,
            "parquet": _as_parquet,
        }
        writers[ending](frames(store), file)


def _as_csv(tables: Iterator[Any], file: Any) -> None:
    for number, table in enumerate(tables):
        file.write(table.drop(columns="place").to_csv(index=False, header=not number).encode())


def _as_parquet(tables: Iterator[Any], file: Any) -> None:
    import pyarrow
    from pyarrow import parquet

    writer = None
    for table in tables:
        part = pyarrow.Table.from_pandas(table.drop(columns="place"), preserve_index=False)
        writer = writer or parquet.ParquetWriter(file, part.schema)
        writer.write_table(part)
    if writer is not None:
        writer.close()


def sheet_of_map(result: StoredMap, measure: str | None, look: Look, say: Words) -> Sheet:
    """Return the map of a store, laid out and captioned.

    Raises
    ------
    Misunderstood
        Where the sweep has no such measure, or does not vary two knobs.
    """
    sweep = result.sweep
    measure = measure or sweep.measures[0]
    if measure not in sweep.measures:
        options = ", ".join(sweep.measures)
        raise Misunderstood(say("cli.atlas.no_measure", name=measure, options=options))
    axes = {name: values for name, values in sweep.axes if name != SEED or len(sweep.axes) == 2}
    if len(axes) != 2:
        raise Misunderstood(say("cli.atlas.two_knobs", count=len(axes)))
    figure = atlas.draw(
        result,
        measure,
        look.style(Perspective(), say.language),
        radii=expected_radii(Sweep(sweep.experiment, axes, sweep.measures[:1])),
    )
    experiment = source_json(sweep.experiment)
    return Sheet(figure, _caption(result, measure, say), experiment, look, say.language)


def _caption(result: StoredMap, measure: str, say: Words) -> Caption:
    sweep = result.sweep
    seeds = len(dict(sweep.axes).get(SEED, (0,)))
    told = [_ranged(name, values, say) for name, values in atlas.axes_of(result)]
    told.append(say("cli.atlas.networks", networks=f"{sweep.networks:,}"))
    if sweep.layer_count > 1:
        told.append(say("cli.atlas.last_layer", layers=sweep.layer_count))
    if seeds > 1 and len(sweep.axes) > 2:
        told.append(say("cli.atlas.seeds", count=seeds))
    if result.done < sweep.networks:
        counts = {"done": f"{result.done:,}", "networks": f"{sweep.networks:,}"}
        told.append(say("cli.atlas.unfinished", **counts))
    return Caption(
        title=say("cli.atlas.title", measure=say(f"measure.{measure}.label")),
        how_to_read=say("cli.atlas.each_cell", help=say(f"measure.{measure}.help")),
        parameters=" · ".join(told),
        origin=say("export.version", version=rnnviz.__version__),
        link=_leading_to(result, measure).caption(),
    )


def _ranged(name: str, values: Sequence[Any], say: Words) -> str:
    """A knob with the first and the last of its values, and how many there are."""
    first, last = (atlas.written(one, say) for one in (values[0], values[-1]))
    return f"{say(f'knob.{name}.label')} {first} … {last} ({len(values)})"


def _leading_to(result: StoredMap, measure: str) -> Link:
    """Return the link to the page's own map of the same two knobs, as finely as it draws it."""
    (up, rows), (across, columns) = atlas.axes_of(result)
    seeds = len(dict(result.sweep.axes).get(SEED, (0,))) if len(result.sweep.axes) > 2 else 1
    look = Perspective(
        page=ATLAS,
        up=up,
        across=across,
        measure=measure,
        repeats=min(seeds, MOST_REPEATS),
        grid=max(2, min(max(len(rows), len(columns)), MOST_GRID)),
    )
    return Link(result.sweep.experiment, look)

"""The result of an analysis as a file: a table, or a table with what it is a table of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from rnnviz.analysis.registry import Analysis
from rnnviz.analysis.verdict import Verdict
from rnnviz.engine.source import Source
from rnnviz.export.source import source_json
from rnnviz.i18n import Words
from rnnviz.sentences.verdicts import sentence

PARQUET_KEY = b"rnnviz"
"""Name of the JSON in the metadata of a Parquet file."""


def about(analysis: Analysis, parameters: Any, result: Any, source: Source, say: Words) -> dict:
    """Return what a result is: the analysis, its parameters, its source and what it says."""
    verdict = getattr(result, "verdict", None)
    return {
        "analysis": analysis.name,
        "parameters": {name: getattr(parameters, name) for name in analysis.table},
        "says": sentence(verdict, say) if isinstance(verdict, Verdict) else "",
        "source": json.loads(source_json(source)),
    }


def write_csv(result: Any, about: Mapping[str, Any], stream: BinaryIO) -> None:
    """Write the table as comma separated values; infinities are ``inf``, gaps empty."""
    stream.write(result.to_frame().to_csv(index=False, lineterminator="\n").encode())


def write_parquet(result: Any, about: Mapping[str, Any], stream: BinaryIO) -> None:
    """Write the table as Parquet, with what it is in the metadata."""
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.Table.from_pandas(result.to_frame(), preserve_index=False)
    metadata = {**(table.schema.metadata or {}), PARQUET_KEY: json.dumps(about).encode()}
    parquet.write_table(table.replace_schema_metadata(metadata), stream)


def write_json(result: Any, about: Mapping[str, Any], stream: BinaryIO) -> None:
    """Write what it is, and the table as a list of rows; what is not finite is text."""
    rows = [
        {name: _plain(value) for name, value in row.items()}
        for row in result.to_frame().to_dict(orient="records")
    ]
    text = json.dumps({**about, "rows": rows}, ensure_ascii=False, indent=1, allow_nan=False)
    stream.write(text.encode() + b"\n")


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not abs(value) < float("inf"):
        return str(value)
    return value


RESULTS: Mapping[str, Callable[[Any, Mapping[str, Any], BinaryIO], None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "json": write_json,
}
"""Formats of a result -> function that writes it."""

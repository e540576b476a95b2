"""A folder that keeps the chunks of a sweep as Parquet: finished ones are never lost or done twice.

``sweep.json`` says which sweep it is. Each chunk is one file, written under another name and then
renamed, so that it is there whole or not at all. ``pandas.read_parquet(folder)`` opens all of it.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.sweeps.chunks import Chunk, ChunkResult
from rnnviz.sweeps.sweep import Sweep

DESCRIPTION = "sweep.json"
_VERSION = 1


class StoreError(Exception):
    """A folder that cannot keep this sweep; its text says why and what to do."""


class Store:
    """The chunks of one sweep in a folder.

    Parameters
    ----------
    folder : path
        Made if it is not there.
    sweep : Sweep
        Whose chunks.
    resume : bool
        Whether chunks that are there already are used. A folder with chunks is refused without.

    Raises
    ------
    StoreError
        Where the folder holds another sweep, or chunks and ``resume`` is off, or cannot be written.
    """

    def __init__(self, folder: str | os.PathLike, sweep: Sweep, resume: bool = False) -> None:
        self.folder, self.sweep = Path(folder), sweep
        description = self.folder / DESCRIPTION
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if description.exists():
                self._check(description, resume)
            else:
                text = json.dumps({"rnnviz": _VERSION, "sweep": sweep.to_query()}, indent=2)
                self._write(description, text.encode())
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error

    def _check(self, description: Path, resume: bool) -> None:
        try:
            told = json.loads(description.read_text(encoding="utf-8"))
        except ValueError as error:
            raise StoreError(f"{description} is damaged: it holds no JSON.") from error
        if not isinstance(told, dict) or told.get("sweep") != self.sweep.to_query():
            raise StoreError(f"{self.folder} holds another sweep; name another folder.")
        if not resume and any(self._files()):
            raise StoreError(f"{self.folder} holds finished chunks; go on with --resume.")

    def _files(self) -> Iterator[Path]:
        return self.folder.glob("chunk-*.parquet")

    def _file(self, number: int) -> Path:
        return self.folder / f"chunk-{number:08d}.parquet"

    def has(self, chunk: Chunk) -> bool:
        """Whether a chunk is finished."""
        return self._file(chunk.number).exists()

    def read(self, chunk: Chunk) -> ChunkResult | None:
        """A finished chunk; None where its file is damaged, so that it is computed again."""
        from pyarrow import ArrowException, parquet

        try:
            table = parquet.read_table(self._file(chunk.number))
            places = table["place"].to_numpy()
            values = {name: table[name].to_numpy() for name in self.sweep.measures}
            reasons = table["reason"].to_pylist()
        except (ArrowException, OSError, KeyError):
            return None
        if tuple(places.tolist()) != chunk.places:
            return None
        told = {place: text for place, text in zip(chunk.places, reasons, strict=True) if text}
        return ChunkResult(chunk, values, told)

    def keep(self, result: ChunkResult) -> None:
        """Write a chunk; StoreError where the disk takes no more, with nothing half written."""
        import pyarrow
        from pyarrow import parquet

        places = np.array(result.chunk.places)
        columns: dict[str, Any] = {"place": places}
        for (name, values), index in zip(
            self.sweep.axes, np.unravel_index(places, self.sweep.shape), strict=True
        ):
            columns[name] = [values[int(one)] for one in index]
        columns |= {name: result.values[name] for name in self.sweep.measures}
        columns["reason"] = [result.reasons.get(int(place), "") for place in places]
        sink = pyarrow.BufferOutputStream()
        parquet.write_table(pyarrow.table(columns), sink)
        try:
            self._write(self._file(result.chunk.number), sink.getvalue().to_pybytes())
        except OSError as error:
            raise StoreError(
                f"{self.folder}: {error.strerror or error}. Finished chunks are whole; "
                "go on with --resume."
            ) from error

    def _write(self, path: Path, content: bytes) -> None:
        # A name of its own: two processes that write the same chunk do not meet.
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

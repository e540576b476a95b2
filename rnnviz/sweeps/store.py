"""A folder that keeps the chunks of a sweep as Parquet: finished ones are never lost or done twice.

``sweep.json`` says which sweep it is. Each chunk is one file that is there whole or not at all.
``pandas.read_parquet(folder)`` opens all of it.
"""

from __future__ import annotations

import io
import json
import os
from typing import Any

import numpy as np

from rnnviz.sweeps.chunks import WORKER_DIED, Chunk, ChunkResult
from rnnviz.sweeps.folder import folder_of
from rnnviz.sweeps.sweep import Sweep

DESCRIPTION = "sweep.json"
_VERSION = 1


class StoreError(Exception):
    """A folder that cannot keep this sweep; its text says why and what to do."""


class Store:
    """The chunks of one sweep in a folder.

    Parameters
    ----------
    place : path or str
        A folder, or an address of fsspec's such as ``s3://bucket/atlas``; made if it is not there.
    sweep : Sweep
        Whose chunks.
    resume : bool
        Whether chunks that are there already are used. A folder with chunks is refused without.

    Raises
    ------
    StoreError
        Where the folder holds another sweep, or chunks and ``resume`` is off, or cannot be written.
    """

    def __init__(self, place: str | os.PathLike, sweep: Sweep, resume: bool = False) -> None:
        self.sweep = sweep
        try:
            self.folder = folder_of(place)
            if self.folder.exists(DESCRIPTION):
                self._check(resume)
            else:
                text = json.dumps({"rnnviz": _VERSION, "sweep": sweep.to_query()}, indent=2)
                self.folder.write(DESCRIPTION, text.encode())
        except OSError as error:
            raise StoreError(f"{place}: {error.strerror or error}") from error
        except (ModuleNotFoundError, ValueError) as error:  # an address that fsspec cannot reach
            raise StoreError(f"{place}: {error}") from error

    def _check(self, resume: bool) -> None:
        try:
            told = json.loads(self.folder.read(DESCRIPTION))
        except ValueError as error:
            raise StoreError(
                f"{self.folder}/{DESCRIPTION} is damaged: it holds no JSON."
            ) from error
        if not isinstance(told, dict) or told.get("sweep") != self.sweep.to_query():
            raise StoreError(f"{self.folder} holds another sweep; name another folder.")
        if not resume and any(name.endswith(".parquet") for name in self.folder.names()):
            raise StoreError(f"{self.folder} holds finished chunks; go on with --resume.")

    @staticmethod
    def _name(chunk: Chunk) -> str:
        return f"chunk-{chunk.number:08d}.parquet"

    def has(self, chunk: Chunk) -> bool:
        """Whether a chunk is finished."""
        return self.folder.exists(self._name(chunk))

    def read(self, chunk: Chunk) -> ChunkResult | None:
        """A finished chunk; None where it has to be computed again.

        Its file is damaged, or it has no numbers because its worker was ended each time: by
        whatever ended it then, which need not be so now.
        """
        from pyarrow import ArrowException, parquet

        try:
            table = parquet.read_table(io.BytesIO(self.folder.read(self._name(chunk))))
            places = table["place"].to_numpy()
            values = {name: table[name].to_numpy() for name in self.sweep.measures}
            reasons = table["reason"].to_pylist()
        except (ArrowException, OSError, KeyError):
            return None
        if tuple(places.tolist()) != chunk.places:
            return None
        if any(text.startswith(WORKER_DIED) for text in reasons):
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
            self.folder.write(self._name(result.chunk), sink.getvalue().to_pybytes())
        except OSError as error:
            raise StoreError(
                f"{self.folder}: {error.strerror or error}. Finished chunks are whole; "
                "go on with --resume."
            ) from error

"""Arrays in an uncompressed ``.npz`` file, mapped where they lie instead of read.

NumPy maps ``.npy`` files only. An entry of a zip that is stored as it is *is* an ``.npy`` file at
a place that the zip's directory names, so it can be mapped as well.
"""

from __future__ import annotations

import os
import struct
import zipfile

import numpy as np
from numpy.lib import format as npy

_LOCAL_HEADER = struct.Struct("<26xHH")
"""Of an entry's local header: the lengths of its name and of its extra field, at byte 26."""


def write_npz(path: str | os.PathLike[str], **arrays: np.ndarray) -> None:
    """Write arrays as they are, without compression, under exactly this path."""
    with open(path, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def mapped(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Return the arrays of such a file, read-only and mapped.

    Raises
    ------
    ValueError
        Where it is no ``.npz`` file, or one that cannot be mapped.
    """
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
            return {
                entry.filename.removesuffix(".npy"): _mapped(file, entry, path)
                for entry in archive.infolist()
            }
    except (zipfile.BadZipFile, struct.error, EOFError) as error:
        raise ValueError(f"{path} is no .npz file.") from error


def _mapped(file, entry: zipfile.ZipInfo, path: str | os.PathLike[str]) -> np.ndarray:
    if entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{path} is compressed: only what is stored as it is can be mapped.")
    file.seek(entry.header_offset)
    name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    begin = entry.header_offset + _LOCAL_HEADER.size + name + extra
    file.seek(begin)
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(file)
    place = file.tell()
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if dtype.hasobject or fortran or place - begin + size != entry.file_size:
        raise ValueError(f"{path}: {entry.filename} is no plain array.")
    if size == 0 or not shape:
        return np.frombuffer(file.read(size), dtype).reshape(shape)
    return np.memmap(path, dtype, "r", place, shape)

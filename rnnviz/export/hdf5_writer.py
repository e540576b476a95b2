"""Arrays in groups as an HDF5 file: as much of the format as weights need, and no more.

Superblock version 0, object headers version 1, groups that hold their links themselves, contiguous
little-endian floats. h5py would bring its own library of compiled code to every server for this
one page of bytes, and the package reads HDF5 by itself as well (`rnnviz.readers.hdf5`).
Source: The HDF Group, "HDF5 File Format Specification", version 3.0.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

Tree = Mapping[str, "Tree | np.ndarray"]

_UNDEFINED = 2**64 - 1
_SUPERBLOCK = 96
_LINK_INFO, _GROUP_INFO, _LINK = 0x02, 0x0A, 0x06
_DATASPACE, _DATATYPE, _FILL, _LAYOUT = 0x01, 0x03, 0x05, 0x08
_FLOATS = {4: (31, 32, 23, 8, 0, 23, 127), 8: (63, 64, 52, 11, 0, 52, 1023)}
"""Sign's bit; bits; exponent's place and bits; mantissa's place and bits; bias."""


def hdf5_bytes(tree: Tree) -> bytes:
    """Return the file of a tree of groups and arrays of float32 or float64.

    Raises
    ------
    ValueError
        For arrays of another type, or names that are not plain ASCII of at most 255 characters.
    """
    content = bytearray(_SUPERBLOCK)
    root = _write(content, tree)
    content[:_SUPERBLOCK] = struct.pack(
        "<8s8BHHI4Q2QII16x",
        b"\x89HDF\r\n\x1a\n",
        *(0, 0, 0, 0, 0, 8, 8, 0),
        *(4, 16, 0),
        *(0, _UNDEFINED, len(content), _UNDEFINED),
        *(0, root, 0, 0),
    )
    return bytes(content)


def _write(content: bytearray, node: Tree | np.ndarray) -> int:
    """Append an object and all below it; return the address of its header."""
    if isinstance(node, np.ndarray):
        return _append(content, _header(_dataset(content, node)))
    messages = [
        (_LINK_INFO, struct.pack("<BBQQ", 0, 0, _UNDEFINED, _UNDEFINED)),
        (_GROUP_INFO, struct.pack("<BB", 0, 0)),
    ]
    for name, child in node.items():
        if not name.isascii() or not 0 < len(name) < 256 or "/" in name:
            raise ValueError(f"{name!r} cannot be the name of a group in an HDF5 file.")
        told, address = name.encode("ascii"), _write(content, child)
        link = struct.pack("<BBB", 1, 0, len(told)) + told + struct.pack("<Q", address)
        messages.append((_LINK, link))
    return _append(content, _header(messages))


def _dataset(content: bytearray, array: np.ndarray) -> list[tuple[int, bytes]]:
    if array.dtype.kind != "f" or array.dtype.itemsize not in _FLOATS:
        raise ValueError(f"An array of {array.dtype} cannot be written; convert it to float32.")
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    address = _append(content, little.tobytes())
    sign, bits, *rest, bias = _FLOATS[array.dtype.itemsize]
    kind = struct.pack("<BBBBIHH4BI", 0x11, 0x20, sign, 0, array.itemsize, 0, bits, *rest, bias)
    return [
        (_DATASPACE, struct.pack("<BBBBI", 1, array.ndim, 0, 0, 0) + _lengths(array.shape)),
        (_DATATYPE, kind),
        (_FILL, struct.pack("<BBBB", 2, 2, 2, 0)),
        (_LAYOUT, struct.pack("<BBQQ", 3, 1, address, little.nbytes)),
    ]


def _lengths(shape: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(shape)}Q", *shape)


def _header(messages: list[tuple[int, bytes]]) -> bytes:
    """Return an object header, version 1; each message is filled up to a multiple of 8 bytes."""
    body = b""
    for kind, told in messages:
        told += bytes(-len(told) % 8)
        body += struct.pack("<HHB3x", kind, len(told), 0) + told
    return struct.pack("<BBHII4x", 1, 0, len(messages), 1, len(body)) + body


def _append(content: bytearray, more: bytes) -> int:
    content += bytes(-len(content) % 8)
    address = len(content)
    content += more
    return address

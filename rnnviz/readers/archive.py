"""Zip archives from strangers: every size is checked before anything is decompressed."""

from __future__ import annotations

import io
import zipfile
import zlib

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import Span

_MOST_ENTRIES = 5_000
_MOST_DIRECTORY = 2 * 2**20
_SPARE = 2**24
"""Bytes that an archive may unpack to beyond twice its own size: bounds a bomb's memory."""


class Archive:
    """The entries of a zip archive in memory. Nothing is ever written to disk.

    Parameters
    ----------
    content : bytes or memoryview

    Raises
    ------
    Refused
        Where it is no zip archive, or would unpack to far more than it holds.
    """

    def __init__(self, content: bytes | memoryview) -> None:
        self.span = Span(content)
        self._check_directory()
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = archive.infolist()
        except _DAMAGE as error:
            raise Refused("zip_damaged") from error
        if len(entries) > _MOST_ENTRIES:
            raise Refused("zip_bomb")
        if sum(entry.file_size for entry in entries) > 2 * len(content) + _SPARE:
            raise Refused("zip_bomb")
        self.entries = {entry.filename: entry for entry in entries}
        if len(self.entries) != len(entries):
            raise Refused("zip_twice")

    def _check_directory(self) -> None:
        """Refuse a directory of millions of entries before Python makes an object of each."""
        tail = bytes(self.span.at(max(0, len(self.span) - 65557), min(65557, len(self.span))))
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) < at + 16:
            raise Refused("zip_damaged")
        if int.from_bytes(tail[at + 12 : at + 16], "little") > _MOST_DIRECTORY:
            raise Refused("zip_bomb")

    @property
    def names(self) -> list[str]:
        """Names of the entries, in the archive's order."""
        return list(self.entries)

    def read(self, name: str, most: int | None = None) -> memoryview:
        """Return the bytes of an entry; a view of the archive where it is stored uncompressed.

        Raises
        ------
        Refused
            Where there is no such entry, it is larger than ``most`` or than it says, or its
            checksum is wrong.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise Refused("zip_lacks", name=name)
        if most is not None and entry.file_size > most:
            raise Refused("entry_too_large", name=name, limit=f"{most:,}")
        if entry.flag_bits & 1:
            raise Refused("zip_encrypted")
        content = self._unpacked(entry)
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            raise Refused("zip_damaged")
        return content

    def _unpacked(self, entry: zipfile.ZipInfo) -> memoryview:
        start = entry.header_offset
        if bytes(self.span.at(start, 4)) != b"PK\3\4":
            raise Refused("zip_damaged")
        start += 30 + self.span.number(start + 26, 2) + self.span.number(start + 28, 2)
        packed = self.span.at(start, entry.compress_size)
        if entry.compress_type == zipfile.ZIP_STORED:
            return packed
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            raise Refused("zip_method", method=entry.compress_type)
        try:
            return memoryview(zlib.decompressobj(-15).decompress(packed, entry.file_size + 1))
        except zlib.error as error:
            raise Refused("zip_damaged") from error


_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,  # a newer version of the format
    RuntimeError,
    ValueError,
    OverflowError,
    UnicodeError,
    EOFError,
    OSError,
    LookupError,
)
"""What the standard library raises at archives that are damaged on purpose."""

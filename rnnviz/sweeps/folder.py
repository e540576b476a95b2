"""Where a store lies: a folder of this machine, or any address that fsspec knows."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any, Protocol


class Folder(Protocol):
    """A place that keeps files by name, each there whole or not at all."""

    def exists(self, name: str) -> bool:
        """Whether a file is there."""

    def names(self) -> list[str]:
        """The files that are there."""

    def read(self, name: str) -> bytes:
        """What a file holds; OSError where it is not there."""

    def write(self, name: str, content: bytes) -> None:
        """Keep a file; OSError where it cannot be, with nothing half written."""


def folder_of(place: str | os.PathLike) -> Folder:
    """Return the folder at a path or an address such as ``s3://bucket/atlas``; made if it is new.

    Raises
    ------
    OSError
        Where it cannot be made.
    ModuleNotFoundError
        Where an address needs fsspec, or what fsspec needs for it, and that is not installed.
    """
    text = os.fspath(place)
    return AddressFolder(text) if "://" in text else LocalFolder(Path(text))


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)

    def __str__(self) -> str:
        return str(self._path)

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return (self._path / name).exists()

    def names(self) -> list[str]:
        """The files that are there."""
        return os.listdir(self._path)

    def read(self, name: str) -> bytes:
        """What a file holds."""
        return (self._path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """Write under a name of its own, then rename: two processes do not meet."""
        part = self._path / f".{name}.{uuid.uuid4().hex}.part"
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self._path / name)
        finally:
            part.unlink(missing_ok=True)


class AddressFolder:
    """A folder at an address; stores of objects show a file when all of it has arrived."""

    def __init__(self, address: str) -> None:
        import fsspec  # comes with Dask

        self._address = address.rstrip("/")
        self._files: Any
        self._files, self._root = fsspec.core.url_to_fs(self._address)
        self._files.makedirs(self._root, exist_ok=True)

    def __str__(self) -> str:
        return self._address

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return bool(self._files.exists(self._at(name)))

    def names(self) -> list[str]:
        """The files that are there."""
        return [path.rpartition("/")[2] for path in self._files.ls(self._root, detail=False)]

    def read(self, name: str) -> bytes:
        """What a file holds."""
        return bytes(self._files.cat_file(self._at(name)))

    def write(self, name: str, content: bytes) -> None:
        """Keep a file: under another name first where the address is a file system's."""
        if not hasattr(self._files, "mv") or self._files.protocol in ("file", "local"):
            self._files.pipe_file(self._at(name), content)
            return
        part = self._at(f".{name}.{uuid.uuid4().hex}.part")
        self._files.pipe_file(part, content)
        self._files.mv(part, self._at(name))

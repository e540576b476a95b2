"""Writing files: whole or not at all, and never over another file unasked."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rnnviz.export.failures import ExportFailure


def check_free(path: Path, *, force: bool = False) -> None:
    """Raise ExportFailure if a file cannot go there: it exists, or there is no such folder."""
    if path.is_dir():
        raise ExportFailure("is_a_folder", path=path)
    if path.exists() and not force:
        raise ExportFailure("file_exists", path=path)
    if not path.parent.is_dir():
        raise ExportFailure("no_folder", path=path.parent)


@contextlib.contextmanager
def writing(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Open a file that appears under its name when it is complete, and not at all otherwise.

    It grows under another name in the same folder. An error on the way, the full disk included,
    leaves nothing behind.

    Raises
    ------
    ExportFailure
        If the file exists (and ``force`` is not given) or the folder cannot be written to.
    """
    check_free(path, force=force)
    try:
        with _growing(path) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _put(Path(file.name), path, force=force)
    except OSError as error:
        raise failure_of(error, path) from error


@contextlib.contextmanager
def _growing(path: Path) -> Iterator[BinaryIO]:
    growing = path.with_name(f".{secrets.token_hex(6)}.rnnviz")
    try:
        with open(growing, "xb") as file:
            yield file
    finally:
        growing.unlink(missing_ok=True)


def _put(complete: Path, path: Path, *, force: bool) -> None:
    """Give the complete file its name; without ``force``, a file that came meanwhile stays."""
    if force:
        os.replace(complete, path)
        return
    try:
        os.link(complete, path)
    except FileExistsError as error:
        raise ExportFailure("file_exists", path=path) from error
    except OSError:  # a file system without links
        check_free(path)
        os.replace(complete, path)


def failure_of(error: OSError, path: Path) -> ExportFailure:
    """Return what an error of the operating system means for whoever wants to write there."""
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if error.errno in full:
        return ExportFailure("disk_full", path=path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ExportFailure("folder_read_only", path=path.parent)
    return ExportFailure("cannot_write", path=path, reason=error.strerror or error)

"""Writing files: whole or not at all, and never over another file unasked."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rnnviz.export.failures import ExportFailure


def check_free(path: Path, *, force: bool = False) -> None:
    """Raise ExportFailure if a file cannot go there: it exists, or there is no such folder.

    With ``force`` a regular file may be there, and nothing else: not a device, a pipe, a socket,
    nor a link that leads nowhere.
    """
    try:
        if path.is_dir():
            raise ExportFailure("is_a_folder", path=path)
        if os.path.lexists(path):
            if not path.is_file():
                raise ExportFailure("not_a_file", path=path)
            if not force:
                raise ExportFailure("file_exists", path=path)
        os.stat(path.parent / ".")
        _check_name(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ExportFailure("no_folder", path=path.parent) from error
    except OSError as error:
        raise failure_of(error, path) from error


def _check_name(path: Path) -> None:
    """Raise OSError if the system could not give a file this name: it is too long, say."""
    with contextlib.suppress(FileNotFoundError):
        os.lstat(path)


@contextlib.contextmanager
def writing(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Open a file that appears under its name when it is complete, and not at all otherwise.

    It grows under another name in the same folder. An error on the way, the full disk included,
    leaves nothing behind. A file that is replaced hands its permissions on; of a link to a file,
    that file is replaced and the link stays.

    Raises
    ------
    ExportFailure
        If the file exists (and ``force`` is not given) or the folder cannot be written to.
    """
    check_free(path, force=force)
    target = path.resolve() if force else path
    try:
        with _growing(target) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            file.close()
            put(Path(file.name), target, force=force)
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


def put(complete: Path, path: Path, *, force: bool) -> None:
    """Give the complete file its name; without ``force``, a file that came meanwhile stays."""
    if force:
        check_free(path, force=True)  # what came meanwhile may be no file
        if path.exists():
            os.chmod(complete, stat.S_IMODE(path.stat().st_mode))
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
    if error.errno == errno.ENAMETOOLONG:
        return ExportFailure("name_too_long", name=f"{path.name[:40]}…")
    return ExportFailure("cannot_write", path=path, reason=error.strerror or error)

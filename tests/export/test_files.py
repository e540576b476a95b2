import errno
import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from rnnviz.export.failures import ExportFailure
from rnnviz.export.files import check_free, failure_of, writing


def write(path, content=b"new", **options):
    with writing(path, **options) as file:
        file.write(content)


def refused(key, work):
    with pytest.raises(ExportFailure) as caught:
        work()
    assert caught.value.problem.key == key


def test_a_file_is_whole_when_it_appears(tmp_path):
    path = tmp_path / "a.csv"
    with writing(path) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert os.listdir(tmp_path) == ["a.csv"]


def test_an_error_on_the_way_leaves_nothing(tmp_path):
    def work():
        with writing(tmp_path / "a.csv") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert os.listdir(tmp_path) == []


def test_an_error_on_the_way_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def work():
        with writing(path, force=True) as file:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    refused("disk_full", work)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.csv"]


def test_nothing_is_replaced_unasked(tmp_path):
    path = tmp_path / "a.csv"
    write(path, b"old")
    refused("file_exists", lambda: write(path))
    assert path.read_bytes() == b"old"
    write(path, force=True)
    assert path.read_bytes() == b"new"


def test_a_file_that_came_meanwhile_stays(tmp_path):
    path = tmp_path / "a.csv"

    def work():
        with writing(path) as file:
            file.write(b"new")
            path.write_bytes(b"another's")

    refused("file_exists", work)
    assert path.read_bytes() == b"another's"
    assert os.listdir(tmp_path) == ["a.csv"]


def test_one_of_many_writers_wins_and_its_file_is_whole(tmp_path):
    path, wins = tmp_path / "a.csv", []

    def work(number):
        try:
            write(path, bytes([number]) * 100_000)
        except ExportFailure:
            return
        wins.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert path.read_bytes() == bytes(wins) * 100_000
    assert os.listdir(tmp_path) == ["a.csv"]


def test_a_file_may_be_read_by_those_who_may_read_others(tmp_path):
    write(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(b"")
    assert (tmp_path / "a.csv").stat().st_mode == (tmp_path / "b.csv").stat().st_mode


def test_what_cannot_be_written_is_refused_before_any_work(tmp_path):
    refused("is_a_folder", lambda: check_free(tmp_path))
    refused("no_folder", lambda: check_free(tmp_path / "no" / "a.csv"))
    check_free(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EFBIG, "disk_full"),
        (errno.EACCES, "folder_read_only"),
        (errno.EROFS, "folder_read_only"),
        (errno.EIO, "cannot_write"),
    ],
)
def test_every_refusal_of_the_system_has_a_sentence(tmp_path, number, key):
    failure = failure_of(OSError(number, os.strerror(number)), tmp_path / "a.csv")
    assert failure.problem.key == key
    for language in ("en", "ko"):
        assert str(tmp_path) in failure.sentence(language)
        assert "\n" not in failure.sentence(language)


def special(folder, kind):
    """Make something that is no regular file."""
    path = folder / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    elif kind == "link to a device":
        path.symlink_to("/dev/null")
    elif kind == "link to nothing":
        path.symlink_to(folder / "none")
    elif kind == "link to itself":
        path.symlink_to(path)
    elif kind == "link to a pipe":
        os.mkfifo(folder / "there")
        path.symlink_to(folder / "there")
    return path


KINDS = ("pipe", "socket", "link to a device", "link to nothing", "link to a pipe")


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("kind", [*KINDS, "link to itself"])
def test_what_is_no_regular_file_is_never_replaced(tmp_path, kind, force):
    path = special(tmp_path, kind)
    before = os.lstat(path)
    with pytest.raises(ExportFailure):
        write(path, force=force)
    after = os.lstat(path)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".rnnviz")]


@pytest.mark.parametrize(
    "device", ["/dev/null", "/dev/full", "/dev/tty", "/dev/zero", "/dev/random"]
)
def test_a_device_is_refused_in_a_sentence(device):
    with pytest.raises(ExportFailure) as caught:
        check_free(Path(device), force=True)
    assert device in str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755, 0o400])
def test_a_replaced_file_hands_its_permissions_on(tmp_path, mode):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(mode)
    write(path, force=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_that_are_usual(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path / "a.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


def test_of_a_link_the_file_is_replaced_and_the_link_stays(tmp_path):
    (tmp_path / "far").mkdir()
    real, link = tmp_path / "far" / "real.csv", tmp_path / "a.csv"
    real.write_bytes(b"old")
    real.chmod(0o600)
    link.symlink_to("far/real.csv")
    refused("file_exists", lambda: write(link))
    write(link, force=True)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "far") == ["real.csv"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("name", ["a" * 256 + ".csv", "가" * 90 + ".csv", "a" * 5000, "é" * 130])
def test_a_name_that_is_too_long_is_a_sentence(tmp_path, name, force):
    refused("name_too_long", lambda: check_free(tmp_path / name, force=force))
    refused("name_too_long", lambda: write(tmp_path / name, force=force))
    assert os.listdir(tmp_path) == []


def test_a_folder_with_too_long_a_name(tmp_path):
    refused("name_too_long", lambda: check_free(tmp_path / ("a" * 300) / "b.csv"))

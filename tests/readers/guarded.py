"""Read a file while everything that a hostile one would do is watched."""

import subprocess
import sys
import time
import tracemalloc
from functools import cache

import pytest

from rnnviz.readers import Refused, Unanswered, read_inputs, read_network
from rnnviz.readers.data import parquet_process
from rnnviz.readers.data.table import MOST_NUMBERS
from tests.readers import files

FORBIDDEN = (
    *("open", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.listdir", "os.mkdir"),
    *("subprocess.Popen", "pickle.find_class", "marshal.loads", "socket.connect", "urllib.Request"),
    *("ctypes.dlopen", "exec", "compile", "shutil.copyfile", "os.remove", "os.rename"),
)
MOST_SECONDS, SPARE = 2.0, 64 * 2**20
DATA = ("npy", "csv", "txt", "wav")
"""Endings that no network has."""
_watching, _seen = [False], []


def _hook(event, arguments):
    if _watching[0] and event in FORBIDDEN:
        _seen.append((event, arguments))


sys.addaudithook(_hook)


def warm_up(files):
    """Read good files and say a sentence once: what is opened late is open then."""
    for name, content in files.items():
        _read(content, name, None)
    read_inputs(b"caf\xe9,2\n1,2\n", "a.csv")  # the other encoding
    assert Refused("empty").sentence("ko")


def outcome(content, name, answers=None):
    """Read a file and return what came of it; AssertionError where it did what it may not.

    Time is the thread's own, and memory is measured in a second run: it slows everything down.

    Returns
    -------
    str
        "read", "asked", or the key of the refusal.
    """
    begin = time.thread_time()
    result = _watched(content, name, answers)
    seconds = time.thread_time() - begin
    assert seconds <= MOST_SECONDS, f"{seconds:.2f} s"
    tracemalloc.start()
    try:
        assert _watched(content, name, answers) == result
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 3 * len(content) + SPARE, f"{peak:,} bytes for a file of {len(content):,}"
    return result


def _read(content, name, answers):
    if name.rpartition(".")[2] in DATA:
        read_inputs(content, name)
    else:
        read_network(content, name, answers)


def _watched(content, name, answers):
    _seen.clear()
    _watching[0], said = True, ""
    try:
        _read(content, name, answers)
        result = "read"
    except Refused as refused:
        result, said = refused.key, str(refused)
    except Unanswered:
        result = "asked"
    finally:
        _watching[0] = False
    assert not _seen, str(_seen)[:500]
    assert "\n" not in said
    assert len(said) < 600
    return result


def refused_as(content, name, key):
    """Check that a file is refused for one reason, and that both languages say it."""
    found = outcome(content, name)
    assert found == key, found
    with pytest.raises(Refused) as refused:
        read_network(content, name)
    assert refused.value.sentence("ko") != refused.value.sentence("en")


_MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
"""
"""A process counts as its own what the one held that started it: so a small one starts it."""


@cache
def _at_least():
    """Bytes that a process takes which reads a good table."""
    return min(_taken(content)[1] for content in files.tables().values())


def _taken(content):
    reader = [sys.executable, "-I", parquet_process.__file__, str(MOST_NUMBERS)]
    command = [sys.executable, "-I", "-S", "-c", _MEASURED, *reader]
    found = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    seconds, memory = found.split()
    return float(seconds), int(memory)


def table_outcome(content):
    """Read a Parquet file, which takes a process of its own; "read" or the key of the refusal."""
    pytest.importorskip("resource")
    seconds, memory = _taken(content)
    assert seconds <= MOST_SECONDS, f"{seconds:.2f} s"
    grown = memory - _at_least()
    assert grown <= 3 * len(content) + SPARE, f"{grown:,} bytes for a table of {len(content):,}"
    try:
        read_inputs(content, "a.parquet")
    except Refused as refused:
        return refused.key
    return "read"

"""Read a file while everything that a hostile one would do is watched."""

import sys
import time
import tracemalloc

import pytest

from rnnviz.readers import Refused, Unanswered, read_inputs, read_network

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

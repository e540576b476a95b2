"""Our files give their experiment back; anybody else's are refused and nothing in them runs."""

import contextlib
import io
import json
import pickle
import struct
import time
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz import Experiment, simulate
from rnnviz.export.data import write_json, write_npz
from rnnviz.export.failures import ExportFailure
from rnnviz.export.formats import TEXTS
from rnnviz.export.looks import Look
from rnnviz.export.reopen import FILE_LIMIT, reopened
from rnnviz.export.sheets import sheet_of
from rnnviz.spec.experiment import ExperimentError
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import view


def opened(content):
    return reopened(io.BytesIO(content), len(content)).source


def refused(content):
    with pytest.raises(ExportFailure) as caught:
        opened(content)
    assert caught.value.problem.key == "not_ours"
    return caught.value


def exported(experiment, format):
    run = simulate(experiment)
    if format in TEXTS:
        return TEXTS[format](sheet_of(run, Perspective(), view("states"), Look(), "ko"))
    stream = io.BytesIO()
    {"npz": write_npz, "experiment": write_json}[format](run, stream)
    return stream.getvalue()


@pytest.mark.parametrize("format", ["experiment", "npz", "html", "json"])
def test_an_exported_file_gives_the_same_experiment(experiment, format):
    assert opened(exported(experiment, format)) == experiment


def npz(entries, compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


def npy(array, **options):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, **options)
    return stream.getvalue()


def claiming(header):
    """An NPY file with a header of somebody's own making and nothing behind it."""
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


GOOD = npy(np.array(Experiment(units=3).to_json()))


def test_an_npz_made_by_hand_is_read_too():
    assert opened(npz([("other.npy", b"rubbish"), ("experiment.npy", GOOD)])).units == 3


def test_nothing_is_unpickled(tmp_path):
    mine = tmp_path / "touched"
    array = np.array(Bomb(mine), dtype=object)
    for content in (
        npz([("experiment.npy", npy(array, allow_pickle=True))]),
        pickle.dumps(Bomb(mine)),
        npz([("experiment.npy", GOOD), ("inputs.npy", npy(array, allow_pickle=True))]),
    ):
        with contextlib.suppress(ExportFailure):
            opened(content)
        assert not mine.exists()


HUGE = "{'descr': '<U1', 'fortran_order': False, 'shape': (1000000000000,), }"
WIDE = "{'descr': '<U1000000000', 'fortran_order': False, 'shape': (), }"
CODE = "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (), }"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"P",
        b"PK",
        b"PK\x03\x04" + bytes(100),
        bytes(range(256)) * 40,
        npz([]),
        npz([("a.npy", GOOD)]),
        npz([("experiment.npy", b"")]),
        npz([("experiment.npy", b"\x93NUMPY")]),
        npz([("experiment.npy", GOOD[:-5])]),
        npz([("experiment.npy", GOOD + b"more")]),
        npz([("experiment.npy", npy(np.zeros(3)))]),
        npz([("experiment.npy", claiming(HUGE))]),
        npz([("experiment.npy", claiming(WIDE))]),
        npz([("experiment.npy", claiming(CODE))]),
        npz([("experiment.npy", claiming("(" * 100))]),
        npz([("experiment.npy", bytes(50_000_000))], zipfile.ZIP_DEFLATED),
        npz([("experiment.npy", GOOD)], zipfile.ZIP_BZIP2),
        npz([("experiment.npy", GOOD)])[:-30],
        npz([(f"{n}.npy", b"") for n in range(10_001)] + [("experiment.npy", GOOD)]),
        b"{",
        b"[]",
        b"{}}",
        b'{"layout": 3}',
        b'{"layout": {"meta": {"rnnviz": []}}}',
        b'{"layout": {"meta": [1]}}',
        b'{"a":' * 100_000,
        b"{" + b"[" * 100_000,
        b"<html>",
        b'<script type="application/json" id="rnnviz-experiment">{"units": 3}',
        b'<script id="other">{}</script>',
        b"<![CDATA[" * 100,
        b"<!doctype html>" + b"<" * 300_000,
        "한글".encode("euc-kr"),
    ],
    ids=range(35),
)
def test_what_is_not_ours_is_refused_in_a_sentence(content):
    failure = refused(content)
    for language in ("en", "ko"):
        assert "\n" not in failure.sentence(language)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_experiments_in_one_archive_are_refused():
    refused(npz([("experiment.npy", GOOD), ("experiment.npy", GOOD)]))


def test_an_encrypted_entry_is_refused():
    content = bytearray(npz([("experiment.npy", GOOD)]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    refused(bytes(content))


def test_a_large_file_is_refused_before_it_is_read():
    class Untouchable:
        def read(self, *_):
            raise AssertionError("read")

    with pytest.raises(ExportFailure, match="64 MB"):
        reopened(Untouchable(), FILE_LIMIT + 1)


@pytest.mark.parametrize(
    "values",
    [
        {"rnnviz": 1, "units": 10**12},
        {"rnnviz": 1, "units": "8"},
        {"rnnviz": 7},
        {"rnnviz": 1, "__class__": "x"},
        {"rnnviz": 1, "timesteps": 1e400},
        {"rnnviz": 1, "timesteps": 10**6, "units": 1024},
    ],
)
def test_an_experiment_that_cannot_be_is_named(values):
    content = json.dumps(values).encode()
    html = b'<script type="application/json" id="rnnviz-experiment">' + content + b"</script>"
    for file in (content, html, npz([("experiment.npy", npy(np.array(content.decode())))])):
        with pytest.raises(ExperimentError) as caught:
            opened(file)
        assert caught.value.problems[0].sentence("ko")


def test_only_the_first_script_of_our_name_counts_and_none_runs():
    mine = json.dumps({"rnnviz": 1, "units": 5}).encode()
    other = b'<script id="rnnviz-experiment">alert(1)</script>'
    page = b"<!-- <script id='rnnviz-experiment'>{}</script> -->" + (
        b'<script id="rnnviz-experiment">' + mine + b"</script>" + other
    )
    assert opened(page).units == 5


SOURCES = [
    exported(Experiment(units=3, timesteps=2), "npz"),
    Experiment(units=3).to_json().encode(),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SOURCES), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8))))
def test_a_damaged_file_is_opened_or_refused_and_nothing_else(content, changes):
    damaged = bytearray(content)
    for place, scrap in changes:
        at = int(place * len(damaged))
        damaged[at : at + len(scrap)] = scrap
    with contextlib.suppress(ExportFailure, ExperimentError):
        assert isinstance(opened(bytes(damaged)), Experiment)


MIB = 2**20


def directory_of(count):
    """A zip file whose directory has so many entries, all of them empty."""
    names = struct.pack("<HHH", 4, 0, 0)
    entry = b"PK\1\2" + bytes(24) + names + bytes(8) + struct.pack("<I", 0) + b"abcd"
    end = struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, count * len(entry), 0, 0)
    return b"PK\3\4" + bytes(26) + count * entry + b"PK\5\6" + end


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": [' + b"[]," * 2 * MIB + b"[]]}",
        b'{"a": [' + b'"rnnviz": {,' * MIB + b"]}",
        b'{"a": ' + b"[" * 8 * MIB,
        b'{"a": ' + b"1" * 8 * MIB + b"}",
        b'{"a": 1e' + b"1" * 8 * MIB + b"}",
        b"{" + b'"a":1,' * MIB + b"}",
        directory_of(300_000),
        b"<html>" + b"<script id=" * MIB,
        b"<!--" * MIB,
    ],
    ids=["lists", "recipes", "deep", "digits", "exponent", "keys", "zip", "scripts", "comments"],
)
def test_a_file_that_is_costly_to_parse_is_refused_before_that(content):
    """Each of these took seconds and up to forty times its size, when it was parsed at once."""
    tracemalloc.start()
    began = time.process_time()
    try:
        with contextlib.suppress(ExportFailure, ExperimentError):
            opened(content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < 1
    assert most < 3 * len(content) + 8 * MIB


def test_the_recipe_of_a_figure_with_very_many_values_is_found():
    mine = {"layout": {"meta": {"rnnviz": {"rnnviz": 1, "units": 5}}, "title": "x"}}
    data = [{"y": list(range(300_000))}]
    for figure in ({**mine, "data": data}, {"data": data, **mine}):
        assert opened(json.dumps(figure).encode()).units == 5


def test_a_number_that_nothing_else_can_hold_is_refused_in_words():
    for digits in ("1" + "0" * 400, "1e999"):
        with pytest.raises(ExperimentError, match="Weight scale"):
            opened(f'{{"rnnviz": 1, "weight_scale": {digits}}}'.encode())

"""Files of data: what is read, and what is said about it."""

import io
import json
import warnings

import numpy as np
import pytest

import rnnviz
from rnnviz.readers import Choices, ReadingWarning, Refused, Unanswered, read_inputs
from rnnviz.readers.data import csv_table
from rnnviz.readers.data.opening import vocabulary_in
from rnnviz.readers.data.parquet_table import table_of
from tests.readers import files
from tests.readers.damage import damaged_tables
from tests.readers.files import wav
from tests.readers.guarded import table_outcome


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def said(data, language="en"):
    return " ".join(note.sentence(language) for note in data.notes)


def test_arrays_of_every_shape():
    values = np.random.default_rng(0).normal(size=(4, 7, 3))
    three = read_inputs(npy(values), "a.npy").inputs
    np.testing.assert_array_equal(three.values, values)
    assert three.trials(False) == 4
    two = read_inputs(npy(values[0].astype("f4")), "a.npy").inputs
    assert two.values.dtype == np.float32
    assert two.trials(False) is None
    one = read_inputs(npy(values[0, :, 0]), "a.npy")
    assert one.inputs.values.shape == (7, 1)
    assert "one feature" in said(one)
    assert read_inputs(npy(values[:1]), "a.npy").inputs.values.shape == (1, 7, 3)
    assert read_inputs(npy(values.astype(">f8")), "a.npy").inputs.sha256 == three.sha256


def test_whole_numbers_stay_whole_and_that_is_said():
    data = read_inputs(npy(np.arange(5)), "a.npy")
    assert data.inputs.values.dtype.kind == "i"
    assert "an Embedding reads them as tokens" in said(data)


def test_an_npz_with_targets_labels_and_lengths():
    x, y = np.random.default_rng(0).normal(size=(3, 5, 2)), np.ones((3, 5, 1))
    content = files.npz(x=x, y=y, labels=np.array(["a", "b", "a"]), lengths=np.array([5, 3, 4]))
    data = read_inputs(content, "a.npz")
    assert data.inputs.lengths == (5, 3, 4)
    assert data.inputs.labels == ("a", "b", "a")
    assert data.inputs.targets.shape == (3, 5, 1)
    assert not data.inputs.values[1, 3:].any()
    assert "from 3 to 5 timesteps" in said(data)
    with pytest.raises(Unanswered, match="which one is the input"):
        read_inputs(files.npz(first=x, second=y), "a.npz")
    chosen = read_inputs(files.npz(first=x, second=y), "a.npz", Choices(array="second"))
    np.testing.assert_array_equal(chosen.inputs.values, y)


def test_a_vocabulary_in_a_file_is_a_list_or_numbers_and_never_a_path(tmp_path):
    assert vocabulary_in(b'["a", "b"]') == ("a", "b")
    assert vocabulary_in(b'{"b": 2, "a": 0}') == ("a", "", "b")
    secret = tmp_path / "secret.json"
    secret.write_text('["a"]')
    for content in (json.dumps(str(secret)), "3", "null", '{"a": -1}', "[1]", "[" * 9999, "{"):
        with pytest.raises(Refused, match="vocabulary"):
            vocabulary_in(content.encode())


TABLE = """time,speed,who,level
0,1.5,anna,1
1,,anna,1
2,2.5,anna,1
0,4,bo,2
1,5,bo,2
"""


def test_a_table_with_names_trials_labels_and_missing_values():
    data = read_inputs(
        TABLE.encode(), "a.csv", Choices(features=("speed",), trial="who", target=("level",))
    )
    assert data.columns == ("time", "speed", "level")
    assert data.texts == ("who",)
    assert data.inputs.values[..., 0].tolist() == [[1.5, 2.0, 2.5], [4, 5, 0]]
    assert data.inputs.lengths == (3, 2)
    assert data.inputs.labels == ("anna", "bo")
    assert data.inputs.targets[..., 0].tolist() == [[1, 1, 1], [2, 2, 0]]
    assert "1 values are missing" in said(data)
    plain = read_inputs(TABLE.encode(), "a.csv")
    assert plain.inputs.feature_names == ("time", "speed", "level")
    assert "The column who is text" in said(plain)
    assert "who 열은 글자여서" in said(plain, "ko")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("a;b\n1,5;2\n-3;4e1\n", [[1.5, 2], [-3, 40]]),
        ("a\tb\n1\t2\n", [[1, 2]]),
        ("\ufeffx\n7\n8\n", [[7], [8]]),
        ('"a, quoted",b\n1,2\n\n3,4\n', [[1, 2], [3, 4]]),
        ("x\n1\ninf\n3\n", [[1], [2], [3]]),
    ],
)
def test_tables_as_programs_write_them(text, wanted):
    np.testing.assert_array_equal(read_inputs(text.encode(), "a.csv").inputs.values, wanted)


def test_standardised_over_all_trials():
    content = npy(np.random.default_rng(0).normal(3, 5, (4, 50, 2)))
    data = read_inputs(content, "a.npy", Choices(standardise=True))
    flat = data.inputs.values.reshape(-1, 2)
    np.testing.assert_allclose(flat.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(flat.std(axis=0), 1)
    still = read_inputs(b"a,b\n1,2\n1,3\n", "a.csv", Choices(standardise=True))
    assert not still.inputs.values[:, 0].any()
    assert "a never changes" in said(still)


def test_parquet(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"x": [1.0, None, 3.0], "n": [1, 2, 3], "who": ["a", "a", "b"]})
    frame.to_parquet(tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    data = read_inputs(content, "a.parquet", Choices(trial="who"))
    assert data.inputs.feature_names == ("x", "n")
    assert data.inputs.values.tolist() == [[[1, 1], [1, 2]], [[3, 3], [0, 0]]]
    for damaged in (content[:40], content[:-8] + b"\xff" * 4 + b"PAR1", b"PAR1PAR1"):
        with pytest.raises(Refused, match="Parquet"):
            read_inputs(damaged, "a.parquet")


def test_every_column_of_a_parquet_table_arrives():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame(
        {
            "x": [1.5, None, 3.0, -0.0],
            "n": np.array([1, -2, 3, 127], np.int8),
            "on": [True, False, None, True],
            "who": ["a", None, "은닉", "a"],
            "kind": pandas.Categorical(["u", "v", None, "u"]),
            "when": pandas.date_range("2020-01-01", periods=4),
            "parts": [[1], [], None, [1, 2]],
            "nothing": [None] * 4,
        }
    )
    for rows in (1, 2, 4):
        file = io.BytesIO()
        frame.to_parquet(file, row_group_size=rows)
        table = table_of(file.getvalue())
        np.testing.assert_array_equal(table.numbers["x"], frame["x"])
        assert table.numbers["n"].tolist() == [1, -2, 3, 127]
        np.testing.assert_array_equal(table.numbers["on"], [1, 0, np.nan, 1])
        assert table.texts["who"] == ["a", "", "은닉", "a"]
        assert table.texts["kind"] == ["u", "v", "", "u"]
        assert table.texts["when"][3] == "2020-01-04 00:00:00"
        assert table.texts["parts"] == ["[1]", "[]", "", "[1, 2]"]
        assert not any(table.texts["nothing"])
    file = io.BytesIO()
    frame.iloc[:0].to_parquet(file)
    assert table_of(file.getvalue()).texts["who"] == []


def test_damaged_parquet_files_end_in_a_sentence():
    pytest.importorskip("pyarrow")
    assert [table_outcome(content) for content in files.tables().values()] == ["read"] * 4
    assert "parquet_damaged" in {table_outcome(content) for content in damaged_tables(0, 6)}


def test_a_small_parquet_file_that_grows_without_end_is_refused():
    """So many rows that all name one text of 200 kB: 40 GB, where it is written out."""
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    text = arrow.array(["y" * 200_000])
    rows = arrow.DictionaryArray.from_arrays(arrow.array(np.zeros(200_000, np.int32)), text)
    for column in (rows, arrow.chunked_array([rows.slice(0, 2000)]).cast(arrow.string())):
        file = io.BytesIO()
        parquet.write_table(arrow.table({"x": np.zeros(len(column)), "who": column}), file)
        assert len(file.getvalue()) < 1e6
        assert table_outcome(file.getvalue()) in ("read", "parquet_damaged")


def test_text_with_a_vocabulary_that_is_made_or_given(tmp_path):
    data = read_inputs("나는 나를\n".encode(), "a.txt")
    assert data.inputs.vocabulary[0] == "나"
    assert data.inputs.vocabulary[-1] == "\\n"
    assert "is made of this text" in said(data)
    words = read_inputs(b"to be or not to be", "a.txt", Choices(tokens="words"))
    assert words.inputs.values.tolist() == [0, 1, 2, 3, 0, 1]
    (tmp_path / "v.json").write_text(json.dumps({"b": 1, "e": 2}))
    (tmp_path / "a.txt").write_text("beb!")
    with pytest.warns(ReadingWarning, match="1 tokens are not in the vocabulary"):
        inputs = rnnviz.open_inputs(tmp_path / "a.txt", vocabulary=tmp_path / "v.json")
    assert inputs.values.tolist() == [1, 2, 1, 0]


@pytest.mark.parametrize("head", ["", "a,b,c\n", "\n\n"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_table_of_numbers_alone_is_read_quickly_and_the_same(head, ends, monkeypatch):
    """Many at once, or cell by cell: the same numbers, and the same complaints."""
    values = np.random.default_rng(0).normal(size=(5000, 3)) * 10.0 ** np.arange(-3, 3)[1::2]
    rows = [",".join(map(repr, row)) for row in values.tolist()]
    content = (head + ends.join(rows) + ends * 3).encode()
    quick = read_inputs(content, "a.csv").inputs.values
    np.testing.assert_array_equal(quick, values)
    late = {
        "missing": ([*rows, "1,,3", "4,5,6"], 3),
        "text": ([*rows, "1,x,3"], 2),
        "1_000": ([*rows, "1,1_000,3"], 2),
        "quoted": ([*rows, '1,"2",3'], 3),
    }
    for some, columns in late.values():
        found = read_inputs((head + ends.join(some)).encode(), "a.csv").inputs.values
        assert found.shape == (len(some), columns)
        np.testing.assert_array_equal(found[:5000, 0], values[:, 0])
    for row in ("1,2", "1,2,3,4"):
        with pytest.raises(Refused, match=f"Line {5001 + head.count(chr(10))} has"):
            read_inputs((head + ends.join([*rows, row])).encode(), "a.csv")
    monkeypatch.setattr(csv_table, "_numbers_alone", lambda *arguments: None)
    np.testing.assert_array_equal(read_inputs(content, "a.csv").inputs.values, quick)


ODD = {
    "nan and inf": b"1,nan\nNaN,inf\n-Infinity,INF\n",
    "signs and points": b"-0,+3\n1.,.5\n1e5,1E-5\n",
    "out of range": b"1e400,1e-400\n4.9e-324,1.7976931348623157e308\n",
    "spaces": b" 1, 2\n3 ,4\n",
    "a line of spaces": b"1,2\n3,4\n  \n",
    "hexadecimal": b"1,0x10\n2,3\n",
    "nan with a payload": b"1,nan(3)\n2,3\n",
    "Arabic digits": "١,2\n3,4\n".encode(),
    "truth": b"true,2\n1,3\n",
    "carriage returns": b"a,b\r1,2\r3,4\r",
    "a byte order mark": b"\xef\xbb\xbf1,2\n3,4\n",
    "empty at the end": b"1,2\n3,4\n,\n",
    "no text of ours": b"1,2\n\xff,4\n",
    "nothing below its names": b"a,b\n\n",
    "one column": b"a\n1\n\n2\n",
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_odd_spellings_of_numbers_are_read_quickly_as_one_by_one(content, monkeypatch):
    def told():
        try:
            table = csv_table.table_of(content)
        except Refused as error:
            return str(error)
        return {name: column.tobytes() for name, column in table.numbers.items()}, table.texts

    quick = told()
    monkeypatch.setattr(csv_table, "_numbers_alone", lambda *arguments: None)
    assert quick == told()


def test_sound_of_every_width_is_the_same_sound():
    tone = np.sin(np.arange(400) / 9) * 0.9
    wide = np.round(tone * 2**23).astype("<i4")
    threes = wide.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    coded = {
        (1, 8): np.round(tone * 128 + 128).astype("u1").tobytes(),
        (1, 16): np.round(tone * 2**15).astype("<i2").tobytes(),
        (1, 24): threes,
        (1, 32): np.round(tone * 2**31).astype("<i4").tobytes(),
        (3, 32): tone.astype("<f4").tobytes(),
        (3, 64): tone.astype("<f8").tobytes(),
    }
    for (kind, bits), samples in coded.items():
        data = read_inputs(wav(samples, kind, bits), "a.wav")
        assert np.abs(data.inputs.values[:, 0] - tone).max() < 1.01 * 2.0 ** (-min(bits, 22) + 1)
        assert "8,000 samples a second, 0.05 s" in said(data)
    frames = read_inputs(wav(coded[1, 16], 1, 16), "a.wav", Choices(frame=80)).inputs
    assert frames.values.shape == (5, 80)
    stereo = read_inputs(wav(coded[1, 16], 1, 16, channels=2), "a.wav").inputs
    assert stereo.feature_names == ("left", "right")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.xls", b"1", "no file of data"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"a,b\n1,2\n3\n", "Line 3 has 1 values, but the first one has 2"),
        ("a.csv", b"who\nanna\n", "no numbers"),
        ("a.csv", b"a,b\n", "no numbers"),
        ("a.csv", b"\0\0", "no text"),
        ("a.npy", npy(np.array(["x"])), "holds str"),
        ("a.npy", npy(np.ones((2, 2, 2, 2))), "shape"),
        ("a.npy", npy(np.array([1j])), "complex"),
        ("a.npy", b"\x93NUMPY\x01", "damaged"),
        ("a.txt", b"\xff\xfe", "UTF-8"),
        ("a.wav", b"RIFFxxxxWAVE", "no WAV"),
        ("a.wav", wav(b"12", 85, 16), "coded in a way"),
    ],
)
def test_what_cannot_be_read_is_said(name, content, match):
    with pytest.raises(Refused, match=match):
        read_inputs(content, name)


def test_a_column_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(Refused, match="no column of numbers pace; there are time, speed, level"):
        read_inputs(TABLE.encode(), "a.csv", Choices(features=("pace",)))


def test_a_network_of_other_features_says_so(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((5, 4)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inputs = rnnviz.open_inputs(tmp_path / "a.npy")
    network = rnnviz.simulate(rnnviz.Experiment(input_features=3, units=2, timesteps=4)).network
    with pytest.raises(ValueError, match="reads 3 features"):
        rnnviz.run(network, inputs)

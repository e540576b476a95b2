"""What goes wrong is one line on stderr, a code that is not 0, and nothing half-written."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from rnnviz.cli import FAILED, INTERRUPTED, NOT_UNDERSTOOD
from tests.cli.conftest import ROOT
from tests.export.test_fonts import no_fonts  # noqa: F401 - a fixture


def nothing_in(folder):
    return os.listdir(folder) == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("nonsense",), "nonsense"),
        (("render",), "VIEW, --out"),
        (("render", "states"), "--out"),
        (("render", "nonsense", "--out", "a.png"), "There are: shapes"),
        (("render", "states", "--out", "a.bmp"), ".png, .svg, .pdf, .html, .json"),
        (("render", "states", "--out", "a"), ".png"),
        (("render", "states", "--out", "a.html", "--theme", "pink"), "light, dark, print"),
        (("render", "states", "--out", "a.html", "--scale", "3"), "1, 2, 4"),
        (("render", "states", "--out", "a.html", "--language", "xx"), "en, ko"),
        (("render", "states", "--out", "a.html", "--nonsense"), "--nonsense"),
        (("render", "states", "--out", "a.html", "--link", "units=-1"), "1 to 1,024"),
        (("render", "states", "--out", "a.html", "--link", "units=8&t=-1"), "Timestep"),
        (("render", "states", "--out", "a.html", "--link", "http://x/?unit=a"), "Unit"),
        (("render", "states", "--out", "a.html", "--link", "hello"), "hello"),
        (("render", "states", "--out", "a.html", "--link", "v=99"), "version"),
        (("render", "states", "--out", "a.html", "--link", "a=b&" * 9000), "16,384"),
        (("render", "states", "--out", "a.html", "--link", "timesteps=999999&units=999"), "limit"),
        (("render", "states", "--out", "a.html", "--link", "two\nlines=1"), "two"),
        (("data", "--out", "a.csv", "--json", "none.json"), "none.json"),
        (("data", "--out", "a.csv", "--links", "none.txt"), "none.txt"),
        (("data", "--out", "a.csv", "--json", os.curdir), "could not be read"),
        (("data", "--out", "a.html"), ".csv, .parquet, .npz, .json"),
        (("code", "--framework", "jax"), "numpy, keras, torch"),
        (("gallery", "--out", "g", "--link", "units=1", "--link", "units=2"), "one experiment"),
        (("gallery", "--out", "g", "--format", "csv"), "html, png, svg, pdf"),
    ],
)
@pytest.mark.parametrize("language", [None, "ko"])
def test_what_is_not_understood_is_said_in_one_line(run, tmp_path, arguments, part, language):
    if language and "--language" not in arguments:
        arguments = (*arguments, "--language", language)
    answer = run(*arguments)
    assert answer.code == NOT_UNDERSTOOD
    assert answer.out == ""
    assert answer.complaint
    if language is None:
        assert part in answer.complaint
    elif arguments[0] != "nonsense" and "xx" not in arguments:
        assert any("가" <= letter <= "힣" for letter in answer.complaint)
    assert nothing_in(tmp_path)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "holds no link"),
        (b"# only a remark\n", "holds no link"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"units=3\nunits=x\n", "line 2"),
        (b"units=3\n\n\ntimesteps=0", "line 4"),
    ],
)
def test_a_file_of_links_is_read_whole_before_any_work(run, tmp_path, content, part):
    (tmp_path / "links").write_bytes(content)
    answer = run("data", "--links", "links", "--out", "a.csv")
    assert answer.code == NOT_UNDERSTOOD
    assert part in answer.complaint
    assert os.listdir(tmp_path) == ["links"]


def test_a_file_that_is_not_ours_is_named(run, tmp_path):
    (tmp_path / "a.json").write_text("[1, 2]")
    answer = run("data", "--json", "a.json", "--out", "b.csv")
    assert answer.code == NOT_UNDERSTOOD
    assert answer.complaint.startswith("a.json: This file holds no experiment")
    (tmp_path / "a.json").write_text('{"rnnviz": 1, "units": 0}')
    assert "Units" in run("data", "--json", "a.json", "--out", "b.csv").complaint


@pytest.mark.parametrize("taken", ["a-1.csv", "a-2.csv"])
def test_if_one_of_many_names_is_taken_none_is_written(run, tmp_path, taken):
    (tmp_path / taken).write_text("mine")
    answer = run("data", "--link", "units=1", "--link", "units=2", "--out", "a.csv")
    assert answer.code == FAILED
    assert taken in answer.complaint
    assert os.listdir(tmp_path) == [taken]


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_without_a_browser(run, tmp_path, monkeypatch, format, language):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chrome")
    answer = run("render", "states", "--out", f"a.{format}", "--language", language)
    assert answer.code == FAILED
    assert "Chromium" in answer.complaint
    assert "HTML" in answer.complaint
    assert nothing_in(tmp_path)
    assert run("render", "states", "--out", "a.html").code == 0


def test_without_any_browser_installed(run_alone, tmp_path):
    """A process that finds no program at all."""
    empty = tmp_path / "empty"
    empty.mkdir()
    code = (
        "import choreographer.browsers._chrome_constants as known; "
        "[object.__setattr__(one, 'typical_paths', ()) "
        "for one in known.chromium_based_browsers.values()]; "
        "import sys; from rnnviz.cli import main; sys.exit(main())"
    )
    import subprocess

    answer = subprocess.run(
        [sys.executable, "-c", code, "render", "states", "--out", "a.png"],
        cwd=empty,
        env={"PATH": str(empty), "PYTHONPATH": os.getcwd(), "HOME": str(empty)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == FAILED
    assert len(answer.stderr.splitlines()) == 1
    assert "none was found" in answer.stderr
    assert nothing_in(empty)


def test_without_kaleido(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kaleido", None)
    answer = run("render", "states", "--out", "a.png")
    assert answer.code == FAILED
    assert "rnnviz[export]" in answer.complaint
    assert nothing_in(tmp_path)


@pytest.mark.usefixtures("browser", "no_fonts")
@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_without_a_font_for_rare_syllables(run, tmp_path, format):
    """Everyday Korean is drawn with the shipped faces; a text may hold any syllable."""
    before = os.listdir(tmp_path)
    rare = ("--link", "signal=text&text=갂", "--language", "ko")
    answer = run("render", "states", *rare, "--out", f"a.{format}")
    assert answer.code == FAILED
    assert "한글 글꼴" in answer.complaint
    assert "갂" in answer.complaint
    assert "fonts-nanum" in answer.complaint
    assert os.listdir(tmp_path) == before
    gallery = run("gallery", *rare, "--format", format, "--out", "g")
    assert gallery.code == FAILED
    assert os.listdir(tmp_path) == before


COMMANDS = [
    ("render", "states", "--out", "{}/a.html"),
    ("data", "--out", "{}/a.csv"),
    ("data", "--out", "{}/a.npz"),
    ("data", "--out", "{}/a.parquet"),
    ("code", "--framework", "numpy", "--out", "{}/a.py"),
    ("gallery", "--out", "{}/g"),
]


def in_folder(command, folder):
    return [part.format(folder) for part in command]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_read_only_folder(run, tmp_path, command):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):  # root may write everywhere, except where the kernel forbids it
        folder = "/sys/kernel"
    answer = run(*in_folder(command, folder))
    assert answer.code == FAILED
    assert "permission denied" in answer.complaint
    assert str(folder) in answer.complaint


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_full_folder(run_alone, tmp_path, command):
    """The kernel refuses to let any file grow beyond a few bytes."""

    def fill_up():
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    folder = tmp_path / "full"
    folder.mkdir()
    no_bytecode = {"PYTHONDONTWRITEBYTECODE": "1"}
    answer = run_alone(*in_folder(command, folder), preexec_fn=fill_up, env=no_bytecode)
    assert answer.code == FAILED
    assert "disk is full" in answer.complaint
    assert nothing_in(folder)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_folder_that_is_not_there(run, tmp_path, command):
    answer = run(*in_folder(command, tmp_path / "none"))
    assert answer.code == FAILED
    assert "no folder" in answer.complaint
    assert nothing_in(tmp_path)


@pytest.mark.parametrize("name", ["x" * 300 + ".html", "한" * 100 + ".html", "y" * 4000 + ".html"])
@pytest.mark.parametrize("command", [("render", "states"), ("gallery",)])
def test_a_name_that_is_too_long(run, tmp_path, command, name):
    answer = run(*command, "--out", name)
    assert answer.code == FAILED
    assert "too long" in answer.complaint
    assert len(answer.complaint) < 200
    assert nothing_in(tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_leaves_nothing(tmp_path, name):
    command = [sys.executable, "-m", "rnnviz", "data", "--out", "a.csv"]
    link = "timesteps=20000&units=512&signal=zeros"
    started = subprocess.Popen(
        [*command, "--link", link],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while nothing_in(tmp_path) and time.monotonic() < deadline:
        assert started.poll() is None
        time.sleep(0.02)
    assert [path.suffix for path in tmp_path.iterdir()] == [".rnnviz"], "it is being written"
    started.send_signal(getattr(signal, name))
    _, complaint = started.communicate(timeout=60)
    assert started.returncode == INTERRUPTED
    assert len(complaint.splitlines()) == 1
    assert nothing_in(tmp_path)


NARROW = [
    ("cp1252", ("summary", "--style", "keras3")),
    ("ascii", ("summary", "--style", "keras3")),
    ("latin-1", ("summary", "--style", "keras3")),
    ("cp1252", ("--language", "ko", "--help")),
    ("ascii", ("--language", "ko", "summary", "--help")),
    ("cp949", ("--language", "ko", "summary", "--style", "keras3", "--link", "units=0")),
    ("ascii", ("summary", "--language", "ko", "--link", "units=0")),
]


@pytest.mark.parametrize(("encoding", "arguments"), NARROW)
def test_a_terminal_that_lacks_letters_gets_a_sentence(run_alone, encoding, arguments):
    answer = run_alone(
        *arguments, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, encoding=encoding
    )
    assert answer.code in (FAILED, NOT_UNDERSTOOD)
    assert answer.complaint
    assert "Traceback" not in answer.err
    if answer.code == FAILED:
        assert "PYTHONIOENCODING=utf-8" in answer.complaint
        assert answer.out == ""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp949"])
def test_what_a_narrow_terminal_can_show_is_shown(run_alone, tmp_path, encoding):
    narrow = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    assert run_alone("summary", "--style", "keras2", env=narrow, encoding=encoding).code == 0
    answer = run_alone("data", "--out", "상태.json", env=narrow, encoding=encoding)
    assert answer.code == 0, "the file is written, and its name spelled out"
    assert (tmp_path / "상태.json").exists()


OBEYED = {
    "a colour": "\x1b[31mred",
    "a title": "\x1b]0;title\x07",
    "a bell": "\a",
    "backspaces": "abc\b\b\b",
    "an 8-bit command": "\x9b31m",
    "right to left": "\u202egnp.exe",
    "a carriage return": "good\rbad",
    "a delete": "\x7f",
}


@pytest.mark.parametrize("letters", OBEYED.values(), ids=OBEYED)
@pytest.mark.parametrize(
    "place", ["value of a link", "name in a link", "view", "format", "file", "option"]
)
def test_nothing_that_a_terminal_obeys_is_echoed(run, letters, place):
    arguments = {
        "value of a link": ("summary", "--link", f"units={letters}"),
        "name in a link": ("summary", "--link", f"{letters}=1"),
        "view": ("render", letters, "--out", "a.html"),
        "format": ("render", "states", "--out", f"a.{letters}"),
        "file": ("summary", "--json", letters),
        "option": ("summary", f"--{letters}"),
    }[place]
    answer = run(*arguments)
    assert answer.code in (FAILED, NOT_UNDERSTOOD)
    assert answer.out == ""
    assert all(letter.isprintable() for letter in answer.complaint)


def test_the_name_of_a_written_file_is_spelled_out(run, tmp_path):
    answer = run("data", "--out", "a\x1b[31m.json")
    assert answer.code == 0
    assert answer.out == "a\\x1b[31m.json\n"
    assert os.listdir(tmp_path) == ["a\x1b[31m.json"]


@pytest.mark.parametrize("format", ["csv", "parquet", "npz"])
def test_an_interruption_leaves_nothing(run, tmp_path, monkeypatch, format):
    from rnnviz.cli import commands

    def interrupted(run, file, progress):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "DATA", {format: interrupted})
    answer = run("data", "--out", f"a.{format}")
    assert answer.code == INTERRUPTED
    assert answer.complaint
    assert nothing_in(tmp_path)


def test_too_little_memory_is_a_sentence(run, tmp_path, monkeypatch):
    from rnnviz.cli import shown

    def too_large(*_):
        raise MemoryError

    monkeypatch.setattr(shown, "simulate", too_large)
    answer = run("data", "--out", "a.csv")
    assert answer.code == FAILED
    assert "memory" in answer.complaint
    assert nothing_in(tmp_path)


def test_a_reader_that_has_enough_is_no_error(tmp_path):
    import subprocess

    writer = subprocess.Popen(
        [sys.executable, "-m", "rnnviz", "code", "--framework", "numpy"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    writer.stdout.close()
    started = time.monotonic()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    writer.wait(timeout=60)
    assert time.monotonic() - started < 60

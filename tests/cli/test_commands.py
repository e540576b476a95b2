"""What the commands write, read back."""

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import plotly.io
import pytest
from PIL import Image

from rnnviz import Experiment, simulate
from rnnviz.codegen import summary
from rnnviz.codegen.notes_notebook import notebook
from rnnviz.codegen.programs import FRAMEWORKS, program
from rnnviz.i18n import words
from rnnviz.views.registry import views

SMALL = Experiment(timesteps=6, input_features=2, units=3, seed=4)
LINK = SMALL.to_query()
WITH_HEAD = SMALL.replace(dense_units=2).to_query()


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_render_draws_a_picture(run, tmp_path, format):
    answer = run("render", "states", "--link", LINK, "--out", f"a.{format}")
    assert (answer.code, answer.out, answer.err) == (0, f"a.{format}\n", "")
    assert os.listdir(tmp_path) == [f"a.{format}"]
    start = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}[format]
    assert (tmp_path / f"a.{format}").read_bytes().startswith(start)


@pytest.mark.parametrize("view", views())
def test_render_writes_any_view_as_page_and_figure(run, tmp_path, view):
    for format in ("html", "json"):
        assert run("render", view, "--link", WITH_HEAD, "--out", f"a.{format}").code == 0
    figure = plotly.io.read_json(tmp_path / "a.json")
    assert figure.layout.meta["rnnviz"]["units"] == 3
    assert run("data", "--json", "a.html", "--out", "a.csv").code == 0


@pytest.mark.usefixtures("browser")
def test_a_look_is_followed(run, tmp_path):
    look = ("--theme", "dark", "--size", "slide", "--scale", "2", "--language", "ko")
    assert run("render", "states", *look, "--out", "a.png").code == 0
    image = Image.open(tmp_path / "a.png")
    assert image.size == (3840, 2160)
    assert image.text["Title"] == "시간에 따른 은닉 상태"
    assert image.convert("RGB").getpixel((2, 2)) == (14, 17, 23)
    assert run("render", "states", "--no-caption", "--out", "a.svg").code == 0
    text = "".join(ElementTree.parse(tmp_path / "a.svg").getroot().itertext())
    assert "Timesteps 100" not in text


@pytest.mark.usefixtures("browser")
def test_many_links_give_numbered_files(run, tmp_path):
    links = tmp_path / "links.txt"
    links.write_text(
        "# three\n\nunits=2&timesteps=3\n  http://localhost:8501/?units=4&timesteps=3&lang=ko#top\n"
        "?units=8&timesteps=3\n",
        encoding="utf-8-sig",
    )
    answer = run("render", "states", "--links", links, "--link", "units=5", "--out", "a.svg")
    assert answer.code == 0
    assert answer.out.split() == [f"a-{number}.svg" for number in (1, 2, 3, 4)]
    texts = [(tmp_path / f"a-{number}.svg").read_text(encoding="utf-8") for number in (1, 2, 3, 4)]
    for text, units in zip(texts, (5, 2, 4, 8), strict=True):
        assert f'"units": {units},' in text
    assert "유닛 4" in texts[2]
    assert "http://localhost:8501/?v=1" in "".join(ElementTree.fromstring(texts[2]).itertext())


def test_data_writes_the_numbers(run, tmp_path):
    states = simulate(SMALL).states
    for format in ("csv", "parquet", "npz", "json"):
        assert run("data", "--link", LINK, "--out", f"a.{format}").code == 0
    assert (pd.read_csv(tmp_path / "a.csv")["state"].to_numpy() == states.ravel()).all()
    assert (pd.read_parquet(tmp_path / "a.parquet")["state"].to_numpy() == states.ravel()).all()
    with np.load(tmp_path / "a.npz") as arrays:
        assert (arrays["layer_0_states"] == states).all()
    assert Experiment.from_json((tmp_path / "a.json").read_text()) == SMALL


@pytest.mark.parametrize("file", ["a.json", "a.npz"])
def test_an_exported_file_stands_for_its_link(run, tmp_path, file):
    assert run("data", "--link", LINK, "--out", file).code == 0
    assert run("data", "--json", file, "--out", "again.json").code == 0
    assert Experiment.from_json((tmp_path / "again.json").read_text()) == SMALL


def test_without_a_link_it_is_the_lecture(run, tmp_path):
    assert run("data", "--out", "a.json").code == 0
    assert Experiment.from_json((tmp_path / "a.json").read_text()) == Experiment()


def test_gallery_draws_every_view(run, tmp_path):
    answer = run("gallery", "--link", WITH_HEAD, "--out", "g", "--language", "ko")
    assert answer.code == 0
    assert answer.out.strip() == os.path.join("g", "index.html")
    assert {f"{name}.html" for name in views()} < set(os.listdir(tmp_path / "g"))


def test_a_view_that_a_network_does_not_have_is_left_out_or_told(run, tmp_path):
    answer = run("gallery", "--link", LINK, "--out", "g")
    assert answer.code == 0
    missing = {"output.html"}
    assert {f"{name}.html" for name in views()} - set(os.listdir(tmp_path / "g")) == missing
    answer = run("render", "output", "--link", LINK, "--out", "a.html")
    assert answer.code in (1, 2)
    assert words("en")("view.needs_head") in answer.err
    assert not (tmp_path / "a.html").exists()


def test_summary_prints_what_keras_prints(run):
    modern = f"{LINK}&summary_style=keras3"
    answer = run("summary", "--link", "units=32,32", "--link", modern)
    assert answer.code == 0
    notes = summary(Experiment(units=(32, 32)), "keras2")
    assert answer.out == f"{notes}\n{summary(SMALL, 'keras3')}\n"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("recurrent_initializer=zeros&spectral_radius=0.9", "0.9"),
        ("recurrent_gain=0&spectral_radius=1.5", "1.5"),
        ("cell=MinGRU&spectral_radius=2", "MinGRU"),
        ("spectral_radius=0.9", ""),
    ],
)
def test_a_wish_that_no_draw_can_meet_is_told(run, link, said):
    answer = run("summary", "--link", link)
    assert answer.code == 0
    assert said in answer.err
    assert bool(answer.err) == bool(said)


def test_the_style_of_a_summary_can_be_named(run):
    answer = run("summary", "--link", LINK, "--style", "keras3")
    assert answer.out == f"{summary(SMALL, 'keras3')}\n"
    assert run("summary", "--style", "keras4").code != 0


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_code_prints_or_writes_the_program(run, tmp_path, framework):
    answer = run("code", "--framework", framework, "--link", LINK)
    assert answer.out == program(SMALL, framework).text + "\n"
    assert run("code", "--framework", framework, "--link", LINK, "--out", "a.py").code == 0
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == program(SMALL, framework).text


def test_a_written_program_finds_the_series_it_reads(run, tmp_path):
    link = "signal=co2&units=3&timesteps=5&kernel_initializer=glorot_uniform"
    assert run("code", "--framework", "numpy", "--link", link, "--out", "a.py").code == 0
    printed = subprocess.run(
        [sys.executable, "a.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    shape, first = printed.split("\n", 1)
    assert shape == "(5, 3)"
    states = simulate(Experiment.from_query(link)).states
    assert [float(word) for word in first.strip("[]\n ").split()] == states[0].tolist()
    assert run("code", "--framework", "numpy", "--link", link).code == 2


def test_force_replaces(run, tmp_path):
    (tmp_path / "a.json").write_text("old")
    assert run("data", "--out", "a.json").code == 1
    assert (tmp_path / "a.json").read_text() == "old"
    assert run("data", "--out", "a.json", "--force").code == 0
    assert Experiment.from_json((tmp_path / "a.json").read_text()) == Experiment()


def test_the_module_runs_without_streamlit(run_alone, tmp_path):
    assert run_alone("data", "--out", "a.npz").code == 0
    assert run_alone("render", "states", "--out", "a.html").code == 0
    code = (
        "import sys; from rnnviz.cli import main; main(['render', 'states', '--out', 'b.html']);"
        "print('streamlit' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.splitlines()[-1] == "False"


def test_a_bar_is_drawn_on_a_terminal_only():
    from rnnviz.cli.progress import Bar

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for stream, drawn in ((Terminal(), True), (io.StringIO(), False)):
        with Bar(2, stream) as bar:
            bar.piece()
            bar.part(1.0)
            bar.piece()
        assert ("100%" in stream.getvalue()) == drawn
        assert ("(1/2)" in stream.getvalue()) == drawn
        assert stream.getvalue().endswith("\r\x1b[K") == drawn


MEASURED = (
    "signal=sunspots&units=3",
    "signal=sunspots&units=4&seed=2",
    "units=2",
    "signal=sunspots",
)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_programs_for_several_links_never_share_a_file(run, tmp_path, framework):
    links = [part for link in MEASURED for part in ("--link", link)]
    answer = run("code", "--framework", framework, *links, "--out", "a b.py")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [f"a b-{number}.py" for number in (1, 2, 3, 4)]
    companions = sorted(path.name for path in tmp_path.glob("*.npz"))
    read = []
    for number in (1, 2, 3, 4):
        text = (tmp_path / f"a b-{number}.py").read_text(encoding="utf-8")
        read += re.findall(r'np\.load\("([^"]*)"\)', text)
    assert sorted(read) == companions
    assert len(set(companions)) == 3, "one for each experiment with a measured input"


def test_every_frameworks_companion_has_its_own_name():
    experiment = Experiment(signal="sunspots")
    names = [program(experiment, one).files[0][0] for one in FRAMEWORKS]
    assert len(set(names)) == len(FRAMEWORKS)
    for framework, name in zip(FRAMEWORKS, names, strict=True):
        assert f'"{name}"' in program(experiment, framework).text


def test_two_links_to_one_experiment_read_one_file(run, tmp_path):
    links = ("--link", "signal=sunspots", "--link", "signal=sunspots&t=3")
    assert run("code", "--framework", "numpy", *links, "--out", "a.py").code == 0
    assert len(list(tmp_path.glob("*.npz"))) == 1
    assert len(list(tmp_path.glob("*.py"))) == 2


@pytest.mark.parametrize("taken", ["a-1.py", "a-2.py", "a-4.py", 0, 1, 3])
def test_no_program_is_begun_before_all_names_are_free(run, tmp_path, taken):
    if isinstance(taken, int):
        ((taken, _),) = program(Experiment.from_query(MEASURED[taken]), "numpy").files
    (tmp_path / taken).write_text("mine")
    links = [part for link in MEASURED for part in ("--link", link)]
    answer = run("code", "--framework", "numpy", *links, "--out", "a.py")
    assert answer.code == 1
    assert taken in answer.complaint
    assert [path.name for path in tmp_path.iterdir()] == [taken]


def test_a_program_and_its_companion_run_together(run, tmp_path):
    """In a folder with another's: each prints what its own experiment gives."""
    links = [part for link in MEASURED[:2] for part in ("--link", link)]
    assert run("code", "--framework", "numpy", *links, "--out", "a.py").code == 0
    for number, link in enumerate(MEASURED[:2], start=1):
        printed = subprocess.run(
            [sys.executable, f"a-{number}.py"], cwd=tmp_path, capture_output=True, check=True
        ).stdout.decode()
        experiment = Experiment.from_query(link)
        assert str(simulate(experiment).states.shape) in printed


def test_code_writes_the_notebook_of_the_notes(run, tmp_path):
    answer = run("code", "--framework", "notebook", "--link", LINK, "--out", "a.ipynb")
    assert answer.code == 0, answer.err
    text = (tmp_path / "a.ipynb").read_text(encoding="utf-8")
    assert text == notebook(simulate(SMALL), words("en"))
    printed = run("code", "--framework", "notebook", "--link", LINK, "--language", "ko").out
    assert printed.rstrip() == notebook(simulate(SMALL), words("ko")).rstrip()
    several = run("code", "--framework", "notebook", "--link", LINK, "--link", "units=3")
    assert several.code == 2
    assert "--out" in several.complaint

"""The notebook that is taken away, and a short one before it, run in one kernel."""

import importlib.util
import json
from pathlib import Path

import pytest

from rnnviz import Experiment, simulate
from rnnviz.codegen.notes_notebook import notebook
from rnnviz.i18n import words
from tests.notebook.executing import executed, outputs_of, text_of

GLANCE = Path(__file__).parent / "at_a_glance.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Both notebooks after they ran from top to bottom, one after the other."""
    for needed in ("anywidget", "ipykernel", "nbclient"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"needs {needed}: pip install rnnviz[test]")
    run = simulate(Experiment(units=16, timesteps=30))
    whole = json.loads(notebook(run, words("ko")))
    for cell in whole["cells"]:
        cell["id"] = f"notes-{cell['id']}"
    whole["cells"] = json.loads(GLANCE.read_text(encoding="utf-8"))["cells"] + whole["cells"]
    path = tmp_path_factory.mktemp("notes") / "notes.ipynb"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return executed(path)


def test_a_run_is_shown_by_its_name_alone(made):
    count = len(json.loads(GLANCE.read_text(encoding="utf-8"))["cells"])
    cells = [cell for cell in made["cells"][:count] if cell["cell_type"] == "code"]
    code = [cell["outputs"] for cell in cells]
    (first,) = code[0]
    assert set(first["data"]) == {WIDGET, "text/html", "text/plain"}
    assert text_of(code[0]).startswith("<Run: states (100, 64)")
    assert text_of(code[1]).endswith("((100, 64), True)")
    assert any("application/vnd.plotly" in kind for kind in code[2][0]["data"])
    assert text_of(code[-1]).endswith("True")


def test_the_notes_run_and_show_the_viewer(made):
    assert text_of(outputs_of(made, "suc_outputs[:3]")).startswith("[array([0.99")
    assert text_of(outputs_of(made, "final_output_sequence.shape")) == "(30, 16)"
    assert float(text_of(outputs_of(made, ".states).max()")).split("(")[-1].rstrip(")")) < 1e-12
    shown = [outputs_of(made, f"rnnviz.show({what}") for what in ("experiment", "final_output")]
    assert all(WIDGET in outputs[-2]["data"] for outputs in shown)
    assert all("srcdoc=" in outputs[-1]["data"]["text/html"] for outputs in shown)
    assert all("data:image/png" in str(outputs[-1]["data"]["text/html"]) for outputs in shown)
    saved = made["metadata"]["widgets"][STATE]["state"]
    viewers = [one for one in saved.values() if one["model_name"] == "AnyModel"]
    paths = [buffer["path"] for one in viewers for buffer in one["buffers"]]
    assert paths.count(["payload"]) >= 3, "the pictures are saved with the notebook"


def test_the_notes_without_keras_say_so_and_with_it_show_every_layer(made):
    said = text_of(outputs_of(made, "has_keras = True"))
    if importlib.util.find_spec("keras") is None:
        assert words("ko")("notebook.no_keras") in said
        return
    assert said == ""
    shown = outputs_of(made, "rnnviz.show(model, tokens")
    assert WIDGET in shown[-2]["data"]
    assert "simple_rnn" in text_of(outputs_of(made, "return_sequences=True"))

"""What every cell must come through: analyses, views, exports, summaries and programs."""

import ast
import contextlib
import io

import numpy as np
import plotly.io

from rnnviz.codegen import SUMMARY_STYLES, keras_layers, summary
from rnnviz.codegen.parameters import parameter_count
from rnnviz.codegen.programs import FRAMEWORKS, program
from rnnviz.export.data import DATA
from rnnviz.export.formats import TEXTS
from rnnviz.export.looks import Look
from rnnviz.export.reopen import reopened
from rnnviz.export.sheets import sheet_of
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.perspective import LENSES, Perspective
from rnnviz.views.registry import views


def words_of(cell):
    """The keys of the words that a cell needs."""
    name = cell.__name__
    keys = [f"choice.{name}", f"summary.letters_{name.lower()}"]
    keys += [f"layers.{name}_{gate}" for gate in cell.gate_names]
    keys += [f"knob.{one.name}.{part}" for one in cell.settings for part in ("label", "help")]
    return keys


def every_view(run):
    """Analyse, draw and export a run in every view that it has; return what was seen.

    A view that it does not have says why in a sentence. Every figure is written and read as JSON;
    one, which costs a second for the library in it, as a page too.
    """
    seen = []
    for view in views().values():
        if not view.is_offered(run):
            reason = view.why_not(run)
            assert reason is None or all(reason in words(one) for one in LANGUAGES)
            continue
        for lens in LENSES if view.name == "states" else LENSES[:1]:
            perspective = Perspective(layer=1, timestep=3, unit=1, lens=lens)
            sheet = sheet_of(run, perspective, view, Look(), "ko" if len(seen) % 2 else "en")
            figure = plotly.io.from_json(TEXTS["json"](sheet).decode())
            assert figure.layout.width == sheet.width
        seen.append(view.name)
    assert b"<html" in TEXTS["html"](sheet)
    return seen


def every_export(run):
    """Write a run in every format of data, and read network and inputs back."""
    for name, write in DATA.items():
        stream = io.BytesIO()
        write(run, stream)
        assert stream.tell() > 0, name
        if name not in ("npz", "json"):
            continue
        back = reopened(io.BytesIO(stream.getvalue()), stream.tell())
        if back.network is not None:
            assert back.network.sha256 == run.network.sha256
            assert np.array_equal(back.inputs.values, run.data.values)


def every_text(run, folder):
    """Count, sum up and write programs; run the one in NumPy and hold it to the run."""
    model = run.experiment or run.network
    layers = keras_layers(model)
    assert sum(layer.parameter_count for layer in layers) == run.network.parameter_count
    for layer in layers:
        counted = parameter_count(layer)
        filled = counted.filled.replace("×", "*").replace(",", "")
        assert eval(filled, {"__builtins__": {}}) == counted.count
    for style in SUMMARY_STYLES:
        assert f"{run.network.parameter_count:,}" in summary(model, style)
    one = run.trial(0)
    for framework in FRAMEWORKS:
        written = program(one, framework)
        ast.parse(written.text)
        for name, content in written.files:
            (folder / name).write_bytes(content)
    variables = {"__name__": "__main__"}
    # The program changes how NumPy prints.
    quiet = contextlib.redirect_stdout(io.StringIO())
    with contextlib.chdir(folder), quiet, np.printoptions():
        exec(program(one, "numpy").text, variables)
    np.testing.assert_allclose(variables["outputs"], one.output, rtol=1e-9, atol=1e-9)

"""All cells through all analyses, views, exports and programs; and who compares their names."""

import dataclasses
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz import Experiment, i18n, simulate
from rnnviz.engine import CELLS, Dense, Layer, Network
from rnnviz.engine.cells import RecurrentCell, check_cell
from rnnviz.export.looks import Look
from rnnviz.export.sheets import sheet_of
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import views
from tests.conformance import made_up
from tests.conformance.conform import every_export, every_text, every_view, words_of
from tests.engine.cells.random_cells import cell_of

PACKAGE = Path(rnnviz.__file__).parent
CALM = {"kernel_initializer": "glorot_uniform", "recurrent_initializer": "orthogonal"}
DRAWN = Experiment(units=(4, 3), timesteps=14, input_features=2, signal="normal", **CALM)


def network_of(cell):
    """A stack of two of a cell with weights that no recipe draws, one of them both ways."""
    random = np.random.default_rng(0)
    lower = [cell_of(cell, {}, random, (2, 4)) for _ in range(2)]
    top = cell_of(cell, {}, random, (8, 3))
    head = Dense(random.normal(size=(3, 2)), random.normal(size=2), "softmax")
    return Network((Layer(*lower), Layer(top)), head=(head,), name="by hand")


@pytest.fixture
def unknown(monkeypatch):
    """The made-up cell as if its file and its words lay in the package."""
    cell = made_up.UpdateGateRNN
    monkeypatch.setitem(CELLS, cell.__name__, cell)
    known = i18n._all_words()
    more = {
        one: replace(known[one], sentences={**known[one].sentences, **made_up.WORDS})
        for one in LANGUAGES
    }
    monkeypatch.setattr(i18n, "_all_words", lambda: more)
    words.cache_clear()
    yield cell
    words.cache_clear()


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_whole(cell):
    assert check_cell(CELLS[cell]) == []


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_has_its_words(cell):
    for language in LANGUAGES:
        assert [key for key in words_of(CELLS[cell]) if key not in words(language)] == []


@pytest.mark.parametrize("cell", CELLS)
def test_a_drawn_network_goes_through_everything(cell, tmp_path):
    run = simulate(DRAWN.replace(cell=cell, dense_units=2))
    assert len(every_view(run)) > 15
    every_export(run)
    every_text(run, tmp_path)


@pytest.mark.parametrize("cell", CELLS)
def test_a_given_network_goes_through_everything(cell, tmp_path):
    inputs = np.random.default_rng(1).normal(size=(14, 2))
    run = rnnviz.run(network_of(CELLS[cell]), inputs)
    assert len(every_view(run)) > 15
    every_export(run)
    every_text(run, tmp_path)


@pytest.mark.parametrize("cell", CELLS)
def test_several_trials_go_through_everything(cell, tmp_path):
    inputs = np.random.default_rng(1).normal(size=(3, 9, 2))
    run = rnnviz.run(network_of(CELLS[cell]), inputs)
    compared = [view for view in views().values() if view.needs_trials]
    assert compared
    for view in compared:
        sheet_of(run.trial(1), Perspective(layer=1), view, Look(), "en")
    every_export(run)
    every_text(run, tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("changes", [{"timesteps": 1, "units": 1}, {"weight_scale": 0.0}])
def test_the_degenerate_ones_too(cell, changes, tmp_path):
    run = simulate(DRAWN.replace(cell=cell, **{"units": (2, 1)} | changes))
    assert len(every_view(run)) > 15
    every_text(run, tmp_path)


def test_a_made_up_cell_goes_through_everything(unknown, tmp_path):
    """All but learning, which it was not written for: that is told."""
    learning = [f"UpdateGateRNN cannot learn: it lacks the method {name}." for name in LEARNING]
    assert check_cell(unknown) == learning
    assert [key for key in words_of(unknown) if key not in words("ko")] == []
    inputs = np.random.default_rng(1).normal(size=(14, 2))
    run = rnnviz.run(network_of(unknown), inputs)
    assert len(every_view(run)) > 15
    every_export(run)
    every_text(run, tmp_path)


LEARNING = ("forward_step", "backward_step")


def spoilt(**changes):
    """The made-up cell with some of what it tells changed."""
    return dataclasses.dataclass(frozen=True, eq=False)(
        type("Spoilt", (made_up.UpdateGateRNN,), changes)
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"candidate": "z"}, "candidate must be one of its gates"),
        ({"structure": "sparse"}, "must be one of"),
        ({"structure": "elementwise"}, "fails where its numbers are tried"),
        ({"settings": ()}, "its fields besides the arrays"),
        ({"parameter_formula": classmethod(lambda cls, s: "n × n")}, "does not give the 36"),
        ({"step_text": RecurrentCell.step_text}, "lacks the method step_text"),
        ({"jacobian": RecurrentCell.jacobian}, "lacks the method jacobian"),
        ({"carried": lambda self, gates, states: [1 - gates["g"]]}, "gives another one"),
        ({"jacobian": lambda self, z, h: 0 * made_up.UpdateGateRNN.jacobian(self, z, h)},
         "jacobian is not the derivative"),
        ({"state_range": (-0.1, 0.1)}, "state_range does not hold its own states"),
        ({"gate_range": lambda self, name: (0.0, 0.1)}, "does not hold its own values"),
        ({"stepper": lambda self, z, h: lambda now, after: after.fill(0)}, "does not do what"),
        ({"gates": lambda self, z: {}}, "fails where its numbers are tried"),
    ],
)  # fmt: skip
def test_what_a_cell_lacks_is_told_in_a_sentence(changes, told):
    sentences = check_cell(spoilt(**changes))
    assert any(told in one for one in sentences), sentences
    assert all(one.endswith((".", ")")) or ": " in one for one in sentences)


def test_what_is_no_cell_is_told():
    assert "no subclass" in check_cell(int)[0]
    assert "frozen dataclass" in check_cell(type("Plain", (RecurrentCell,), {}))[0]


NAMED = "|".join(CELLS)
COMPARED = (
    rf"""[!=]=\s*["'](?:{NAMED})["']""",
    rf"""\bin\s*[(\[{{]\s*["'](?:{NAMED})["']""",
    rf"""isinstance\([^)]*\b(?:{NAMED})\b""",
    rf"""["'](?:{NAMED})["']\s*:""",
    rf"""\bcase\s*["'](?:{NAMED})["']""",
)


def test_no_cell_is_compared_by_name_or_type_outside_the_engine():
    """But where the names are those of other programs' files, and in the lectures' examples."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in ("engine", "readers"):
            continue
        text = path.read_text(encoding="utf-8")
        for pattern in COMPARED:
            for match in re.finditer(pattern, text):
                line = text[: match.start()].count("\n") + 1
                found.append(f"{path.relative_to(PACKAGE)}:{line} {match[0]}")
    assert found == []


def test_the_search_finds_what_it_is_for():
    lines = (
        'if spec.cell == "GRU":',
        "isinstance(layer.layer, (LSTM, GRU))",
        '{"SimpleRNN": 1}',
        'kind in ("LSTM", "GRU")',
    )
    for line in lines:
        assert any(re.search(pattern, line) for pattern in COMPARED), line

import ast
import io

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.codegen.programs import FRAMEWORKS, program
from tests.codegen.programs.varied import VARIED


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("name", VARIED)
def test_every_program_is_python_and_names_its_link(name, framework):
    written = program(VARIED[name], framework)
    ast.parse(written.text)
    link = written.text.splitlines()[1].removeprefix("# ")
    assert Experiment.from_query(link) == VARIED[name]
    assert written.file_name.endswith(".py")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_only_a_measured_series_lies_beside_the_program(framework):
    assert program(Experiment(), framework).files == ()
    experiment = Experiment(signal="sunspots", dtype="float32")
    ((name, content),) = program(experiment, framework).files
    assert name in program(experiment, framework).text
    with np.load(io.BytesIO(content), allow_pickle=False) as packed:
        assert np.array_equal(packed["inputs"], simulate(experiment).inputs)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_text_can_never_become_code(framework):
    text = "'''\"\"\"\\\nimport os; os.abort() #"
    experiment = Experiment(signal="text", text=text)
    tree = ast.parse(program(experiment, framework).text)
    literals = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert experiment.text in literals
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                for alias in node.names}  # fmt: skip
    assert imported <= {"numpy", "keras", "torch"}


def test_an_unknown_framework_is_a_mistake():
    with pytest.raises(KeyError):
        program(Experiment(), "jax")

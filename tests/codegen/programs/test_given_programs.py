"""Programs of networks that no recipe draws: the arrays lie in a file beside them."""

import numpy as np
import pytest

import rnnviz
from rnnviz import Experiment, simulate
from rnnviz.codegen.programs import FRAMEWORKS, package_name, program
from tests.codegen.programs.given import GIVEN, run_of
from tests.codegen.programs.running import assert_computes, execute


@pytest.mark.parametrize("name", GIVEN)
def test_the_program_computes_what_the_run_did(name, tmp_path):
    run = run_of(GIVEN[name])
    assert_computes(run, run, "numpy", tmp_path)


def test_a_run_that_an_experiment_describes_draws_its_weights(tmp_path):
    experiment = Experiment(timesteps=5, units=4)
    assert program(simulate(experiment), "numpy") == program(experiment, "numpy")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_two_programs_share_a_file(framework):
    one, other = (run_of(GIVEN[name]) for name in ("SimpleRNN alone", "GRU alone"))
    longer = run_of(one.network, timesteps=10)
    trials = rnnviz.run(one.network, np.ones((2, 4, 3)))
    models = [one, other, longer, one.network, trials.trial(0), trials.trial(1)]
    measured = [Experiment(signal="co2"), Experiment(signal="sunspots")]
    programs = [program(model, kind) for model in models + measured for kind in FRAMEWORKS]
    names = [name for written in programs for name, _ in written.files]
    assert len(names) == len(programs)
    assert len(set(names)) == len(names)
    for model in models:
        written = program(model, framework)
        assert written.files[0][0] in written.text
        assert package_name(model, framework).removesuffix(".zip") + ".py" == written.file_name


def test_a_network_alone_is_given_an_example_to_read(tmp_path):
    network = GIVEN["LSTM alone"]
    variables, _ = execute(network, "numpy", tmp_path)
    expected = rnnviz.run(network, variables["inputs"]).output
    np.testing.assert_allclose(variables["outputs"], expected, rtol=0, atol=1e-12)
    assert network.sha256 in program(network, "numpy").text


def test_of_several_trials_each_has_a_program_of_its_own(tmp_path):
    inputs = np.random.default_rng(0).normal(size=(3, 6, 3))
    run = rnnviz.run(GIVEN["GRU alone"], inputs)
    for index in range(3):
        one = run.trial(index)
        assert_computes(one, one, "numpy", tmp_path)
        assert f"Trial {index + 1}" in program(one, "numpy").text
    assert program(run, "numpy") == program(run.trial(0), "numpy")


def test_another_first_state_is_not_passed_over_in_silence():
    run = rnnviz.run(GIVEN["SimpleRNN alone"], np.ones((5, 3)), np.full(4, 0.5))
    with pytest.raises(ValueError, match="begins with a state of zeros"):
        program(run, "numpy")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_name_can_never_become_code(framework):
    network = GIVEN["SimpleRNN alone"]
    inputs = rnnviz.Inputs(np.ones((5, 3)), name='x"\nimport os; os.abort() # {framework} {0}')
    text = program(rnnviz.run(network, inputs), framework).text
    assert "os.abort()" not in [line.strip() for line in text.splitlines()]
    assert "import os" not in text
